import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../../src-main/core/common/clock.ts";
import { createLab, type Lab } from "../../../src-main/lab/lab.ts";
import type { SiteConfig } from "../../../src-shared/api/sites.api.ts";
import type { SiteId } from "../../../src-shared/model/ids.ts";
import { nanoFromMs } from "../../../src-shared/model/nano-time.ts";
import type { SitesService } from "../../../src-main/core/clusters/sites.service.ts";
import { kubeconfigText } from "../../builders/kubeconfig-builder.ts";
import { readAll } from "../../builders/loki-sources.ts";
import { SitesBench } from "../../builders/sites-bench.ts";

const never = new AbortController().signal;

let lab: Lab;
beforeAll(async () => {
  lab = await createLab({ clock: systemClock, historyHours: 1 });
});
afterAll(() => lab[Symbol.asyncDispose]());

function direct(parts: Partial<Extract<SiteConfig, { kind: "direct" }>> = {}): SiteConfig {
  return { kind: "direct", name: "By hand", url: lab.lokiUrl, auth: { kind: "none" }, ...parts };
}

async function siteNamed(sites: SitesService, name: string): Promise<SiteId> {
  const site = (await sites.list()).sites.find((candidate) => candidate.name === name);
  if (site === undefined) throw new Error(`no site ${name}`);
  return site.id;
}

