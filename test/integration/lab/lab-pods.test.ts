import { afterEach, describe, expect, it } from "vitest";
import { lokiComponents, podIdentities } from "../../../src-main/lab/cluster/components.ts";
import { ActingLog } from "../../../src-main/lab/loki/acting-log.ts";
import { DeleteRequests } from "../../../src-main/lab/loki/delete-requests.ts";
import { Faults } from "../../../src-main/lab/loki/faults.ts";
import { LokiServer } from "../../../src-main/lab/loki/loki-server.ts";
import { LimitsTable } from "../../../src-main/lab/loki/tenant-limits.ts";
import { ClusterSimulation } from "../../../src-main/lab/metrics/cluster-simulation.ts";
import { LogStore } from "../../../src-main/lab/store/tenant-store.ts";
import { ManualClock } from "../../builders/manual-clock.ts";

const open: AsyncDisposableStack[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((stack) => stack.disposeAsync()));
});

/** The first ingester and a distributor of the lab, as servers of their own. */
async function pods() {
  const stack = new AsyncDisposableStack();
  open.push(stack);
  const clock = new ManualClock();
  const identities = lokiComponents().flatMap(podIdentities);
  const simulation = new ClusterSimulation(1, identities, clock.nowMs());
  const faults = new Faults({ ingesters: ["loki-ingester-0", "loki-ingester-1"], tenants: ["cards"] });
  faults.listen((fault, on) => simulation.setFault(fault, on, clock.nowMs()));
  const acting = new ActingLog();
  const loki = new LokiServer({
    store: new LogStore(1_000_000),
    limits: new LimitsTable({}),
    faults,
    clock,
    simulation,
    deletes: new DeleteRequests(clock, (nowMs) => simulation.compactor(nowMs)),
    acting,
  });
  stack.defer(() => loki.close());
  const serve = async (target: "ingester" | "distributor") => {
    const identity = identities.find((each) => each.target === target);
    if (identity === undefined) throw new Error(`the lab has no ${target}`);
    const listening = await loki.startPod(identity);
    stack.defer(() => listening.close());
    return (path: string, init: RequestInit = {}) =>
      fetch(`http://127.0.0.1:${listening.port}${path}`, { redirect: "manual", ...init });
  };
  const ingester = await serve("ingester");
  const distributor = await serve("distributor");
  return { clock, faults, acting, ingester, distributor };
}

async function metric(ask: (path: string) => Promise<Response>, key: string): Promise<number> {
  const text = await (await ask("/metrics")).text();
  return Number(
    text
      .split("\n")
      .find((line) => line.startsWith(`${key} `))
      ?.slice(key.length + 1),
  );
}

const forget = (id: string): RequestInit => ({ method: "POST", body: new URLSearchParams({ forget: id }) });
const JSON_PAGE: RequestInit = { headers: { accept: "application/json" } };

