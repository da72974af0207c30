import { writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { WebSocket as WsWebSocket } from "ws";
import { systemClock } from "../../../src-main/core/common/clock.ts";
import { createConsoleClient, type ConsoleClient } from "../../../src-renderer/rpc/console-client.ts";
import { lineWebSocketClass } from "../../../src-renderer/rpc/line-web-socket.ts";
import { CommandLine } from "../../builders/command-line.ts";
import { failureOf } from "../../builders/door-outcome.ts";
import { ask } from "../../builders/headless-console.ts";
import { OidcProvider } from "../../builders/oidc-provider.ts";

const CLIENT = { id: "kubemate", secret: "s3cret", redirectUri: "http://127.0.0.1/sign-in/callback" };

function identityFile(issuer: string, over: object = {}): string {
  return JSON.stringify({
    oidc: { name: "SSO", issuer, clientId: CLIENT.id, clientSecretEnv: "OIDC_SECRET", algorithms: ["ES256"] },
    bearer: { issuer, audiences: ["console-api"], algorithms: ["ES256"] },
    claims: {
      roles: [
        { claim: "groups", value: "admins", role: "admin" },
        { claim: "groups", value: "staff", role: "operator" },
      ],
      tenants: [
        { kind: "every-tenant", claim: "groups", value: "admins" },
        { kind: "named-namespace", claim: "groups", prefix: "ns:" },
      ],
    },
    namespaces: { site: "lab", sources: [{ kind: "label", key: "kubernetes.io/metadata.name" }] },
    ...over,
  });
}

function connect(origin: string, token: string): ConsoleClient {
  class ProgramSocket extends WsWebSocket {
    constructor(url: string) {
      super(url, { headers: { authorization: `Bearer ${token}` } });
    }
  }
  return createConsoleClient({
    url: `${origin.replace("http", "ws")}/rpc`,
    // `ws` keeps the browser's interface; only the types of its events differ.
    webSocket: lineWebSocketClass(ProgramSocket as unknown as typeof WebSocket),
  });
}

describe("kubemate serve --identity", () => {
  it("serves who signs in for the tenants of their namespaces, read from the site's cluster, and gives out no start link", async () => {
    using command = new CommandLine();
    writeFileSync(command.profile.file("index.html"), "<!doctype html><html><head></head><body></body></html>");
    await using provider = await OidcProvider.start(systemClock, CLIENT);
    const file = command.profile.file("identity.json");
    writeFileSync(file, identityFile(provider.issuer));
    command.environment["OIDC_SECRET"] = CLIENT.secret;

    const stop = new AbortController();
    const printed = Promise.withResolvers<string>();
    const running = command.runWith(["serve", "--identity", file], stop, printed.resolve);
    try {
      const link = new URL((await Promise.race([printed.promise, running.then(({ stderr }) => stderr)])).trim());
      expect(link.pathname + link.search).toBe("/");
      const { body } = await ask(link.origin, "/", { accept: "text/html" });
      expect(body.toString()).toContain("Sign in with SSO");

      const sign = (sub: string, groups: readonly string[]) => provider.sign({ aud: "console-api", sub, groups });
      const li = connect(link.origin, await sign("li", ["staff", "ns:loki", "ns:no-such"]));
      const root = connect(link.origin, await sign("root", ["admins"]));
      const hello = await li.api.session.hello({ protocol: 1 });
      expect(hello).toMatchObject({ role: "operator", signedIn: { tenants: 1 } });
      expect(hello.principal).toBe(`li (${new URL(provider.issuer).host})`);
      expect((await root.api.session.hello({ protocol: 1 })).signedIn).toMatchObject({ tenants: null });

      const { sites } = await root.api.sites.list();
      const site = sites.find(({ kind }) => kind === "lab")?.id ?? sites[0]?.id;
      if (site === undefined) throw new Error("no site");
      const all = (await root.api.sites.tenants({ site })).tenants.map(({ tenant }) => tenant);
      const other = all.find((tenant) => tenant !== "loki") ?? "";
      expect((await li.api.sites.tenants({ site })).tenants.map(({ tenant }) => tenant)).toEqual(
        all.filter((tenant) => tenant === "loki"),
      );
      const nowMs = Date.now();
      const range = { startNs: `${nowMs - 60_000}000000`, endNs: `${nowMs}000000` };
      const across = li.api.logs.labels({ target: { kind: "loki", site, tenant: other }, range });
      expect((await failureOf(across)).wire.code).toBe("identity.tenant-refused");
      const { entries } = await root.api.audit.list({ limit: 50, auditClass: "security" });
      expect(entries).toContainEqual(
        expect.objectContaining({ action: "logs.labels", principal: hello.principal, outcome: "refused" }),
      );
      expect(
        entries.filter(({ action, outcome }) => action === "session.signIn" && outcome === "succeeded"),
      ).toHaveLength(2);
      await li.close();
      await root.close();
    } finally {
      stop.abort();
      await running;
    }
  });

  it("does not start with a file that is wrong, and says where", async () => {
    using command = new CommandLine();
    const file = command.profile.file("identity.json");
    const cases: readonly (readonly [string, string])[] = [
      [identityFile("https://login.bank.example", { colour: "red" }), "colour"],
      [identityFile("https://login.bank.example"), "oidc.clientSecretEnv"],
      ["{", ":1: "],
    ];
    for (const [text, said] of cases) {
      writeFileSync(file, text);
      const { exitCode, stdout, stderr } = await command.run("serve", "--identity", file);
      expect(exitCode).not.toBe(0);
      expect(stdout).toBe("");
      expect(stderr).toContain(said);
    }
    command.environment["OIDC_SECRET"] = "x";
    const elsewhere = { sources: [{ kind: "label", key: "t" }], site: "no-such-site" };
    writeFileSync(file, identityFile("https://login.bank.example", { namespaces: elsewhere }));
    const { exitCode, stderr } = await command.run("serve", "--identity", file);
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain("no-such-site");
  });
});
