import { createServer } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import type { KubernetesClient } from "../../../src-main/core/clusters/kubernetes-client.ts";
import { systemClock } from "../../../src-main/core/common/clock.ts";
import { Scraper } from "../../../src-main/core/health/scraping/scraper.ts";
import { inClusterContext } from "../../../src-main/core/health/watchdog/in-cluster-context.ts";
import { kubernetesLease } from "../../../src-main/core/health/watchdog/lease.ts";
import { Watchdog } from "../../../src-main/core/health/watchdog/watchdog.ts";
import type { ConditionEvent } from "../../../src-main/core/health/watchdog/watchdog-term.ts";
import { createLab, type Lab } from "../../../src-main/lab/lab.ts";
import { ClusterBench } from "../../builders/cluster-bench.ts";
import { CommandLine } from "../../builders/command-line.ts";
import { TemporaryFolder } from "../../builders/kubeconfig-builder.ts";
import { clusterCalls, podSourceOf, watchdogCluster } from "../../builders/lab-watchdog.ts";
import { RecordingLogger } from "../../builders/recording-logger.ts";

const never = new AbortController().signal;
const GATE = "kubemate.dev/flush-healthy";

let lab: Lab;
let bench: ClusterBench;
let client: KubernetesClient;

beforeEach(async () => {
  lab = await createLab({ clock: systemClock, historyHours: 0 });
  bench = new ClusterBench();
  client = await bench.client(lab.kubeconfig);
});
afterEach(async () => {
  await bench[Symbol.asyncDispose]();
  await lab.close();
});

/** Adds the gate and deletes the pods, so that new ones have it: none of them is ready before it gets its condition. */
async function gateAll(): Promise<void> {
  const subject = { verb: "patch", resource: "statefulsets", namespace: "loki", name: "loki-ingester" };
  const body = {
    spec: {
      updateStrategy: { type: "OnDelete", rollingUpdate: null },
      template: { spec: { readinessGates: [{ conditionType: GATE }] } },
    },
  };
  const path = "/apis/apps/v1/namespaces/loki/statefulsets/loki-ingester";
  const contentType = "application/strategic-merge-patch+json";
  await clusterCalls(client).call({ method: "PATCH", path, body, contentType, subject, signal: never }, z.unknown());
  for (const name of ["loki-ingester-0", "loki-ingester-1", "loki-ingester-2"]) await deletePod(name);
}

async function deletePod(name: string): Promise<void> {
  const path = `/api/v1/namespaces/loki/pods/${name}?gracePeriodSeconds=0`;
  const answer = await client.connection.send({ method: "DELETE", path, signal: never, timeoutMs: 5_000 });
  expect(answer.status).toBe(200);
  await answer.cancel();
}

/** The lab lives in real time here. */
async function eventually(what: string, is: () => boolean | Promise<boolean>): Promise<void> {
  await vi.waitUntil(is, { timeout: 15_000, interval: 50 }).catch((error: unknown) => {
    throw new Error(`not in time: ${what}`, { cause: error });
  });
}

/** Whether each has got its condition; its process needs longer to be ready. */
async function allTrue(): Promise<boolean> {
  const { ingesters } = await watchdogCluster(client).snapshot(never);
  return ingesters.length === 3 && ingesters.every(({ gated, condition }) => gated && condition?.status === "True");
}

class Process implements AsyncDisposable {
  readonly events: ConditionEvent[] = [];
  readonly logger = new RecordingLogger();
  readonly watchdog: Watchdog;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;

