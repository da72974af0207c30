import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { costReportRowSchema, type QueryCost } from "../../../src-shared/model/tenants/query-cost.ts";
import type { Quota } from "../../../src-shared/model/tenants/quota.ts";
import {
  MOST_DEAR,
  periodsAt,
  type CostPage,
  type CostRange,
  SETTLE_WITHIN_MS,
  type Ledger,
  type ReserveRequest,
  type SpendClaim,
} from "../../../src-main/core/tenants/ledger/ledger.ts";
import type { ManualClock } from "../../builders/manual-clock.ts";
import { exampleCost } from "./cost-examples.ts";
import { spendInTwoProcesses } from "./two-processes.ts";

/** One empty ledger, made anew for each test. `connect` opens it once more, as another process would. */
export interface LedgerSubject extends AsyncDisposable {
  readonly clock: ManualClock;
  readonly ledger: Ledger;
  readonly connect: () => Promise<Ledger>;
  /** The file or URL, for a process of its own. */
  readonly where: string;
}

const ALL = { fromDay: "2026-01-01", toDay: "2026-12-31", tenants: null, limit: 100 };
const day = { kind: "tenant", name: "acme", period: "2026-11-20" } as const;
const month = { kind: "user", name: "li.wei", period: "2026-11" } as const;

function held(id: string, bytes: number, claims: readonly SpendClaim[]): ReserveRequest {
  return { id, bytes, claims, ttlMs: 60_000 };
}