describe("the sites", () => {
  it("are the lab, every context of every kubeconfig, and what was saved, with the problems of broken files", async () => {
    await using bench = new SitesBench();
    const sites = await bench.open({
      one: kubeconfigText([{ name: "prod" }, { name: "test" }], "test"),
      broken: "{",
      two: kubeconfigText([{ name: "prod", cluster: {} }]),
    });
    await sites.save(undefined, direct());
    const list = await sites.list();
    expect(list.sites.map(({ name, kind, state, current }) => [name, kind, state, current])).toEqual([
      ["Lab", "lab", "idle", false],
      ["prod", "kubernetes", "idle", false],
      ["test", "kubernetes", "idle", true],
      ["prod", "kubernetes", "failed", true],
      ["By hand", "direct", "idle", false],
    ]);
    expect(list.sites[3]?.error?.code).toBe("kubeconfig.context-broken");
    expect(list.problems.map(({ code }) => code)).toEqual(["kubeconfig.unreadable"]);
    expect(list.lastUsed).toBeUndefined();
  });

  it("never show what a kubeconfig keeps secret", async () => {
    await using bench = new SitesBench();
    const sites = await bench.open({
      one: kubeconfigText([
        {
          name: "prod",
          user: {
            token: "geheim-1",
            exec: {
              apiVersion: "client.authentication.k8s.io/v1",
              command: "log-me-in",
              args: ["--client-secret", "geheim-2", "--token=geheim-3", "--user", "me"],
              env: [
                { name: "API_TOKEN", value: "geheim-4" },
                { name: "AWS_PROFILE", value: "prod" },
              ],
            },
          },
        },
      ]),
    });
    const plugins = await sites.plugins();
    expect(plugins).toMatchObject([
      {
        command: "log-me-in",
        args: ["--client-secret", "•••", "--token=•••", "--user", "me"],
        env: ["API_TOKEN=•••", "AWS_PROFILE=prod"],
        contexts: ["prod"],
        confirmed: false,
      },
    ]);
    expect(JSON.stringify([await sites.list(), plugins])).not.toContain("geheim");
  });

  it("are announced when a kubeconfig changes", async () => {
    await using bench = new SitesBench();
    const sites = await bench.open({ one: kubeconfigText([{ name: "prod" }]) });
    const before = bench.announcer.topics.length;
    bench.folder.write("one", kubeconfigText([{ name: "renamed" }]));
    await expect.poll(() => bench.announcer.topics.length).toBeGreaterThan(before);
    expect((await sites.list()).sites.map(({ name }) => name)).toEqual(["Lab", "renamed"]);
  });

  it("keep what was saved for the next start, and begin empty with a broken file set aside", async () => {
    await using bench = new SitesBench();
    let sites = await bench.open({ one: kubeconfigText([{ name: "prod" }]) });
    const prod = await siteNamed(sites, "prod");
    const { config } = (await sites.list()).sites[1] ?? {};
    if (config?.kind !== "kubernetes") throw new Error("no context");
    await sites.save(prod, { ...config, overrides: { name: "Payments", namespace: "logs" }, tenants: ["bank-a"] });
    const saved = await sites.save(undefined, direct({ name: "Other" }));
    await sites.use(saved.id);
    sites = await bench.open({ one: kubeconfigText([{ name: "prod" }]) });
    const list = await sites.list();
    expect(list.sites.map(({ name }) => name)).toEqual(["Lab", "Payments", "Other"]);
    expect(list.lastUsed).toBe(saved.id);
    expect(await sites.remove(saved.id)).toBe(true);
    expect(await sites.remove(prod)).toBe(true);
    expect(await sites.remove(prod)).toBe(false);
    expect((await sites.list()).sites.map(({ name }) => name)).toEqual(["Lab", "prod"]);
    expect((await sites.list()).lastUsed).toBeUndefined();

    const file = join(bench.folder.path, "sites.json");
    writeFileSync(file, readFileSync(file, "utf8").slice(0, 40));
    sites = await bench.open({});
    expect((await sites.list()).sites.map(({ name }) => name)).toEqual(["Lab"]);
    expect(bench.logger.lines.some(({ message }) => message.includes("set aside"))).toBe(true);
  });

  it.each<readonly [string, Partial<Extract<SiteConfig, { kind: "direct" }>>]>([
    ["url", { url: "http://user:pass@host" }],
    ["url", { url: "http://host/?a=b" }],
    ["headers", { headers: { Authorization: "Bearer x" } }],
    ["headers", { headers: { "X-Scope-OrgID": "t" } }],
    ["headers", { headers: { "a b": "c" } }],
    ["headers", { headers: { ok: "line\r\nbreak" } }],
    ["name", { name: " " }],
    ["keyFile", { tls: { certFile: "/a.crt" } }],
    ["traceLinks", { traceLinks: [{ field: "trace_id", url: "javascript:alert('{value}')" }] }],
    ["traceLinks", { traceLinks: [{ field: "trace_id", url: "https://tempo/" }] }],
  ])("refuse a wrong %s", async (field, wrong) => {
    const config = direct(wrong);
    await using bench = new SitesBench();
    const sites = await bench.open();
    await expect(sites.save(undefined, config)).rejects.toMatchObject({ code: "sites.invalid", params: { field } });
    expect((await sites.list()).sites).toHaveLength(1);
  });

  it("refuse tenants that no Loki takes, routes in a wrong form, and sites that are not there", async () => {
    await using bench = new SitesBench();
    const sites = await bench.open({ one: kubeconfigText([{ name: "prod" }]) });
    await expect(sites.save(undefined, direct({ tenants: ["a/b"] }))).rejects.toMatchObject({
      code: "tenants.invalid",
    });
    const { config } = (await sites.list()).sites[1] ?? {};
    if (config?.kind !== "kubernetes") throw new Error("no context");
    const wrong = { ...config, overrides: { routes: { query: "nowhere" } } };
    await expect(sites.save(undefined, wrong)).rejects.toMatchObject({ params: { field: "routes.query" } });
    await expect(sites.save(undefined, { ...config, context: "gone" })).rejects.toMatchObject({
      code: "sites.unknown",
    });
    const nowhere = "direct-000" as SiteId;
    await expect(sites.use(nowhere)).rejects.toMatchObject({ code: "sites.unknown" });
    await expect(sites.transportFor(nowhere)).rejects.toMatchObject({ code: "sites.unknown" });
  });
});

describe("connecting", () => {
  it("goes from connecting to ready, or to failed with the reason", async () => {
    await using bench = new SitesBench();
    const sites = await bench.open();
    const good = await sites.save(undefined, direct());
    const bad = await sites.save(undefined, direct({ name: "Bad", url: "http://127.0.0.1:1" }));
    expect((await sites.use(good.id)).state).toBe("connecting");
    await sites.use(bad.id);
    const standing = async (id: SiteId) => (await sites.list()).sites.find((site) => site.id === id);
    await expect.poll(async () => (await standing(good.id))?.state).toBe("ready");
    await expect.poll(async () => (await standing(bad.id))?.state).toBe("failed");
    expect((await standing(bad.id))?.error?.code).toBe("loki.unreachable");
  });

  it("follows a changed address without a new transport", async () => {
    await using bench = new SitesBench();
    const sites = await bench.open();
    const { id } = await sites.save(undefined, direct({ url: "http://127.0.0.1:1" }));
    const transport = await sites.transportFor(id);
    const ask = () =>
      transport.request({ role: "query", method: "GET", path: "/ready", signal: never, timeoutMs: 5_000 });
    await expect(ask()).rejects.toMatchObject({ code: "loki.unreachable" });
    await sites.save(id, direct());
    const answer = await ask();
    await answer.cancel();
    expect(answer.status).toBe(200);
  });
});

