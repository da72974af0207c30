import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ExecPlugins } from "../../../src-main/core/clusters/exec-plugin.ts";
import type { ExecSpec, KubeCluster } from "../../../src-main/core/clusters/kubeconfig-model.ts";
import { PluginConfirmations } from "../../../src-main/core/clusters/plugin-confirmations.ts";
import { systemClock, type Clock } from "../../../src-main/core/common/clock.ts";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import { TemporaryFolder } from "../../builders/kubeconfig-builder.ts";
import { RecordingLogger } from "../../builders/recording-logger.ts";

const V1 = "client.authentication.k8s.io/v1";
const CLUSTER: KubeCluster = {
  name: "c",
  server: new URL("https://cluster.example:6443"),
  ca: null,
  insecureSkipVerify: false,
  tlsServerName: "api.internal",
  proxyUrl: null,
  pluginConfig: { audience: "x" },
};

function spec(command: string, parts: Partial<ExecSpec> = {}): ExecSpec {
  return { apiVersion: V1, command, args: [], env: [], installHint: "", provideClusterInfo: false, ...parts };
}

function tokenScript(token: string, more = ""): string {
  return `#!/bin/sh\n${more}\nprintf '{"kind":"ExecCredential","apiVersion":"${V1}","status":{"token":"${token}"}}'\n`;
}

interface Bench extends AsyncDisposable {
  readonly folder: TemporaryFolder;
  readonly plugins: ExecPlugins;
  script(name: string, text: string): string;
  confirm(plugin: ExecSpec): Promise<void>;
}

