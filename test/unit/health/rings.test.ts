import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readRings } from "../../../src-main/core/health/rings/read-rings.ts";
import { readRingPage } from "../../../src-main/core/health/rings/read-ring-page.ts";
import { tellersOf } from "../../../src-main/core/health/rings/ring-tellers.ts";
import type { TargetRequest } from "../../../src-main/core/health/scraping/scrape-target.ts";
import { HttpBodyError } from "../../../src-main/core/common/http-body-error.ts";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import { RING_NAMES, RING_PAGES, type RingName } from "../../../src-shared/model/health/ring.ts";
import { ManualClock } from "../../builders/manual-clock.ts";
import { hanging, notFound, plain, ScriptedTarget } from "../../builders/scrape-targets.ts";

const never = new AbortController().signal;
const recorded = (file: string) =>
  readFileSync(new URL(`../../fixtures/health/rings/${file}`, import.meta.url), "utf8");

/** A target that serves ring pages by path, and 404 for others. */
function teller(instance: string, pages: Readonly<Partial<Record<RingName, string>>>, type = "application/json") {
  const byPath = new Map(RING_NAMES.map((name) => [RING_PAGES[name] as string, pages[name]]));
  return new ScriptedTarget(instance, ({ path }) => {
    const page = byPath.get(path);
    return Promise.resolve(page === undefined ? notFound() : plain(200, page, type));
  });
}

function read(targets: readonly ScriptedTarget[], names: readonly RingName[], clock = new ManualClock()) {
  return readRings({ targets, names, replicationFactor: 3, clock, signal: never });
}

const page = (shards: unknown, now = "2026-11-22T13:54:26.6Z") => JSON.stringify({ shards, now });
const shard = (id: string, rest: object = {}) => ({
  id,
  state: "ACTIVE",
  address: "10.0.0.1:9095",
  timestamp: "2026-11-22T13:54:23Z",
  registered_timestamp: "0001-01-01T00:00:00Z",
  read_only: false,
  zone: "a",
  tokens: [1],
  ...rest,
});

describe("a ring as somebody tells it", () => {
  it("has the members, tokens, heartbeats and zones of a recorded page, and whole shares", async () => {
    const [ring] = await read([teller("distributor-1", { ingester: recorded("ingester.json") })], ["ingester"]);
    expect(ring).toMatchObject({ ring: "ingester", from: "distributor-1", error: null, replicationFactor: 3 });
    expect(ring?.members.map(({ id, state, zone, tokens }) => [id, state, zone, tokens])).toEqual([
      ["ingester-1", "ACTIVE", "zone-a", 128],
      ["ingester-2", "ACTIVE", "zone-b", 128],
      ["ingester-3", "ACTIVE", "zone-c", 128],
    ]);
    expect(ring?.members[0]).toMatchObject({
      heartbeatMs: Date.parse("2026-11-22T13:54:23Z"),
      registeredMs: Date.parse("2026-11-22T13:50:43Z"),
      readOnly: false,
    });
    expect(ring?.nowMs).toBeGreaterThan(Date.parse("2026-11-22T13:54:23Z"));
    expect(ring?.zones.map(({ zone, members, active }) => [zone, members, active])).toEqual([
      ["zone-a", 1, 1],
      ["zone-b", 1, 1],
      ["zone-c", 1, 1],
    ]);
    expect(ring?.zones.reduce((sum, { ownership }) => sum + ownership, 0)).toBeCloseTo(1, 9);
  });

  it("keeps the teller's clock, an hour off or not: heartbeats are to be compared with it alone", async () => {
    const clock = new ManualClock(Date.parse("2026-11-22T14:54:26Z"));
    const [ring] = await read([teller("querier-0", { ingester: page([shard("a")]) })], ["ingester"], clock);
    expect((ring?.nowMs ?? 0) - (ring?.members[0]?.heartbeatMs ?? 0)).toBe(3_600);
    expect(ring?.members[0]?.registeredMs).toBeNull();
  });

  it("counts in its zones who is active, and orders members by name", async () => {
    const shards = [shard("b", { state: "UNHEALTHY" }), shard("a", { zone: "" }), shard("c", { state: "LEAVING" })];
    const [ring] = await read([teller("ingester-0", { ingester: page(shards) })], ["ingester"]);
    expect(ring?.members.map(({ id }) => id)).toEqual(["a", "b", "c"]);
    expect(ring?.zones.map(({ zone, members, active }) => [zone, members, active])).toEqual([
      ["", 1, 1],
      ["a", 2, 0],
    ]);
  });

  it("has no members where shards is null or empty, which is no error", async () => {
    const targets = [teller("distributor-0", { ingester: page(null), distributor: page([]) })];
    for (const ring of await read(targets, ["ingester", "distributor"])) {
      expect(ring).toMatchObject({ from: "distributor-0", error: null, members: [], zones: [] });
    }
  });

  it("knows the replication factor of ingesters and of no other ring", async () => {
    const rings = await read([teller("single-binary", { compactor: page([shard("c")]) })], ["compactor"]);
    expect(rings[0]?.replicationFactor).toBeNull();
  });
});

