import type { QueryCost } from "../../../../src-shared/model/tenants/query-cost.ts";
import { dayNumberAt } from "./ledger-keys.ts";

/** What every row of sums adds up. */
export interface Sums {
  queries: number;
  failed: number;
  bytes: number;
  lines: number;
  durationMs: number;
}

export const ROLLUP_DIMENSIONS = ["tenant", "user", "source", "shape"] as const;
export type RollupDimension = (typeof ROLLUP_DIMENSIONS)[number];

/** The sums of one day for one value of one dimension, by tenant: what reports are made of. */
export interface Rollup extends Sums {
  readonly dimension: RollupDimension;
  readonly day: number;
  readonly tenant: string;
  readonly value: string;
}

/** Who used a shape on a day, and how: what is said of the dearest shapes. */
export interface ShapeUseSums extends Sums {
  readonly day: number;
  readonly shape: string;
  readonly tenant: string;
  readonly user: string;
  readonly source: string;
  maxRangeMs: number;
  /** Of the queries that looked into a cache: how many did, and the sum of their shares. */
  cacheable: number;
  cached: number;
  /** The dearest of the batch, by its place in it. */
  dearest: number;
  dearestBytes: number;
}

const FIRST_FAILED_STATUS = 400;
const NOTHING: Sums = { queries: 0, failed: 0, bytes: 0, lines: 0, durationMs: 0 };

/**
 * What a batch adds to the daily sums. In the order of their keys, so that two processes that write the same sums take
 * their locks in one order.
 */
export function sumCosts(costs: readonly QueryCost[]): {
  readonly rollups: readonly Rollup[];
  readonly uses: readonly ShapeUseSums[];
} {
  const uses = new Map<string, ShapeUseSums>();
  for (const [index, cost] of costs.entries()) {
    const day = dayNumberAt(cost.atMs);
    const { tenant, user, source, shape } = cost;
    const key = `${day}\0${tenant}\0${user}\0${source}\0${shape}`;
    let use = uses.get(key);
    if (use === undefined) {
      const begin = { maxRangeMs: 0, cacheable: 0, cached: 0, dearest: index, dearestBytes: -1 };
      uses.set(key, (use = { day, shape, tenant, user, source, ...NOTHING, ...begin }));
    }
    use.queries += 1;
    use.failed += cost.status >= FIRST_FAILED_STATUS ? 1 : 0;
    use.bytes += cost.bytes;
    use.lines += cost.lines;
    use.durationMs += cost.durationMs;
    use.maxRangeMs = Math.max(use.maxRangeMs, cost.rangeMs);
    if (cost.cacheShare !== null) {
      use.cacheable += 1;
      use.cached += cost.cacheShare;
    }
    if (cost.bytes > use.dearestBytes) {
      use.dearest = index;
      use.dearestBytes = cost.bytes;
    }
  }
  return { rollups: rollUp(uses.values()), uses: inOrder(uses) };
}

/** Of uses, which are fewer than the costs. */
function rollUp(uses: Iterable<ShapeUseSums>): readonly Rollup[] {
  const rollups = new Map<string, Rollup>();
  for (const use of uses) {
    const { day, tenant } = use;
    for (const dimension of ROLLUP_DIMENSIONS) {
      const value = use[dimension];
      const key = `${dimension}\0${day}\0${tenant}\0${value}`;
      let rollup = rollups.get(key);
      if (rollup === undefined) rollups.set(key, (rollup = { dimension, day, tenant, value, ...NOTHING }));
      addTo(rollup, use);
    }
  }
  return inOrder(rollups);
}

function addTo(sums: Sums, more: Readonly<Sums>): void {
  sums.queries += more.queries;
  sums.failed += more.failed;
  sums.bytes += more.bytes;
  sums.lines += more.lines;
  sums.durationMs += more.durationMs;
}

function inOrder<Row>(rows: ReadonlyMap<string, Row>): readonly Row[] {
  return [...rows].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}