function bench(options: { readonly timeoutMs?: number; readonly clock?: Clock } = {}): Bench {
  const folder = new TemporaryFolder();
  const clock = options.clock ?? systemClock;
  const confirmations = PluginConfirmations.open(join(folder.path, "plugins.json"), clock, new RecordingLogger());
  const plugins = new ExecPlugins({
    confirmations,
    commandPath: () => Promise.resolve(`${folder.path}:/usr/bin:/bin`),
    environment: { HOME: folder.path, FROM_CONSOLE: "yes" },
    clock,
    timeoutMs: () => options.timeoutMs ?? 10_000,
  });
  return {
    folder,
    plugins,
    script: (name, text) => folder.write(name, text, 0o755),
    confirm: async (plugin) => {
      const { hash } = await plugins.resolve(plugin);
      await confirmations.set(hash, plugin.command, true);
    },
    async [Symbol.asyncDispose]() {
      await plugins[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
}

async function failure(run: Promise<unknown>): Promise<AppError> {
  const error: unknown = await run.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error instanceof AppError) return error;
  throw new Error("no AppError was thrown", { cause: error });
}

describe("a kubeconfig's credential plugin", () => {
  it("never runs before a person has confirmed it", async () => {
    await using b = bench();
    const ran = join(b.folder.path, "ran");
    b.script("login", tokenScript("t", `touch ${ran}`));
    const plugin = spec("login");
    const error = await failure(b.plugins.credential(plugin, CLUSTER, null));
    expect(error.code).toBe("plugin.not-confirmed");
    expect(error.params).toEqual({ command: "login", hash: (await b.plugins.resolve(plugin)).hash });
    expect(existsSync(ran)).toBe(false);
    await b.confirm(plugin);
    expect((await b.plugins.credential(plugin, CLUSTER, null)).token).toBe("t");
  });

  it("is asked for again when command, arguments, environment or the file found change", async () => {
    await using b = bench();
    b.script("login", tokenScript("t"));
    const plugin = spec("login", { args: ["a"], env: [{ name: "E", value: "1" }] });
    await b.confirm(plugin);
    const changed = [
      { ...plugin, args: ["b"] },
      { ...plugin, env: [{ name: "E", value: "2" }] },
      { ...plugin, command: b.script("login2", tokenScript("t")) },
    ];
    for (const other of changed) {
      expect((await failure(b.plugins.credential(other, CLUSTER, null))).code).toBe("plugin.not-confirmed");
    }
  });

  it("stays confirmed for the next start, and not when the file is broken", async () => {
    await using b = bench();
    const file = join(b.folder.path, "plugins.json");
    b.script("login", tokenScript("t"));
    await b.confirm(spec("login"));
    const { hash } = await b.plugins.resolve(spec("login"));
    expect(PluginConfirmations.open(file, systemClock, new RecordingLogger()).has(hash)).toBe(true);
    writeFileSync(file, "garbage");
    expect(PluginConfirmations.open(file, systemClock, new RecordingLogger()).has(hash)).toBe(false);
  });

  it("gets its environment, the login shell's PATH, and KUBERNETES_EXEC_INFO as client-go sets it", async () => {
    await using b = bench();
    const out = join(b.folder.path, "env.json");
    b.script(
      "login",
      tokenScript("t", `printf '%s\\n%s\\n%s\\n%s' "$KUBERNETES_EXEC_INFO" "$EXTRA" "$FROM_CONSOLE" "$PATH" > ${out}`),
    );
    const plugin = spec("login", { provideClusterInfo: true, env: [{ name: "EXTRA", value: "e x" }] });
    await b.confirm(plugin);
    await b.plugins.credential(plugin, CLUSTER, "Q0E=");
    const [info = "", extra, own, path] = readFileSync(out, "utf8").split("\n");
    expect(JSON.parse(info)).toEqual({
      kind: "ExecCredential",
      apiVersion: V1,
      spec: {
        interactive: false,
        cluster: {
          server: "https://cluster.example:6443",
          "tls-server-name": "api.internal",
          "certificate-authority-data": "Q0E=",
          config: { audience: "x" },
        },
      },
    });
    expect([extra, own]).toEqual(["e x", "yes"]);
    expect(path?.startsWith(b.folder.path)).toBe(true);
  });

  it("that hangs is ended with its children at the time limit, and its stderr is shown", async () => {
    await using b = bench({ timeoutMs: 300 });
    const pidFile = join(b.folder.path, "pid");
    b.script("login", `#!/bin/sh\necho "waiting for a browser" >&2\nsleep 600 &\necho $! > ${pidFile}\nwait\n`);
    await b.confirm(spec("login"));
    const error = await failure(b.plugins.credential(spec("login"), CLUSTER, null));
    expect(error.code).toBe("plugin.timed-out");
    expect(error.params).toEqual({ command: "login", seconds: 0.3, stderr: "waiting for a browser" });
    const child = Number(readFileSync(pidFile, "utf8"));
    await expect.poll(() => isAlive(child)).toBe(false);
  });

  it("that exits 1 is shown with its real stderr, the last 2 KB of it and no token", async () => {
    await using b = bench();
    const jwt = `eyJhbGciOiJSUzI1NiJ9.${"a".repeat(40)}.sig`;
    b.script(
      "login",
      `#!/bin/sh\nhead -c 9000 /dev/zero | tr '\\0' x >&2\necho "got ${jwt} then: expired session" >&2\nexit 1\n`,
    );
    await b.confirm(spec("login"));
    const error = await failure(b.plugins.credential(spec("login"), CLUSTER, null));
    expect(error.code).toBe("plugin.failed");
    const params = error.params as { exitCode: number; stderr: string };
    expect(params.exitCode).toBe(1);
    expect(params.stderr.endsWith("got ••• then: expired session")).toBe(true);
    expect(params.stderr.length).toBeLessThanOrEqual(2_048);
  });

  it.each([
    ["prints garbage", "echo '<html>login</html>'", "no JSON"],
    ["prints nothing", "true", "nothing"],
    ["prints half a JSON", `printf '{"kind":"ExecCred'`, "no JSON"],
    ["prints another kind", `echo '{"kind":"Pod","apiVersion":"${V1}","status":{}}'`, "kind"],
    [
      "prints another version",
      `echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1","status":{"token":"t"}}'`,
      "apiVersion",
    ],
    [
      "has neither token nor certificate",
      `echo '{"kind":"ExecCredential","apiVersion":"${V1}","status":{}}'`,
      "neither",
    ],
    [
      "has a certificate without a key",
      `echo '{"kind":"ExecCredential","apiVersion":"${V1}","status":{"clientCertificateData":"x"}}'`,
      "key",
    ],
    [
      "has an expiry that is no time",
      `echo '{"kind":"ExecCredential","apiVersion":"${V1}","status":{"token":"t","expirationTimestamp":"soon"}}'`,
      "expirationTimestamp",
    ],
    ["never stops printing", "while :; do echo 0123456789012345678901234567890123456789; done", "1 MiB"],
  ])("that %s is bad output", async (_what, script, problem) => {
    await using b = bench();
    b.script("login", `#!/bin/sh\necho note >&2\n${script}\n`);
    await b.confirm(spec("login"));
    const error = await failure(b.plugins.credential(spec("login"), CLUSTER, null));
    expect(error.code).toBe("plugin.bad-output");
    expect(error.params).toMatchObject({ command: "login", stderr: "note" });
    expect(error.params).toMatchObject({ problem: expect.stringContaining(problem) });
  });

  it("that is missing is named together with the kubeconfig's hint", async () => {
    await using b = bench();
    const plugin = spec("not-installed", { installHint: "brew install not-installed" });
    const error = await failure(b.plugins.credential(plugin, CLUSTER, null));
    expect(error.code).toBe("plugin.not-found");
    expect(error.params).toEqual({ command: "not-installed", hint: "brew install not-installed" });
  });

  it("that cannot be started says so", async () => {
    await using b = bench();
    b.script("login", "#!/no/such/interpreter\n");
    await b.confirm(spec("login"));
    expect((await failure(b.plugins.credential(spec("login"), CLUSTER, null))).code).toBe("plugin.failed");
  });

  it("runs once for many who ask at the same time, and its token is kept until it expires", async () => {
    let nowMs = Date.parse("2026-01-01T00:00:00Z");
    const clock: Clock = { ...systemClock, nowMs: () => nowMs };
    await using b = bench({ clock });
    const runs = join(b.folder.path, "runs");
    const status = `{"token":"t","expirationTimestamp":"2026-01-01T01:00:00Z"}`;
    b.script(
      "login",
      `#!/bin/sh\necho run >> ${runs}\nsleep 0.2\nprintf '{"kind":"ExecCredential","apiVersion":"${V1}","status":${status}}'\n`,
    );
    await b.confirm(spec("login"));
    const all = await Promise.all([1, 2, 3].map(() => b.plugins.credential(spec("login"), CLUSTER, null)));
    const count = () => readFileSync(runs, "utf8").trim().split("\n").length;
    expect(count()).toBe(1);
    nowMs += 59 * 60_000;
    await b.plugins.credential(spec("login"), CLUSTER, null);
    expect(count()).toBe(1);
    nowMs += 59_000;
    await b.plugins.credential(spec("login"), CLUSTER, null);
    expect(count()).toBe(2);
    expect(all.map((credential) => credential.token)).toEqual(["t", "t", "t"]);
  });

  it("runs again after the API server has refused what it handed out", async () => {
    await using b = bench();
    const runs = join(b.folder.path, "runs");
    b.script("login", tokenScript("t", `echo run >> ${runs}`));
    await b.confirm(spec("login"));
    b.plugins.forget(await b.plugins.credential(spec("login"), CLUSTER, null));
    await b.plugins.credential(spec("login"), CLUSTER, null);
    expect(readFileSync(runs, "utf8")).toBe("run\nrun\n");
  });

  it("does not run twice at the same time for two clusters", async () => {
    await using b = bench();
    const lock = join(b.folder.path, "lock");
    b.script(
      "login",
      tokenScript("t", `mkdir ${lock} || { echo "two at once" >&2; exit 3; }\nsleep 0.1\nrmdir ${lock}`),
    );
    const plugin = spec("login", { provideClusterInfo: true });
    await b.confirm(plugin);
    const other = { ...CLUSTER, server: new URL("https://other:6443") };
    const [one, two] = await Promise.all([
      b.plugins.credential(plugin, CLUSTER, null),
      b.plugins.credential(plugin, other, null),
    ]);
    expect([one.token, two.token]).toEqual(["t", "t"]);
  });

  it("is ended when the console closes", async () => {
    const b = bench();
    const pidFile = join(b.folder.path, "pid");
    b.script("login", `#!/bin/sh\necho $$ > ${pidFile}\nsleep 600\n`);
    await b.confirm(spec("login"));
    const waiting = failure(b.plugins.credential(spec("login"), CLUSTER, null));
    await expect.poll(() => existsSync(pidFile) && readFileSync(pidFile, "utf8") !== "").toBe(true);
    const pid = Number(readFileSync(pidFile, "utf8"));
    await b[Symbol.asyncDispose]();
    expect((await waiting).code).toBe("request.cancelled");
    await expect.poll(() => isAlive(pid)).toBe(false);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return !/^State:\s+Z/m.test(existsSync(`/proc/${pid}/status`) ? readFileSync(`/proc/${pid}/status`, "utf8") : "");
}