export function describeLedger(kind: string, open: () => Promise<LedgerSubject>): void {
  describe(`the ledger in ${kind}: costs`, () => {
    it("a cost counts once, however often and by whomever it is added", async () => {
      await using subject = await open();
      await using other = await subject.connect();
      const costs = Array.from({ length: 2_500 }, (_, index) => exampleCost({ id: `c${index}` }));
      expect(await subject.ledger.add(costs)).toBe(2_500);
      expect(await other.add(costs)).toBe(0);
      expect(await other.add([...costs.slice(0, 10), exampleCost({ id: "new" }), exampleCost({ id: "new" })])).toBe(1);
      expect(await subject.ledger.report({ ...ALL, by: "tenant" })).toEqual([
        { key: "acme", queries: 2_501, failed: 0, bytes: 2_501_000, lines: 25_010, durationMs: 12_505 },
      ]);
    });

    it("two that add the same costs at a time count each once", async () => {
      await using subject = await open();
      await using other = await subject.connect();
      const costs = Array.from({ length: 300 }, (_, index) =>
        exampleCost({ id: `c${index}`, tenant: `t${index % 7}`, shape: `s${index % 11}` }),
      );
      const added = await Promise.all([subject.ledger.add(costs), other.add(costs.toReversed())]);
      expect(added[0] + added[1]).toBe(300);
      const rows = await other.report({ ...ALL, by: "shape" });
      expect(rows.reduce((sum, { queries }) => sum + queries, 0)).toBe(300);
    });

    it("reports by tenant, user, source, shape and day are the sums of the costs", async () => {
      await using subject = await open();
      const costs = Array.from({ length: 500 }, (_, index) =>
        exampleCost({
          id: `c${index}`,
          tenant: `tenant ${index % 3}`,
          user: ["", "li.wei", "zhang'; DROP TABLE sums; --"][index % 3] ?? "",
          source: index % 2 === 0 ? "grafana" : "",
          shape: `{app="?"} |= "?" #${index % 5}`,
          atMs: Date.UTC(2026, 10, 18 + (index % 4), 23, 59, 59, 999),
          bytes: 1_000 + index,
          status: index % 10 === 0 ? 429 : 200,
        }),
      );
      await subject.ledger.add(costs);
      for (const by of ["tenant", "user", "source", "shape", "day"] as const) {
        const rows = await subject.ledger.report({ ...ALL, by });
        const key = (cost: QueryCost) => (by === "day" ? periodsAt(cost.atMs).day : cost[by]);
        const expected = Object.entries(Object.groupBy(costs, key)).map(([name, group = []]) => ({
          key: name,
          queries: group.length,
          failed: group.filter(({ status }) => status >= 400).length,
          bytes: group.reduce((sum, { bytes }) => sum + bytes, 0),
          lines: group.reduce((sum, { lines }) => sum + lines, 0),
          durationMs: group.reduce((sum, { durationMs }) => sum + durationMs, 0),
        }));
        const sorted = expected.toSorted((a, b) => (by === "day" ? (a.key < b.key ? -1 : 1) : b.bytes - a.bytes));
        expect(rows, by).toEqual(sorted);
        expect(rows.map((row) => costReportRowSchema.parse(row))).toEqual(rows);
      }
    });

    it("a report keeps to its days, its tenants and its limit", async () => {
      await using subject = await open();
      await subject.ledger.add([
        exampleCost({ id: "a", atMs: Date.UTC(2026, 10, 19, 23, 59, 59), bytes: 1 }),
        exampleCost({ id: "b", atMs: Date.UTC(2026, 10, 20), bytes: 2 }),
        exampleCost({ id: "c", atMs: Date.UTC(2026, 10, 21), tenant: "globex", bytes: 4 }),
        exampleCost({ id: "d", atMs: Date.UTC(2026, 10, 22), bytes: 8 }),
      ]);
      const range = { ...ALL, fromDay: "2026-11-20", toDay: "2026-11-21" };
      const bytes = async (request: { readonly tenants?: readonly string[]; readonly limit?: number }) =>
        (await subject.ledger.report({ ...range, ...request, by: "tenant" })).map((row) => [row.key, row.bytes]);
      expect(await bytes({})).toEqual([
        ["globex", 4],
        ["acme", 2],
      ]);
      expect(await bytes({ tenants: ["acme"] })).toEqual([["acme", 2]]);
      expect(await bytes({ tenants: [] })).toEqual([]);
      expect(await bytes({ limit: 1 })).toEqual([["globex", 4]]);
      const single = await subject.ledger.costliest({ ...range, limit: 1 });
      expect(single.map(({ id }) => id)).toEqual(["c"]);
      expect(await subject.ledger.costliest({ ...ALL, tenants: ["acme"], limit: 2 })).toMatchObject([
        { id: "d", shape: '{app="?"} |= "?"' },
        { id: "b" },
      ]);
    });

    it("sums beyond what a whole number holds are still sums", async () => {
      await using subject = await open();
      const costs = Array.from({ length: 40 }, (_, index) => exampleCost({ id: `c${index}`, bytes: 2 ** 50 }));
      await subject.ledger.add(costs);
      expect(await subject.ledger.report({ ...ALL, by: "tenant" })).toMatchObject([{ bytes: 40 * 2 ** 50 }]);
    });

    it("forgets single costs and sums, each before its own day", async () => {
      await using subject = await open();
      await subject.ledger.add(
        [1, 2, 3].map((date) => exampleCost({ id: `c${date}`, atMs: Date.UTC(2026, 10, date), shape: `s${date}` })),
      );
      expect(await subject.ledger.purge("2026-11-03", "2026-11-02")).toEqual({ costs: 2, sums: 1 });
      expect((await subject.ledger.costliest(ALL)).map(({ id }) => id)).toEqual(["c3"]);
      expect((await subject.ledger.report({ ...ALL, by: "day" })).map(({ key }) => key)).toEqual([
        "2026-11-02",
        "2026-11-03",
      ]);
    });
  });

  describe(`the ledger in ${kind}: what is dear`, () => {
    it("in whatever order and pieces costs come, also twice, they add up to the same", async () => {
      const costs = Array.from({ length: 60 }, (_, index) =>
        exampleCost({
          id: index % 2 === 0 ? `line:${index}` : `own:${index}`,
          tenant: `t${index % 3}`,
          user: `u${index % 4}`,
          shape: `s${index % 5}`,
          bytes: index * 7,
          atMs: Date.UTC(2026, 10, 18 + (index % 3), 23, 30 + (index % 60)),
        }),
      );
      const seen: unknown[] = [];
      const pieces = fc.array(fc.subarray(costs, { minLength: 1 }), { minLength: 1, maxLength: 4 });
      await fc.assert(
        fc.asyncProperty(pieces, fc.infiniteStream(fc.nat()), async (parts, numbers) => {
          await using subject = await open();
          for (const part of [...parts, costs]) {
            const order = new Map(part.map((cost) => [cost.id, numbers.next().value ?? 0]));
            await subject.ledger.add(part.toSorted((a, b) => (order.get(a.id) ?? 0) - (order.get(b.id) ?? 0)));
          }
          const reports = await Promise.all(
            (["tenant", "user", "source", "shape", "day"] as const).map((by) => subject.ledger.report({ ...ALL, by })),
          );
          const sorted = reports.map((rows) => rows.toSorted((a, b) => (a.key < b.key ? -1 : 1)));
          seen.push([sorted, await subject.ledger.total(ALL), await subject.ledger.extent()]);
          expect(seen.at(-1)).toEqual(seen[0]);
        }),
        { numRuns: 6 },
      );
      expect(seen[0]).toMatchObject([{}, { queries: 60, bytes: 7 * 1_770 }, { costs: 60, firstDay: "2026-11-18" }]);
    });

    it("a report's total is of all rows, also of those past its limit", async () => {
      await using subject = await open();
      await subject.ledger.add(
        Array.from({ length: 30 }, (_, index) => exampleCost({ id: `c${index}`, tenant: `t${index}`, status: 500 })),
      );
      const sums = { key: "", queries: 30, failed: 30, bytes: 30_000, lines: 300, durationMs: 150 };
      expect(await subject.ledger.total(ALL)).toEqual(sums);
      expect(await subject.ledger.total({ ...ALL, tenants: ["t3", "t4", "other"] })).toMatchObject({ queries: 2 });
      expect(await subject.ledger.total({ ...ALL, tenants: [] })).toMatchObject({ queries: 0, bytes: 0 });
      expect(await subject.ledger.total({ ...ALL, fromDay: "2026-11-21" })).toMatchObject({ queries: 0 });
    });

    it("among thousands the dearest are found, by tenant and over days", async () => {
      await using subject = await open();
      const costs = Array.from({ length: 6_000 }, (_, index) =>
        exampleCost({
          id: `c${index}`,
          tenant: index % 2 === 0 ? "acme" : "globex",
          bytes: (index * 7_919) % 6_007,
          atMs: Date.UTC(2026, 10, 19 + (index % 2), index % 24),
        }),
      );
      for (let from = 0; from < costs.length; from += 700) await subject.ledger.add(costs.slice(from, from + 700));
      const dearest = (of: (cost: QueryCost) => boolean) =>
        costs
          .filter(of)
          .map(({ bytes }) => bytes)
          .toSorted((a, b) => b - a)
          .slice(0, MOST_DEAR);
      const found = async (tenants: readonly string[] | null) =>
        (await subject.ledger.costliest({ ...ALL, tenants, limit: MOST_DEAR })).map(({ bytes }) => bytes);
      expect(await found(null)).toEqual(dearest(() => true));
      expect(await found(["acme"])).toEqual(dearest(({ tenant }) => tenant === "acme"));
    });

    it("a shape tells who used it, how, when, and its dearest query", async () => {
      await using subject = await open();
      const at = Date.UTC(2026, 10, 20, 10);
      const runs = Array.from({ length: 40 }, (_, index) =>
        exampleCost({
          id: `c${index}`,
          shape: "dear",
          user: index < 10 ? "li.wei" : "zhang.min",
          source: index < 30 ? "grafana" : "",
          rangeMs: index * 1_000,
          bytes: 1_000 + (index === 17 ? 9_000 : 0),
          cacheShare: index % 4 === 0 ? 0.5 : null,
          status: index < 3 ? 500 : 200,
          atMs: at + (39 - index) * 30_000,
        }),
      );
      await subject.ledger.add([...runs, exampleCost({ id: "cheap", shape: "cheap", bytes: 1 })]);
      await subject.ledger.add([
        exampleCost({ id: "other", shape: "dear", tenant: "globex", user: "o", bytes: 5_000 }),
      ]);
      const [dear, cheap] = await subject.ledger.shapes({ ...ALL, limit: 10 });
      expect(dear).toMatchObject({
        shape: "dear",
        example: { id: "c17", bytes: 10_000 },
        tenants: ["acme", "globex"],
        users: ["zhang.min", "li.wei", "o"],
        sources: ["grafana"],
        queries: 41,
        failed: 3,
        bytes: 54_000,
        maxRangeMs: 3_600_000,
        cacheShare: 0.5,
      });
      expect(dear?.runs.map(({ atMs }) => atMs)).toEqual(
        [...runs.map(({ atMs }) => atMs), at].toSorted((a, b) => a - b),
      );
      expect(new Set(dear?.runs.map(({ who }) => who)).size).toBe(3);
      expect(cheap).toMatchObject({ shape: "cheap", queries: 1, cacheShare: null });
      const own = await subject.ledger.shapes({ ...ALL, tenants: ["globex"], limit: 10 });
      expect(own).toMatchObject([
        { shape: "dear", queries: 1, users: ["o"], example: { id: "other" }, runs: [{ atMs: at }] },
      ]);
      expect(await subject.ledger.shapes({ ...ALL, fromDay: "2026-11-21", limit: 10 })).toEqual([]);
    });

    it("pages hold every single cost once, as it was added", async () => {
      await using subject = await open();
      const costs = Array.from({ length: 250 }, (_, index) =>
        exampleCost({
          id: `c${index}`,
          tenant: index % 5 === 0 ? "globex" : "acme",
          query: `{app="a${index}"} |= "\u0000\ud800 租户 '\"\\ --"`,
          tags: { source: "grafana", "odd key\u0000": `value ${index}`, __proto_: "x" },
          kind: index % 2 === 0 ? null : "metric",
          cacheShare: index % 3 === 0 ? null : 0.25,
          atMs: Date.UTC(2026, 10, 19 + (index % 3), 5, 0, 0, index),
        }),
      );
      await subject.ledger.add(costs.slice(0, 120));
      await subject.ledger.add(costs.slice(120));
      const all = async (range: CostRange) => {
        const found: QueryCost[] = [];
        for (let after: number | null = 0; after !== null;) {
          const page: CostPage = await subject.ledger.page({ ...range, after, limit: 33 });
          expect(page.costs.length).toBeLessThanOrEqual(33);
          found.push(...page.costs);
          after = page.next;
        }
        return found.toSorted((a, b) => Number(a.id.slice(1)) - Number(b.id.slice(1)));
      };
      // A lone surrogate is no Unicode: each database keeps it as it can.
      const plain = (cost: QueryCost) => ({ ...cost, query: cost.query.replaceAll(/[\ud800\ufffd]/g, "") });
      expect((await all(ALL)).map(plain)).toEqual(costs.map(plain));
      const some = await all({ fromDay: "2026-11-20", toDay: "2026-11-20", tenants: ["globex"] });
      expect(some.map(({ id }) => id)).toEqual(
        costs.filter(({ tenant }, index) => tenant === "globex" && index % 3 === 1).map(({ id }) => id),
      );
    });

    it("costs of days that were forgotten are not counted a second time", async () => {
      await using subject = await open();
      const costs = [1, 2, 3].map((date) => exampleCost({ id: `line:${date}`, atMs: Date.UTC(2026, 10, date) }));
      await subject.ledger.add(costs);
      await subject.ledger.purge("2026-11-03", "2026-11-01");
      expect(await subject.ledger.add([...costs, exampleCost({ id: "late", atMs: Date.UTC(2026, 10, 2, 5) })])).toBe(0);
      expect(await subject.ledger.total(ALL)).toMatchObject({ queries: 3 });
      expect(await subject.ledger.extent()).toEqual({ costs: 1, firstDay: "2026-11-01", lastDay: "2026-11-03" });
      expect(await subject.ledger.shapes({ ...ALL, limit: 10 })).toMatchObject([
        { queries: 3, example: { id: "line:3" } },
      ]);
      expect(await subject.ledger.add([exampleCost({ id: "line:4", atMs: Date.UTC(2026, 10, 4) })])).toBe(1);
    });
  });

  describe(`the ledger in ${kind}: quotas`, () => {
    it("what is reserved is held, and settled by what was really read", async () => {
      await using subject = await open();
      const claims = [
        { ...day, limitBytes: 1_000 },
        { ...month, limitBytes: null },
      ];
      expect(await subject.ledger.reserve(held("q1", 400, claims))).toEqual({
        granted: true,
        spends: [
          { usedBytes: 0, reservedBytes: 400 },
          { usedBytes: 0, reservedBytes: 400 },
        ],
      });
      expect(await subject.ledger.settle("q1", 650)).toBe(true);
      expect(await subject.ledger.settle("q1", 650)).toBe(false);
      expect(await subject.ledger.settle("never", 1)).toBe(false);
      for (const scope of [day, month]) {
        expect(await subject.ledger.spend(scope)).toEqual({ usedBytes: 650, reservedBytes: 0 });
      }
    });

    it("a claim without room refuses the whole reservation and holds nothing of it", async () => {
      await using subject = await open();
      const claims = [
        { ...day, limitBytes: 1_000 },
        { ...month, limitBytes: 500 },
      ];
      await subject.ledger.reserve(held("q1", 400, claims));
      expect(await subject.ledger.reserve(held("q2", 101, claims))).toEqual({
        granted: false,
        claim: claims[1],
        spend: { usedBytes: 0, reservedBytes: 400 },
      });
      expect(await subject.ledger.spend(day)).toEqual({ usedBytes: 0, reservedBytes: 400 });
      expect(await subject.ledger.reserve(held("q3", 100, claims))).toMatchObject({ granted: true });
    });

    it("a reservation asked for twice is held once", async () => {
      await using subject = await open();
      const claims = [{ ...day, limitBytes: 500 }];
      const first = await subject.ledger.reserve(held("q1", 400, claims));
      expect(await subject.ledger.reserve(held("q1", 400, claims))).toEqual(first);
    });

    it("what was settled stays settled, also when its reservation and settlement are sent again", async () => {
      await using subject = await open();
      const request = held("q1", 400, [{ ...day, limitBytes: null }]);
      await subject.ledger.reserve(request);
      expect(await subject.ledger.settle("q1", 650)).toBe(true);
      expect(await subject.ledger.reserve(request)).toMatchObject({ granted: true });
      expect(await subject.ledger.settle("q1", 650)).toBe(false);
      expect(await subject.ledger.spend(day)).toEqual({ usedBytes: 650, reservedBytes: 0 });
    });

    it("quotas are kept for all that share the ledger: set, set anew, listed in order, removed", async () => {
      await using subject = await open();
      await using other = await subject.connect();
      const quota = (
        kind: "tenant" | "user" | "role",
        name: string,
        period: "day" | "month",
        bytes: number,
      ): Quota => ({
        scope: { kind, name, period },
        bytes,
        hardBytes: bytes * 2,
        warnShare: 0.8,
      });
      const odd = "o'brien\"; DROP TABLE quotas; -- 租户";
      await subject.ledger.setQuota(quota("role", "viewer", "day", 5));
      await subject.ledger.setQuota(quota("user", odd, "month", 2 ** 51));
      await subject.ledger.setQuota(quota("tenant", "globex", "day", 1));
      await subject.ledger.setQuota(quota("tenant", "acme", "month", 1));
      await other.setQuota(quota("tenant", "acme", "day", 7));
      await other.setQuota(quota("tenant", "acme", "month", 9));
      expect(await subject.ledger.quotas()).toEqual([
        quota("tenant", "acme", "day", 7),
        quota("tenant", "acme", "month", 9),
        quota("tenant", "globex", "day", 1),
        quota("user", odd, "month", 2 ** 51),
        quota("role", "viewer", "day", 5),
      ]);
      expect(await other.removeQuota({ kind: "tenant", name: "acme", period: "day" })).toBe(true);
      expect(await subject.ledger.removeQuota({ kind: "tenant", name: "acme", period: "day" })).toBe(false);
      expect(await subject.ledger.quotas()).toHaveLength(4);
    });

    it("one that is never settled runs out, and counts all the same when its answer comes late", async () => {
      await using subject = await open();
      const claims = [{ ...day, limitBytes: 500 }];
      await subject.ledger.reserve(held("q1", 400, claims));
      await subject.clock.advance(59_999);
      expect(await subject.ledger.reserve(held("q2", 200, claims))).toMatchObject({ granted: false });
      await subject.clock.advance(1);
      expect(await subject.ledger.reserve(held("q2", 200, claims))).toMatchObject({ granted: true });
      await subject.ledger.purge("2026-01-01", "2026-01-01");
      expect(await subject.ledger.settle("q1", 450)).toBe(true);
      expect(await subject.ledger.spend(day)).toEqual({ usedBytes: 450, reservedBytes: 200 });
      await subject.clock.advance(60_000 + SETTLE_WITHIN_MS + 1);
      await subject.ledger.purge("2026-01-01", "2026-01-01");
      expect(await subject.ledger.settle("q2", 1)).toBe(false);
    });

    it("spends are forgotten with the sums, the month only when it is over", async () => {
      await using subject = await open();
      await subject.ledger.reserve(
        held(
          "q1",
          400,
          [day, month].map((scope) => ({ ...scope, limitBytes: null })),
        ),
      );
      await subject.ledger.settle("q1", 400);
      await subject.ledger.purge("2026-11-25", "2026-11-25");
      expect([(await subject.ledger.spend(day)).usedBytes, (await subject.ledger.spend(month)).usedBytes]).toEqual([
        0, 400,
      ]);
      await subject.ledger.purge("2026-12-01", "2026-12-01");
      expect((await subject.ledger.spend(month)).usedBytes).toBe(0);
    });

    it("50 at a time from two connections get what there is, and not one byte more", async () => {
      await using subject = await open();
      await using other = await subject.connect();
      const TERABYTE = 1_000 ** 4;
      const tenant = { ...day, limitBytes: 20 * TERABYTE };
      const user = { ...month, limitBytes: 100 * TERABYTE };
      const results = await Promise.all(
        Array.from({ length: 50 }, (_, index) => {
          const claims = index % 3 === 0 ? [user, tenant] : [tenant, user];
          return (index % 2 === 0 ? subject.ledger : other).reserve(held(`q${index}`, TERABYTE, claims));
        }),
      );
      const granted = results.flatMap((result, index) => (result.granted ? [`q${index}`] : []));
      expect(granted).toHaveLength(20);
      expect(await other.spend(day)).toEqual({ usedBytes: 0, reservedBytes: 20 * TERABYTE });
      const settled = await Promise.all(
        granted.flatMap((id) => [subject.ledger.settle(id, TERABYTE), other.settle(id, TERABYTE)]),
      );
      expect(settled.filter(Boolean)).toHaveLength(20);
      expect(await subject.ledger.spend(day)).toEqual({ usedBytes: 20 * TERABYTE, reservedBytes: 0 });
    });

    it("50 queries of two processes spend one quota to its last byte and no further", async () => {
      await using subject = await open();
      const granted = await spendInTwoProcesses(subject.where, 60 * 1_000 ** 3);
      expect(granted.reduce((sum, count) => sum + count, 0)).toBe(60);
      expect(await subject.ledger.spend(day)).toEqual({ usedBytes: 60 * 1_000 ** 3, reservedBytes: 0 });
    });
  });
}