describe("pods of the lab over HTTP", () => {
  it("an ingester's flush empties its queue, by GET and by POST", async () => {
    const { clock, ingester, faults } = await pods();
    faults.set("slow-flush:loki-ingester-0", true);
    await clock.advance(200_000);
    expect(await metric(ingester, "loki_ingester_flush_queue_length")).toBeGreaterThan(300);
    expect((await ingester("/flush", { method: "POST" })).status).toBe(204);
    await clock.advance(14_000);
    expect(await metric(ingester, "loki_ingester_flush_queue_length")).toBeGreaterThan(100);
    await clock.advance(30_000);
    expect(await metric(ingester, "loki_ingester_flush_queue_length")).toBeLessThan(60);
    expect(await metric(ingester, 'loki_ingester_chunks_flushed_total{reason="forced"}')).toBeGreaterThan(300);
    expect((await ingester("/flush")).status).toBe(204);
  });

  it("prepare_shutdown is set, told and taken back, and shows in the metrics", async () => {
    const { clock, ingester, distributor } = await pods();
    const path = "/ingester/prepare_shutdown";
    expect(await (await ingester(path)).text()).toBe("unset");
    expect((await ingester(path, { method: "POST" })).status).toBe(204);
    expect(await (await ingester(path)).text()).toBe("set");
    await clock.advance(1_000);
    expect(await metric(ingester, "loki_ingester_shutdown_marker")).toBe(1);
    expect((await ingester(path, { method: "DELETE" })).status).toBe(204);
    expect(await (await ingester(path)).text()).toBe("unset");
    expect((await distributor(path)).status).toBe(404);
  });

  it("a shutdown answers 204 when it has flushed, refuses a second, and ends the process", async () => {
    const { clock, ingester } = await pods();
    const first = ingester("/ingester/shutdown?flush=true", { method: "POST" });
    await expect.poll(() => clock.waiting).toBe(1);
    expect((await ingester("/ingester/shutdown", { method: "POST" })).status).toBe(503);
    await clock.advance(3_200);
    expect((await first).status).toBe(204);
    await clock.advance(3_000);
    await expect(ingester("/metrics")).rejects.toThrow("fetch failed");
    await clock.advance(40_000);
    expect((await ingester("/ready")).status).toBe(200);
  });

  it("a ring member is forgotten at once and comes back; an unknown one is an error after nine seconds", async () => {
    const { clock, distributor } = await pods();
    const ring = async () => (await distributor("/ring", JSON_PAGE)).text();
    const answer = await distributor("/ring", forget("loki-ingester-0"));
    expect([answer.status, answer.headers.get("location")]).toEqual([302, "#"]);
    expect(await ring()).not.toContain("loki-ingester-0");
    await clock.advance(4_000);
    expect(await ring()).toContain("loki-ingester-0");
    const unknown = distributor("/ring", forget("nosuch"));
    await expect.poll(() => clock.waiting).toBe(1);
    await clock.advance(9_000);
    expect((await unknown).status).toBe(500);
    expect(await (await unknown).text()).toBe(
      "error forgetting instance 'nosuch': failed to CAS-update key collectors/ring: no change detected\n",
    );
  });

  it("a killed ingester does not answer, and says why it is not ready when it is back", async () => {
    const { clock, faults, ingester, distributor } = await pods();
    faults.set("killed:loki-ingester-0", true);
    await expect(ingester("/ready")).rejects.toThrow("fetch failed");
    await clock.advance(70_000);
    expect(await (await distributor("/ring", JSON_PAGE)).text()).toContain('"state":"UNHEALTHY"');
    faults.set("killed:loki-ingester-0", false);
    await clock.advance(1_000);
    const ready = await ingester("/ready");
    expect([ready.status, await ready.text()]).toEqual([
      503,
      "Some services are not Running:\nStarting: 1\nRunning: 6\n",
    ]);
    expect(await (await ingester("/services")).text()).toMatch(/^ingester => Starting$/m);
    await clock.advance(20_000);
    expect((await ingester("/ready")).status).toBe(200);
    expect(await (await ingester("/services")).text()).not.toContain("Starting");
  });

  it("counts what was asked of routes that act, by method and pod, so that a test can prove what never was", async () => {
    const { acting, ingester } = await pods();
    await ingester("/ready");
    await ingester("/metrics");
    expect(acting.list()).toEqual([]);
    await ingester("/flush", { method: "POST" });
    await ingester("/flush", { method: "POST" });
    await ingester("/ingester/prepare_shutdown");
    await ingester("/ring", JSON_PAGE);
    const pod = "loki-ingester-0";
    expect(acting.list()).toEqual([
      { method: "GET", path: "/ingester/prepare_shutdown", pod, count: 1 },
      { method: "GET", path: "/ring", pod, count: 1 },
      { method: "POST", path: "/flush", pod, count: 2 },
    ]);
  });

  it("a GET of the shutdown acts as a POST does: the process ends", async () => {
    const { clock, acting, ingester } = await pods();
    const answer = ingester("/ingester/shutdown");
    await expect.poll(() => clock.waiting).toBe(1);
    await clock.advance(3_200);
    expect((await answer).status).toBe(204);
    await clock.advance(3_000);
    await expect(ingester("/metrics")).rejects.toThrow("fetch failed");
    expect(acting.list()).toEqual([{ method: "GET", path: "/ingester/shutdown", pod: "loki-ingester-0", count: 1 }]);
  });

  it("pushes bear the loss of one ingester and fail with two lost", async () => {
    const { faults, distributor } = await pods();
    const push = () =>
      distributor("/loki/api/v1/push", {
        method: "POST",
        headers: { "content-type": "application/json", "x-scope-orgid": "cards" },
        body: JSON.stringify({ streams: [] }),
      });
    const calm = (await push()).status;
    faults.set("killed:loki-ingester-0", true);
    expect((await push()).status).toBe(calm);
    faults.set("killed:loki-ingester-1", true);
    const refused = await push();
    expect(refused.status).toBe(500);
    expect(await refused.text()).toContain("at least 2 live replicas required");
  });

  it("a starved ingester answers late", async () => {
    const { clock, faults, ingester } = await pods();
    faults.set("cpu-starved:loki-ingester-0", true);
    const page = ingester("/metrics");
    await expect.poll(() => clock.waiting).toBe(1);
    await clock.advance(500);
    expect((await page).status).toBe(200);
  });

  it("refuses a fault of a pod or tenant that is not there", async () => {
    const { faults } = await pods();
    expect(() => faults.set("killed:loki-ingester-9", true)).toThrow("nothing to play");
    expect(() => faults.set("tenant-storm:nobody", true)).toThrow("nothing to play");
    expect(faults.list()).toEqual([]);
  });
});
