import { createHash } from "node:crypto";
import { msFromNano, parseNanoTime } from "../../../../src-shared/model/nano-time.ts";
import {
  MAX_COST_BYTES,
  MAX_COST_QUERY_CHARS,
  QUERY_KINDS,
  queryCostSchema,
  type QueryCost,
} from "../../../../src-shared/model/tenants/query-cost.ts";
import { queryHash } from "./query-hash.ts";
import { queryShape } from "./query-shape.ts";
import type { MetricsLine } from "./metrics-line.ts";

/** The console's own queries carry these tags, so that their line is known again; see `ownCostId`. */
export const OWN_SOURCE = "kubemate";
export const OWN_ID_TAG = "id";

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * The id of a query that a console ran under a random UUID of its own, sent as `X-Query-Tags: Source=kubemate,Id=…`: the
 * record made of the answer and the one made of the frontend's line are then one. Bound to tenant and query, so that the
 * UUID of one query hides no other.
 */
export function ownCostId(uuid: string, tenant: string, hash: number): string {
  return `own:${digest([uuid, tenant, String(hash)])}`;
}

/**
 * The cost that a frontend's line tells of; `null` where the line lacks time, tenant or duration. `shapeOf` may remember the
 * shapes of texts that come again.
 */
export function costOfLine(line: MetricsLine, site: string, shapeOf = queryShape): QueryCost | null {
  const { texts, counts, bytes, durationsMs, tags } = line;
  const at = parseNanoTime(texts.get("ts") ?? "");
  const tenant = texts.get("org_id");
  const durationMs = durationsMs.get("duration");
  if (at === null || tenant === undefined || durationMs === undefined) return null;
  const query = texts.get("query") ?? texts.get("match") ?? "";
  const hash = counts.get("query_hash") ?? queryHash(query);
  const parsed = queryCostSchema.safeParse({
    id: lineId(line, tenant, hash),
    atMs: msFromNano(at),
    site,
    tenant,
    user: tags.get("user") ?? "",
    source: tags.get("source") ?? "",
    query: query.slice(0, MAX_COST_QUERY_CHARS),
    shape: shapeOf(query),
    hash,
    kind: QUERY_KINDS.find((kind) => kind === texts.get("query_type")) ?? null,
    rangeMs: texts.get("range_type") === "instant" ? 0 : Math.max(0, durationsMs.get("length") ?? 0),
    bytes: Math.min(bytes.get("total_bytes") ?? 0, MAX_COST_BYTES),
    lines: Math.min(counts.get("total_lines") ?? 0, MAX_COST_BYTES),
    durationMs,
    splits: counts.get("splits") ?? 0,
    shards: counts.get("shards") ?? 0,
    cacheShare: cacheShare(
      (counts.get("cache_chunk_req") ?? 0) + (counts.get("cache_result_req") ?? 0),
      (counts.get("cache_chunk_hit") ?? 0) + (counts.get("cache_result_hit") ?? 0),
    ),
    status: counts.get("status") ?? 0,
    tags: Object.fromEntries(tags),
  });
  return parsed.success ? parsed.data : null;
}

/** Share of lookups that were answered; `null` without one. */
export function cacheShare(requested: number, found: number): number | null {
  return requested > 0 ? Math.min(1, found / requested) : null;
}

/**
 * The same line read twice (by Loki, from the pod, by two consoles) has one id: time to the nanosecond, trace, and what it
 * says of the query.
 */
function lineId({ texts, counts, durationsMs, tags }: MetricsLine, tenant: string, hash: number): string {
  const uuid = tags.get(OWN_ID_TAG)?.toLowerCase() ?? "";
  if (tags.get("source") === OWN_SOURCE && UUID.test(uuid)) return ownCostId(uuid, tenant, hash);
  const trace = texts.get("traceID") ?? texts.get("trace_id") ?? "";
  const parts = [texts.get("ts") ?? "", tenant, trace, String(hash), texts.get("query_type") ?? ""];
  return `line:${digest([...parts, String(durationsMs.get("duration")), String(counts.get("total_lines"))])}`;
}

function digest(parts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32);
}
