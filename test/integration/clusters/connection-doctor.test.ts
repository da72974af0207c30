import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { SitesService } from "../../../src-main/core/clusters/sites.service.ts";
import { systemClock } from "../../../src-main/core/common/clock.ts";
import { createLab, type Lab } from "../../../src-main/lab/lab.ts";
import { LAB_VIEWER_CONTEXT } from "../../../src-main/lab/kubernetes/kubeconfig.ts";
import { DOCTOR_STEPS, type DoctorStep, type SiteConfig } from "../../../src-shared/api/sites.api.ts";
import { CATALOGUE } from "../../../src-shared/i18n/catalogue.ts";
import type { SiteId } from "../../../src-shared/model/ids.ts";
import { TemporaryFolder } from "../../builders/kubeconfig-builder.ts";
import { KubernetesApi } from "../../builders/kubernetes-api.ts";
import { diagnose, SitesBench } from "../../builders/sites-bench.ts";
import { TestAuthority, type KeyPair } from "../../builders/test-certificates.ts";

let lab: Lab;
let folder: TemporaryFolder;
let authority: TestAuthority;
let server: KeyPair;
let bench: SitesBench;
let api: KubernetesApi;

beforeAll(async () => {
  lab = await createLab({ clock: systemClock, historyHours: 1 });
  folder = new TemporaryFolder();
  authority = new TestAuthority(folder.path);
  server = authority.server(["IP:127.0.0.1"]);
});
afterAll(async () => {
  await lab[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});
beforeEach(async () => {
  bench = new SitesBench();
  api = await KubernetesApi.start(server);
});
afterEach(async () => {
  await bench[Symbol.asyncDispose]();
  await api[Symbol.asyncDispose]();
});

async function contextOf(
  sites: SitesService,
  name: string,
): Promise<{ id: SiteId; config: Extract<SiteConfig, { kind: "kubernetes" }> }> {
  const site = (await sites.list()).sites.find(({ config }) => config.kind === "kubernetes" && config.context === name);
  if (site?.config.kind !== "kubernetes") throw new Error(`no context ${name}`);
  return { id: site.id, config: site.config };
}

function states(outcomes: Record<string, DoctorStep>): Record<string, string> {
  return Object.fromEntries(DOCTOR_STEPS.map((step) => [step, outcomes[step]?.state ?? "missing"]));
}

/** Examines the only context of a kubeconfig and answers the step that failed, after checking that it ends the walk. */
async function failedStep(
  kubeconfig: string,
  overrides: Extract<SiteConfig, { kind: "kubernetes" }>["overrides"] = {},
): Promise<DoctorStep> {
  const sites = await bench.open({ config: kubeconfig });
  const { id, config } = await contextOf(sites, "test");
  if (Object.keys(overrides).length > 0) await sites.save(id, { ...config, overrides });
  const outcomes = await diagnose(sites, id);
  const at = DOCTOR_STEPS.findIndex((step) => outcomes[step]?.state === "failed");
  const step = outcomes[DOCTOR_STEPS[at] ?? ""];
  if (step === undefined) throw new Error(`nothing failed: ${JSON.stringify(states(outcomes))}`);
  const later = DOCTOR_STEPS.slice(at + 1).map((name) => outcomes[name]);
  expect(later.every((other) => other?.state === "skipped" && other.advice === "after-failure")).toBe(true);
  expect(CATALOGUE.en[`doctor.advice.${step.advice}`]).toBeDefined();
  return step;
}

function exec(script: string): Record<string, unknown> {
  const command = bench.folder.write("login", `#!/bin/sh\n${script}\n`, 0o755);
  return { exec: { apiVersion: "client.authentication.k8s.io/v1", command, interactiveMode: "Never" } };
}

async function confirmAll(sites: SitesService): Promise<void> {
  for (const { hash } of await sites.plugins()) await sites.confirmPlugin(hash, true);
}

describe("the connection doctor", () => {
  it.each(["proxy", "port-forward"] as const)(
    "finds a healthy cluster healthy at every step, by %s",
    async (access) => {
      const sites = await bench.open({ lab: lab.kubeconfig });
      const { id, config } = await contextOf(sites, "kubemate-lab");
      await sites.save(id, { ...config, overrides: { access } });
      const outcomes = await diagnose(sites, id);
      expect(states(outcomes)).toEqual({
        kubeconfig: "passed",
        plugin: "skipped",
        tls: "passed",
        "api-server": "passed",
        rbac: "passed",
        components: "passed",
        route: "passed",
        tenant: "passed",
        query: "passed",
      });
      expect(outcomes["api-server"]?.detail).toMatch(/^v1\./);
      expect(outcomes["components"]?.detail).toMatch(/^loki: .*querier 2\/2/);
      expect(outcomes["route"]?.detail).toMatch(new RegExp(`Loki 3\\..*${access}`));
      expect(outcomes["query"]?.detail).toMatch(/labels, \{\w+=~"\.\+"\}: 1 line/);
      expect(outcomes["query"]?.tookMs).toBeGreaterThanOrEqual(0);
    },
  );

  it("tells each step twice: that it runs, and how it came out, in order", async () => {
    const sites = await bench.open({ lab: lab.kubeconfig });
    const { id } = await contextOf(sites, "kubemate-lab");
    const told: string[] = [];
    for await (const { step, state } of sites.doctor(id, null, new AbortController().signal))
      told.push(`${step} ${state}`);
    expect(told.filter((text) => text.endsWith("running"))).toEqual(DOCTOR_STEPS.map((step) => `${step} running`));
    expect(told).toHaveLength(2 * DOCTOR_STEPS.length);
  });

  it("tells a viewer which rights are missing, and fails at the route for it", async () => {
    const sites = await bench.open({ lab: lab.kubeconfig });
    const { id } = await contextOf(sites, LAB_VIEWER_CONTEXT);
    const outcomes = await diagnose(sites, id);
    expect(outcomes["rbac"]).toMatchObject({
      state: "failed",
      error: { code: "cluster.forbidden", params: { verb: "get", resource: "services/proxy", namespace: "loki" } },
      advice: "ask-for-right",
    });
    expect(outcomes["rbac"]?.detail).toContain("allowed list pods, list services");
    expect(outcomes["components"]?.state).toBe("passed");
    expect(outcomes["route"]).toMatchObject({ state: "failed", error: { code: "cluster.forbidden" } });
    expect(outcomes["query"]).toMatchObject({ state: "skipped", advice: "after-failure" });
  });

  it("advises the way in that is allowed", async () => {
    api.lokiNamespace().accessReviews((question) => question !== "get services/proxy");
    const sites = await bench.open({ config: api.kubeconfig(authority.certificate, { token: "t" }) });
    const outcomes = await diagnose(sites, (await contextOf(sites, "test")).id);
    expect(outcomes["rbac"]).toMatchObject({ state: "failed", advice: "use-port-forward" });
  });

  it("skips what has no meaning for a direct URL and examines the rest", async () => {
    const sites = await bench.open();
    const { id } = await sites.save(undefined, { kind: "direct", name: "d", url: lab.lokiUrl, auth: { kind: "none" } });
    const tenant = lab.status().tenants[0] ?? "";
    const outcomes = await diagnose(sites, id, tenant);
    expect(states(outcomes)).toEqual({
      kubeconfig: "skipped",
      plugin: "skipped",
      tls: "skipped",
      "api-server": "skipped",
      rbac: "skipped",
      components: "skipped",
      route: "passed",
      tenant: "passed",
      query: "passed",
    });
    expect(outcomes["kubeconfig"]?.advice).toBe("no-cluster");
  });

  it("asks for a tenant where none is known, and refuses one that is none", async () => {
    const sites = await bench.open();
    const { id } = await sites.save(undefined, { kind: "direct", name: "d", url: lab.lokiUrl, auth: { kind: "none" } });
    expect((await diagnose(sites, id))["tenant"]).toMatchObject({ state: "warned", advice: "choose-tenant" });
    expect((await diagnose(sites, id, "a/b"))["tenant"]).toMatchObject({ state: "failed", advice: "tenant-form" });
  });

  it("tells a tenant without logs from a failure", async () => {
    const sites = await bench.open();
    const { id } = await sites.save(undefined, { kind: "direct", name: "d", url: lab.lokiUrl, auth: { kind: "none" } });
    expect((await diagnose(sites, id, "nobody"))["query"]).toMatchObject({ state: "warned", advice: "no-logs" });
  });

  it("ends when it is cancelled", async () => {
    const sites = await bench.open({ lab: lab.kubeconfig });
    const { id } = await contextOf(sites, "kubemate-lab");
    const cancel = new AbortController();
    const walk = sites.doctor(id, null, cancel.signal);
    await walk.next();
    cancel.abort();
    const rest = async () => {
      for (let next = await walk.next(); next.done !== true; next = await walk.next());
    };
    await expect(rest()).rejects.toMatchObject({ code: "request.cancelled" });
  });
});

describe("the doctor names the step and the cure for", () => {
  it("a context that is broken", async () => {
    const config = api.kubeconfig(authority.certificate, {}, { server: "" });
    expect(await failedStep(config)).toMatchObject({ step: "kubeconfig", advice: "fix-context" });
  });

  it("a plugin nobody has allowed, one that is missing, hangs, fails, or prints garbage", async () => {
    const unconfirmed = api.kubeconfig(authority.certificate, exec("echo never"));
    expect(await failedStep(unconfirmed)).toMatchObject({ step: "plugin", advice: "confirm-plugin" });
    const missing = { exec: { apiVersion: "client.authentication.k8s.io/v1", command: "no-such-login" } };
    expect(await failedStep(api.kubeconfig(authority.certificate, missing))).toMatchObject({
      advice: "install-plugin",
    });
    const bad = [
      ["echo 'open the browser' >&2; sleep 60", "plugin-hangs", "open the browser"],
      ["echo 'session expired' >&2; exit 1", "plugin-fails", "session expired"],
      ["echo '<html>'", "plugin-output", ""],
    ] as const;
    for (const [script, advice, stderr] of bad) {
      const sites = await bench.open({ config: api.kubeconfig(authority.certificate, exec(script)) });
      await confirmAll(sites);
      const { plugin } = await diagnose(sites, (await contextOf(sites, "test")).id);
      expect(plugin).toMatchObject({ state: "failed", advice, error: { params: { stderr } } });
    }
  });

  it("an expired certificate, an unknown authority, and a wrong name", async () => {
    await using expired = await KubernetesApi.start(authority.server(["IP:127.0.0.1"], -1));
    expect(await failedStep(expired.kubeconfig(authority.certificate, {}))).toMatchObject({
      step: "tls",
      advice: "tls-expired",
    });
    using other = new TemporaryFolder();
    const unknown = new TestAuthority(other.path).certificate;
    expect(await failedStep(api.kubeconfig(unknown, {}))).toMatchObject({ step: "tls", advice: "tls-authority" });
    const named = api.kubeconfig(authority.certificate, {}, { "tls-server-name": "elsewhere" });
    expect(await failedStep(named)).toMatchObject({ step: "tls", advice: "tls-name" });
  });

  it("a server that cannot be reached, refuses the login, or is no API server", async () => {
    const away = api.kubeconfig(authority.certificate, {}, { server: "https://127.0.0.1:1" });
    expect(await failedStep(away)).toMatchObject({ step: "tls", advice: "cluster-unreachable" });
    api.recorded("unauthorized", /\/version/);
    expect(await failedStep(api.kubeconfig(authority.certificate, {}))).toMatchObject({
      step: "api-server",
      advice: "login-again",
    });
    api.on("GET", /\/version/, (_request, response) => void response.end("<html>login</html>"));
    expect(await failedStep(api.kubeconfig(authority.certificate, {}))).toMatchObject({
      step: "api-server",
      advice: "not-kubernetes",
    });
  });

  it("a cluster without Loki, and a Loki whose service has no pods", async () => {
    const empty = { items: [] };
    api
      .recorded("version")
      .accessReviews(() => true)
      .json("GET", /\/(pods|services)\?/, 200, empty);
    expect(await failedStep(api.kubeconfig(authority.certificate, { token: "t" }))).toMatchObject({
      step: "components",
      advice: "no-loki",
    });
    api.lokiNamespace().recorded("service-proxy-no-such-port", /\/proxy\//);
    expect(await failedStep(api.kubeconfig(authority.certificate, { token: "t" }))).toMatchObject({
      step: "route",
      advice: "backend-down",
    });
  });

  it("a page in the place of Loki", async () => {
    api.lokiNamespace().accessReviews(() => true);
    api.on("GET", /\/proxy\//, (_request, response) => void response.end("<html>portal</html>"));
    expect(await failedStep(api.kubeconfig(authority.certificate, { token: "t" }))).toMatchObject({
      step: "route",
      advice: "not-loki",
    });
  });
});
