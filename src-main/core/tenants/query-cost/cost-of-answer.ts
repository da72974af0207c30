import { z } from "zod";
import {
  MAX_COST_BYTES,
  MAX_COST_QUERY_CHARS,
  queryCostSchema,
  type QueryCost,
} from "../../../../src-shared/model/tenants/query-cost.ts";
import { cacheShare, OWN_ID_TAG, OWN_SOURCE, ownCostId } from "./cost-of-line.ts";
import { queryHash } from "./query-hash.ts";
import { queryShape } from "./query-shape.ts";

/** A query that this console ran. `uuid` is what it sent in the `Id` tag. */
export interface OwnQuery {
  readonly uuid: string;
  readonly atMs: number;
  readonly site: string;
  readonly tenant: string;
  /** The principal. */
  readonly user: string;
  readonly query: string;
  readonly kind: QueryCost["kind"];
  readonly rangeMs: number;
  readonly durationMs: number;
  readonly status: number;
}

const figure = z.number().min(0).catch(0);
const cacheSchema = z.object({ entriesRequested: figure, entriesFound: figure }).catch(noCache);
const summarySchema = z
  .object({ totalBytesProcessed: figure, totalLinesProcessed: figure, splits: figure, shards: figure })
  .catch(noSummary);
const statsSchema = z.object({
  summary: summarySchema,
  cache: z.object({ chunk: cacheSchema, result: cacheSchema }).catch({ chunk: noCache(), result: noCache() }),
});

function noCache() {
  return { entriesRequested: 0, entriesFound: 0 };
}

function noSummary() {
  return { totalBytesProcessed: 0, totalLinesProcessed: 0, splits: 0, shards: 0 };
}

/**
 * The cost of a query of the console's own, from the `data.stats` of its answer (`pkg/logqlmodel/stats/stats.proto`); exact,
 * where a line is humanised. What the object lacks counts as 0; without a `stats` at all the query cost nothing that is known.
 */
export function costOfAnswer(own: OwnQuery, stats: unknown): QueryCost {
  const read = statsSchema.safeParse(stats);
  const summary = read.success ? read.data.summary : noSummary();
  const chunk = read.success ? read.data.cache.chunk : noCache();
  const result = read.success ? read.data.cache.result : noCache();
  const hash = queryHash(own.query);
  return queryCostSchema.parse({
    id: ownCostId(own.uuid, own.tenant, hash),
    atMs: own.atMs,
    site: own.site,
    tenant: own.tenant,
    user: own.user,
    source: OWN_SOURCE,
    query: own.query.slice(0, MAX_COST_QUERY_CHARS),
    shape: queryShape(own.query),
    hash,
    kind: own.kind,
    rangeMs: own.rangeMs,
    bytes: whole(summary.totalBytesProcessed),
    lines: whole(summary.totalLinesProcessed),
    durationMs: own.durationMs,
    splits: whole(summary.splits),
    shards: whole(summary.shards),
    cacheShare: cacheShare(chunk.entriesRequested + result.entriesRequested, chunk.entriesFound + result.entriesFound),
    status: own.status,
    tags: { source: OWN_SOURCE, [OWN_ID_TAG]: own.uuid },
  });
}

function whole(value: number): number {
  return Math.min(Math.round(value), MAX_COST_BYTES);
}