describe("a ring that is not told", () => {
  it("is one that nobody tells of where it is unknown, unused with a page of HTML, or nobody can be asked", async () => {
    const html = teller("distributor-0", { distributor: recorded("ingester.html") }, "text/html");
    const rings = await read([html], ["distributor", "ruler", "scheduler"]);
    for (const ring of rings) {
      expect(ring).toMatchObject({ from: null, members: [], error: { code: "health.nobody-tells" } });
    }
    expect(rings.map(({ ring, error }) => [ring, error?.params["what"]])).toEqual([
      ["distributor", "/distributor/ring"],
      ["ruler", "/ruler/ring"],
      ["scheduler", "/scheduler/ring"],
    ]);
  });

  it("says why where somebody failed to tell, unless another tells", async () => {
    const forbidden = new ScriptedTarget("distributor-0", () =>
      Promise.reject(new AppError("cluster.forbidden", { verb: "get", resource: "pods/proxy", namespace: "loki" })),
    );
    const [alone] = await read([forbidden], ["ingester"]);
    expect(alone?.error?.code).toBe("cluster.forbidden");
    const [told] = await read([forbidden, teller("querier-0", { ingester: page([shard("a")]) })], ["ingester"]);
    expect(told).toMatchObject({ from: "querier-0", error: null });
  });

  it("is refused when it is too long, no ring, or has tokens that are none", async () => {
    const tooLong = new HttpBodyError("too-long", "body longer than 67108864 bytes");
    const huge = new ScriptedTarget("ruler-0", ({ maxBytes }) =>
      Promise.reject(
        maxBytes <= 64 * 2 ** 20
          ? new AppError("loki.bad-response", { status: 0, problem: "long" }, { cause: tooLong })
          : new Error("unbounded"),
      ),
    );
    expect((await read([huge], ["ruler"]))[0]?.error).toMatchObject({ code: "loki.bad-response" });
    for (const body of [
      "{}",
      "[]",
      "null",
      '{"shards":{}}',
      '{"shards":[{"id":7}]}',
      page([shard("a", { tokens: [-1] })]),
      page([shard("a", { tokens: [2 ** 32] })]),
      page([shard("a", { tokens: [1.5] })]),
      page([shard("a", { tokens: ["1"] })]),
      page(Array.from({ length: 20_001 }, (_, index) => shard(String(index)))),
      "not json",
    ]) {
      expect(() => readRingPage(plain(200, body, "application/json")), body.slice(0, 60)).toThrow(AppError);
    }
  });

  it("takes a page with odd fields for what it is: texts cut, times that are none left out, tokens once", () => {
    const odd = shard("x".repeat(5_000), {
      zone: 7,
      address: null,
      timestamp: "yesterday",
      read_only: "yes",
      tokens: [5, 3, 5],
    });
    const [told] = readRingPage(plain(200, page([odd], "soon"), "application/json"))?.members ?? [];
    expect(told).toMatchObject({ zone: "", address: "", heartbeatMs: null, readOnly: false });
    expect(told?.tokens.toSorted((a, b) => a - b)).toEqual([3, 5]);
    expect(told?.id).toHaveLength(300);
  });

  it("costs a bounded time when everybody hangs, and the rings are asked for at once", async () => {
    const clock = new ManualClock(0);
    const stuck = ["distributor", "querier", "ingester", "ruler", "compactor", "query-scheduler"].map(
      (name) => new ScriptedTarget(`${name}-0`, hanging),
    );
    const running = read(stuck, RING_NAMES, clock);
    await clock.advance(12_000);
    const rings = await running;
    expect(rings.map(({ error }) => error?.code)).toEqual([
      ...RING_NAMES.slice(0, -1).map(() => "loki.timed-out"),
      "health.nobody-tells",
    ]);
  });

  it("ends with the signal", async () => {
    const stop = new AbortController();
    const targets = [new ScriptedTarget("distributor-0", hanging)];
    const options = { names: ["ingester"] as const, replicationFactor: null, clock: new ManualClock() };
    const running = readRings({ ...options, targets, signal: stop.signal });
    stop.abort();
    await expect(running).rejects.toMatchObject({ code: "request.cancelled" });
  });
});

describe("who is asked for a ring", () => {
  it("is one of each able component before a second of any, in the order of who knows it best", () => {
    const targets = ["ingester-0", "ingester-1", "querier-0", "querier-1", "distributor-0", "compactor-0"].map(
      (name) => new ScriptedTarget(name),
    );
    expect(tellersOf("ingester", targets).map(({ instance }) => instance)).toEqual([
      "distributor-0",
      "querier-0",
      "ingester-0",
      "querier-1",
      "ingester-1",
    ]);
    expect(tellersOf("compactor", targets).map(({ instance }) => instance)).toEqual(["compactor-0"]);
  });

  it("is a few, however many there are", () => {
    const many = Array.from({ length: 600 }, (_, index) => new ScriptedTarget(`ingester-${index}`));
    expect(tellersOf("ingester", many)).toHaveLength(8);
  });

  it("is asked for JSON by GET of a page that only shows", async () => {
    const asked: TargetRequest[] = [];
    const target = new ScriptedTarget("compactor-0", (request) => {
      asked.push(request);
      return Promise.resolve(plain(200, page([shard("c")]), "application/json"));
    });
    await read([target], ["compactor"]);
    expect(asked.map(({ path, accept }) => [path, accept])).toEqual([["/compactor/ring", "application/json"]]);
  });
});
