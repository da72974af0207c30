import { describe, expect, it } from "vitest";
import { costReportRowSchema, type QueryCost } from "../../../src-shared/model/tenants/query-cost.ts";
import type { Quota } from "../../../src-shared/model/tenants/quota.ts";
import {
  periodsAt,
  SETTLE_WITHIN_MS,
  type Ledger,
  type ReserveRequest,
  type SpendClaim,
} from "../../../src-main/core/tenants/ledger/ledger.ts";
import type { ManualClock } from "../../builders/manual-clock.ts";
import { exampleCost } from "./cost-examples.ts";
import { describeDear } from "./ledger-dear.contract.ts";
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

export function describeLedger(database: string, open: () => Promise<LedgerSubject>): void {
  describe(`the ledger in ${database}: costs`, () => {
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

  describeDear(database, open);

  describe(`the ledger in ${database}: quotas`, () => {
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