  constructor(identity: string) {
    const rounds = () =>
      Promise.resolve(new Scraper({ source: podSourceOf(client, systemClock), clock: systemClock, intervalMs: 300 }));
    this.watchdog = new Watchdog({
      cluster: watchdogCluster(client),
      rounds,
      lease: kubernetesLease(clusterCalls(client), "loki", "kubemate-watchdog"),
      identity,
      clock: systemClock,
      monotonicMs: () => performance.now(),
      random: Math.random,
      logger: this.logger,
      intervalMs: 300,
      leaseTimes: { durationMs: 2_000, renewWithinMs: 1_500, renewMs: 300, retryMs: 100 },
      dryRun: false,
      onChange: (event) => void this.events.push(event),
    });
    this.#running = this.watchdog.run(this.#stop.signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }
}

async function holder(): Promise<string | null> {
  const lease = await kubernetesLease(clusterCalls(client), "loki", "kubemate-watchdog").read(never);
  return lease?.spec.holderIdentity ?? null;
}

describe("two watchdogs of one Loki", { timeout: 60_000 }, () => {
  it("never act both; when the one that does ends, the other goes on", async () => {
    await using first = new Process("pod-a");
    await eventually("the first leads", () => first.watchdog.leads);
    await using second = new Process("pod-b");
    await gateAll();
    await eventually("all conditions are set", allTrue);
    await eventually("both are ready", () => first.watchdog.ready() && second.watchdog.ready());
    expect(first.events.length).toBeGreaterThanOrEqual(3);
    expect(second.events).toEqual([]);
    expect(second.watchdog.metricsText()).toContain("kubemate_watchdog_leader 0\n");
    expect(first.watchdog.metricsText()).toContain("kubemate_watchdog_leader 1\n");
    expect(second.watchdog.healthy() && first.watchdog.healthy()).toBe(true);
    const acted = first.events.length;
    await first[Symbol.asyncDispose]();
    expect(await holder()).not.toBe("pod-a");
    await deletePod("loki-ingester-2");
    await eventually("the other sets the new pod's condition", () => second.events.length > 0);
    expect(first.events).toHaveLength(acted);
    expect(await holder()).toBe("pod-b");
  });

  it("the one whose lease is taken away stops at once, and takes it back only when it has run out", async () => {
    await using one = new Process("pod-a");
    await gateAll();
    await eventually("all conditions are set", allTrue);
    const store = kubernetesLease(clusterCalls(client), "loki", "kubemate-watchdog");
    await eventually("taken away", async () => {
      const lease = await store.read(never);
      if (lease === null) return false;
      // Renewals go on meanwhile: the precondition may fail.
      return store.update({ ...lease, spec: { ...lease.spec, holderIdentity: "somebody" } }, never).then(
        () => true,
        () => false,
      );
    });
    const takenAtMs = Date.now();
    await eventually("it leads no more", () => !one.watchdog.leads);
    const acted = one.events.length;
    await deletePod("loki-ingester-2");
    await eventually("it leads again", () => one.watchdog.leads);
    expect(Date.now() - takenAtMs).toBeGreaterThanOrEqual(1_900);
    await eventually("it acts again", () => one.events.length > acted);
  });
});

describe("kubemate watchdog in a pod", { timeout: 60_000 }, () => {
  const contextSchema = z.object({
    clusters: z.array(
      z.object({ cluster: z.object({ server: z.string(), "certificate-authority-data": z.string() }) }),
    ),
    users: z.array(z.object({ name: z.string(), user: z.object({ token: z.string() }) })),
  });

  /** What the kubelet mounts, and the environment that it sets. */
  function mounted(folder: TemporaryFolder): { environment: Record<string, string>; tokens: Map<string, string> } {
    const { clusters, users } = contextSchema.parse(parse(lab.kubeconfig));
    const [one] = clusters;
    if (one === undefined) throw new Error("no cluster");
    const { hostname, port } = new URL(one.cluster.server);
    folder.write("ca.crt", Buffer.from(one.cluster["certificate-authority-data"], "base64"));
    folder.write("namespace", "loki");
    const tokens = new Map(users.map(({ name, user }) => [name, user.token]));
    folder.write("token", `${tokens.get("lab-admin") ?? ""}\n`);
    return { environment: { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port }, tokens };
  }

  it("goes by its service account: sets conditions, serves its metrics, and lets the lease go when it is told to end", async () => {
    using folder = new TemporaryFolder();
    using command = new CommandLine();
    const { environment } = mounted(folder);
    Object.assign(command.environment, environment, { POD_NAME: "kubemate-watchdog-0" });
    const port = await freePort();
    const stop = new AbortController();
    const parameters = ["watchdog", "--service-account", folder.path, "--interval", "1s"];
    const running = command.runWith([...parameters, "--metrics-listen", `127.0.0.1:${port}`], stop);
    const page = (path: string) => fetch(`http://127.0.0.1:${port}${path}`).catch(() => null);
    await eventually("it leads", async () => (await holder()) === "kubemate-watchdog-0");
    await gateAll();
    await eventually("all conditions are set", allTrue);
    await eventually("it is ready", async () => (await page("/readyz"))?.status === 200);
    expect((await page("/healthz"))?.status).toBe(200);
    const metrics = (await (await page("/metrics"))?.text()) ?? "";
    expect(metrics).toMatch(/^kubemate_watchdog_leader 1$/m);
    expect(metrics).toMatch(/^kubemate_watchdog_condition_changes_total\{status="True"\} [3-9]$/m);
    expect(metrics).toMatch(/^kubemate_watchdog_targets\{outcome="answered"\} \d+$/m);
    expect((await fetch(`http://127.0.0.1:${port}/metrics`, { method: "POST" })).status).toBe(405);
    expect((await page("/ingester/shutdown"))?.status).toBe(404);
    stop.abort();
    const { stdout, exitCode } = await running;
    expect(exitCode).toBe(0);
    const lines = stdout
      .trim()
      .split("\n")
      .map((line): unknown => JSON.parse(line));
    expect(lines[0]).toMatchObject({ namespace: "loki", status: "True", reason: "FirstSeen", dryRun: false });
    expect(await holder()).toBeNull();
  });

  it("reads its token anew, since the kubelet replaces it", async () => {
    using folder = new TemporaryFolder();
    const { environment, tokens } = mounted(folder);
    const context = await inClusterContext(environment, folder.path);
    if (context === null) throw new Error("no context");
    const inPod = bench.clientOf(context);
    const calls = clusterCalls(inPod);
    folder.write("token", "of-yesterday");
    await expect(calls.list("/api/v1", "pods", "loki", never)).rejects.toMatchObject({ code: "cluster.unauthorized" });
    folder.write("token", tokens.get("lab-admin") ?? "");
    expect((await calls.list("/api/v1", "pods", "loki", never)).length).toBeGreaterThan(0);
  });

  it("is not taken for in a cluster without its parts, and says what is broken of them", async () => {
    using folder = new TemporaryFolder();
    expect(await inClusterContext({}, folder.path)).toBeNull();
    expect(await inClusterContext({ KUBERNETES_SERVICE_HOST: "10.0.0.1" }, folder.path)).toBeNull();
    folder.write("token", "t");
    const six = await inClusterContext({ KUBERNETES_SERVICE_HOST: "fd00::1" }, folder.path);
    expect(six?.cluster.server.href).toBe("https://[fd00::1]/");
    expect(six?.namespace).toBeNull();
    await expect(inClusterContext({ KUBERNETES_SERVICE_HOST: "a b" }, folder.path)).rejects.toMatchObject({
      code: "kubeconfig.context-broken",
    });
    using command = new CommandLine();
    expect((await command.run("watchdog")).exitCode).toBe(2);
  });

  it.each(["16s", "0s", "soon", "-1s"])("takes no %s for an interval", async (interval) => {
    using command = new CommandLine();
    const { exitCode, stderr } = await command.run("watchdog", `--interval=${interval}`);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("--interval");
  });

  it.each(["9464", "127.0.0.1", "127.0.0.1:99999", ":9464", "127.0.0.1:x"])(
    "takes no %s for an address to serve metrics at",
    async (address) => {
      using command = new CommandLine();
      const { exitCode, stderr } = await command.run("watchdog", "--metrics-listen", address);
      expect(exitCode).toBe(2);
      expect(stderr).toContain("--metrics-listen");
    },
  );
});

describe("kubemate watchdog by a site", { timeout: 60_000 }, () => {
  it("is an act that the audit log holds and a read-only console refuses; a dry run only looks", async () => {
    using folder = new TemporaryFolder();
    using command = new CommandLine();
    command.environment["KUBECONFIG"] = folder.write("config", lab.kubeconfig);
    const site = z.object({ "current-context": z.string() }).parse(parse(lab.kubeconfig))["current-context"];
    const watch = ["watchdog", "--site", site, "--interval", "1s", "--metrics-listen", "127.0.0.1:0"];
    const refused = await command.run("--set", "safety.readOnly=true", ...watch);
    expect(refused.exitCode).toBe(3);
    expect(await holder()).toBeNull();

    await gateAll();
    const dry = await command.runUntil(["--set", "safety.readOnly=true", ...watch, "--dry-run"], (text) =>
      text.includes("loki-ingester-2"),
    );
    expect(dry.exitCode).toBe(0);
    expect(dry.stdout).toContain('"dryRun":true');
    expect(await holder()).toBeNull();
    expect(await allTrue()).toBe(false);

    const done = await command.runUntil(watch, (text) => text.includes("loki-ingester-2"));
    expect(done.exitCode).toBe(0);
    const audit = await command.run("audit", "list", "--output", "ndjson");
    const entries = audit.stdout.split("\n").filter((line) => line.includes("health.watchdog"));
    expect(entries.map((line) => /"outcome":"(\w+)"/.exec(line)?.[1])).toEqual(
      expect.arrayContaining(["refused", "started", "succeeded"]),
    );
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  await new Promise<void>((done) => server.close(() => done()));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