describe("the lab as a site", () => {
  it("is unavailable while it does not run", async () => {
    await using bench = new SitesBench();
    const sites = await bench.open();
    const transport = await sites.transportFor("lab" as SiteId);
    const asked = transport.request({ role: "query", method: "GET", path: "/ready", signal: never, timeoutMs: 5_000 });
    await expect(asked).rejects.toMatchObject({ code: "lab.unavailable" });
  });

  it("has its tenants, its components, and the logs of its pods", async () => {
    await using bench = new SitesBench();
    bench.lab = { ...lab.status(), kubeconfig: lab.kubeconfig };
    const sites = await bench.open();
    const site = "lab" as SiteId;
    const { tenants, multiTenant } = await sites.tenants(site, never);
    expect(tenants.map(({ tenant, from }) => [tenant, from])).toEqual(
      lab.status().tenants.map((tenant) => [tenant, "lab"]),
    );
    expect(multiTenant).toBe(true);
    const { components, namespace } = await sites.components(site, never);
    expect(namespace).toBe("loki");
    expect(components.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["ingester", "querier", "query-frontend"]),
    );
    const source = await sites.podLogSource(site, "loki");
    const range = { startNs: nanoFromMs(Date.now() - 600_000), endNs: nanoFromMs(Date.now()) };
    const query = { expr: '{component="querier"}', range, direction: "backward", limit: 20 } as const;
    const { rows } = await readAll(source.read(query, never));
    expect(rows).toHaveLength(20);
    expect(rows.every(({ labels }) => labels["component"] === "querier")).toBe(true);
  });
});

describe("a cluster of a kubeconfig", () => {
  it.each(["proxy", "port-forward"] as const)("leads to its Loki by %s, for queries and tails", async (access) => {
    await using bench = new SitesBench();
    const sites = await bench.open({ lab: lab.kubeconfig });
    const site = await siteNamed(sites, "kubemate-lab");
    const { config } = (await sites.list()).sites[1] ?? {};
    if (config?.kind !== "kubernetes") throw new Error("no context");
    await sites.save(site, { ...config, overrides: { access } });
    const transport = await sites.transportFor(site);
    const headers = { "X-Scope-OrgID": lab.status().tenants[0] ?? "" };
    const answer = await transport.request({
      role: "query",
      method: "GET",
      path: "/loki/api/v1/labels",
      headers,
      signal: never,
      timeoutMs: 5_000,
    });
    expect(answer.status).toBe(200);
    expect(JSON.parse(new TextDecoder().decode(await answer.bytes(100_000)))).toMatchObject({ status: "success" });
    expect(transport.describe("query")).toContain(access);
    const query = new URLSearchParams({ query: '{app=~".+"}', limit: "1" });
    const socket = await transport.socket({
      role: "tail",
      path: "/loki/api/v1/tail",
      query,
      headers,
      signal: never,
      timeoutMs: 5_000,
    });
    const text = await new Promise<string>((settle) => socket.onMessage(settle));
    expect(JSON.parse(text)).toHaveProperty("streams");
    socket.close();
  });

  it("names the tenants of its runtime overrides, after those set by hand and used last", async () => {
    await using bench = new SitesBench();
    const sites = await bench.open({ lab: lab.kubeconfig });
    const site = await siteNamed(sites, "kubemate-lab");
    const { config } = (await sites.list()).sites[1] ?? {};
    if (config?.kind !== "kubernetes") throw new Error("no context");
    await sites.save(site, { ...config, tenants: ["by-hand"] });
    await sites.noteTenant(site, "used-last");
    const { tenants } = await sites.tenants(site, never);
    expect(tenants.slice(0, 2)).toEqual([
      { tenant: "by-hand", from: "configured" },
      { tenant: "used-last", from: "recent" },
    ]);
    expect(tenants.slice(2).every(({ from }) => from === "overrides")).toBe(true);
    expect(tenants.length).toBeGreaterThan(2);
  });
});
