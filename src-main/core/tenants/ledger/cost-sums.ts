import { createHash } from "node:crypto";
import type { QueryCost } from "../../../../src-shared/model/tenants/query-cost.ts";
import { periodsAt } from "./ledger.ts";

/** The sums of one day for one site, tenant, user, source and shape. */
export interface CostSum {
  readonly day: string;
  readonly site: string;
  readonly tenant: string;
  readonly user: string;
  readonly source: string;
  readonly shapeId: string;
  readonly shape: string;
  queries: number;
  failed: number;
  bytes: number;
  lines: number;
  durationMs: number;
}

const FIRST_FAILED_STATUS = 400;

/** A shape's key: texts of kilobytes do not belong into an index. */
export function shapeIdOf(shape: string): string {
  return createHash("sha256").update(shape).digest("hex").slice(0, 24);
}

/**
 * What a batch adds to the daily sums. In the order of their keys, so that two processes that write the same sums take
 * their locks in one order.
 */
export function sumCosts(costs: readonly QueryCost[]): readonly CostSum[] {
  const sums = new Map<string, CostSum>();
  const shapeIds = new Map<string, string>();
  for (const cost of costs) {
    let shapeId = shapeIds.get(cost.shape);
    if (shapeId === undefined) shapeIds.set(cost.shape, (shapeId = shapeIdOf(cost.shape)));
    const { day } = periodsAt(cost.atMs);
    const { site, tenant, user, source, shape } = cost;
    const key = JSON.stringify([day, site, tenant, user, source, shapeId]);
    let sum = sums.get(key);
    if (sum === undefined) {
      sum = {
        day,
        site,
        tenant,
        user,
        source,
        shapeId,
        shape,
        queries: 0,
        failed: 0,
        bytes: 0,
        lines: 0,
        durationMs: 0,
      };
      sums.set(key, sum);
    }
    sum.queries += 1;
    sum.failed += cost.status >= FIRST_FAILED_STATUS ? 1 : 0;
    sum.bytes += cost.bytes;
    sum.lines += cost.lines;
    sum.durationMs += cost.durationMs;
  }
  return [...sums.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, sum]) => sum);
}
