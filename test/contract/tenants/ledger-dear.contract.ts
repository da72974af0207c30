import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { QueryCost } from "../../../src-shared/model/tenants/query-cost.ts";
import { MOST_DEAR, type CostPage, type CostRange } from "../../../src-main/core/tenants/ledger/ledger.ts";
import { exampleCost } from "./cost-examples.ts";
import type { LedgerSubject } from "./ledger.contract.ts";

const ALL = { fromDay: "2026-01-01", toDay: "2026-12-31", tenants: null, limit: 100 };

/** The second half of `describeLedger`: what is dear, page by page, and that order means nothing. */
export function describeDear(database: string, open: () => Promise<LedgerSubject>): void {
  describe(`the ledger in ${database}: what is dear`, () => {
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
          query: `{app="a${index}"} |= "\u0000\ud800 租户 '"\\ --"`,
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
}
