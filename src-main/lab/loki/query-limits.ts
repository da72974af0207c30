import { RE2JS } from "re2js";
import { type Expr, isLogExpr, type MetricExpr, selectorsOf } from "../../../src-shared/logql/ast.ts";
import { formatGoDuration } from "../../../src-shared/logql/text/go-duration.ts";
import { humanBytes, limitDuration } from "../format/go-text.ts";
import type { LabStream } from "../store/stream.ts";
import { HttpProblem } from "../http/reply.ts";
import { queryHash, type QueryTags } from "./query-tags.ts";
import type { TimeBounds } from "./request-form.ts";
import type { TenantLimits } from "./tenant-limits.ts";

/** What the query frontend checks before it looks at any data; throws Loki's 400 or 429. */
export function checkQuery(expr: Expr, limit: number, limits: TenantLimits): void {
  if (expr.kind === "variants") throw new HttpProblem(400, "multi variant queries are disabled for this instance");
  if (isLogExpr(expr) && limits.max_entries_limit_per_query > 0 && limit > limits.max_entries_limit_per_query) {
    throw new HttpProblem(
      400,
      `max entries limit per query exceeded, limit > max_entries_limit_per_query (${limit} > ${limits.max_entries_limit_per_query})`,
    );
  }
  for (const { matchers } of selectorsOf(expr)) {
    const names = matchers.map(({ name }) => name);
    const missing = limits.required_labels.filter((label) => !names.includes(label));
    if (missing.length > 0) {
      throw new HttpProblem(
        400,
        `stream selector is missing required matchers [${missing.join(", ")}], labels present in the query were [${names.join(", ")}]`,
      );
    }
    if (names.length < limits.minimum_labels_number) {
      throw new HttpProblem(
        400,
        `stream selector has less label matchers than required: (present: [${names.join(", ")}], number_present: ${names.length}, required_number_label_matchers: ${limits.minimum_labels_number})`,
      );
    }
    if (limits.max_streams_matchers_per_query > 0 && names.length > limits.max_streams_matchers_per_query) {
      throw new HttpProblem(
        400,
        `max streams matchers per query exceeded, matchers-count > limit (${names.length} > ${limits.max_streams_matchers_per_query})`,
      );
    }
  }
  checkRangeVectors(expr, limits);
  checkApproximation(expr);
  if (limits.max_query_parallelism <= 0)
    throw new HttpProblem(429, "querying is disabled, please contact your Loki operator");
}

/** `approx_topk` needs `limits.shard_aggregations`, which the lab's cluster does not set. */
function checkApproximation(expr: Expr): void {
  if (expr.kind === "binary") {
    checkApproximation(expr.left);
    checkApproximation(expr.right);
  } else if (expr.kind === "labelReplace" || expr.kind === "vectorAggregation") {
    if (expr.kind === "vectorAggregation" && expr.op === "approx_topk") {
      throw new HttpProblem(500, "approx_topk is not enabled. See -limits.shard_aggregations");
    }
    checkApproximation(expr.inner);
  }
}

function checkRangeVectors(expr: Expr, limits: TenantLimits): void {
  if (limits.max_query_range <= 0n || isLogExpr(expr) || expr.kind === "variants") return;
  for (const intervalNs of intervalsOf(expr)) {
    if (intervalNs <= limits.max_query_range) continue;
    const [asked, most] = [limitDuration(intervalNs), limitDuration(limits.max_query_range)];
    throw new HttpProblem(400, `[interval] value exceeds limit: [${asked}] > [${most}]`);
  }
}

/** The bracketed ranges of a metric query. */
export function intervalsOf(expr: MetricExpr): bigint[] {
  switch (expr.kind) {
    case "rangeAggregation":
      return [expr.range.intervalNs];
    case "vectorAggregation":
    case "labelReplace":
      return intervalsOf(expr.inner);
    case "binary":
      return [...intervalsOf(expr.left), ...intervalsOf(expr.right)];
    case "literal":
    case "vector":
      return [];
  }
}

/** Refuses ranges that are too long, and clamps those that begin too far back: `null` when nothing remains. */
export function clampRange(bounds: TimeBounds, limits: TenantLimits, nowNs: bigint): TimeBounds | null {
  let { startNs } = bounds;
  if (limits.max_query_lookback > 0n) {
    const oldestNs = nowNs - limits.max_query_lookback;
    if (bounds.endNs < oldestNs) return null;
    if (startNs < oldestNs) startNs = oldestNs;
  }
  const lengthNs = bounds.endNs - startNs;
  if (limits.max_query_length > 0n && lengthNs > limits.max_query_length) {
    throw new HttpProblem(
      400,
      `the query time range exceeds the limit (query length: ${formatGoDuration(lengthNs)}, limit: ${limitDuration(limits.max_query_length)})`,
    );
  }
  return { startNs, endNs: bounds.endNs };
}

/** `metric`, `filter` or `limited`: what `blocked_queries[].types` and `query_type` in `metrics.go` name. */
export function queryTypeOf(expr: Expr): "metric" | "filter" | "limited" {
  if (!isLogExpr(expr)) return "metric";
  return expr.stages.length > 0 ? "filter" : "limited";
}

/** `blocked_queries`, by hash, by text or by regular expression, and of these the types and query tags that are named. */
export function isBlocked(query: string, expr: Expr, limits: TenantLimits, tags: QueryTags): boolean {
  return limits.blocked_queries.some((rule) => {
    const { types = [], query_tags: wanted = {} } = rule;
    if (!matchesRule(query, rule)) return false;
    if (types.length > 0 && !types.includes(queryTypeOf(expr))) return false;
    return Object.entries(wanted).every(
      ([name, value]) => tags.get(name.toLowerCase())?.toLowerCase() === value.toLowerCase(),
    );
  });
}

function matchesRule(query: string, { pattern, regex, hash = 0 }: TenantLimits["blocked_queries"][number]): boolean {
  if (hash > 0) return hash === queryHash(query);
  // No pattern is every query.
  if (pattern === "" || pattern.trim() === query.trim()) return true;
  if (!regex) return false;
  try {
    return RE2JS.compile(pattern).matcher(query).find();
  } catch {
    // Loki logs a pattern that does not compile and goes on with the next rule.
    return false;
  }
}

/** What the index says that a read of these streams would cost, in bytes. */
export function estimateBytes(streams: readonly LabStream[], bounds: TimeBounds): number {
  let bytes = 0;
  for (const stream of streams) {
    for (const ref of stream.chunks(bounds.startNs, bounds.endNs)) bytes += ref.sizeBytes;
  }
  return bytes;
}

/** `max_query_bytes_read`, against the index' estimate; not asked for a log query without a filter. */
export function checkBytes(bytes: number, limits: TenantLimits): void {
  if (limits.max_query_bytes_read <= 0 || bytes <= limits.max_query_bytes_read) return;
  throw new HttpProblem(
    400,
    `the query would read too many bytes (query: ${humanBytes(bytes)}, limit: ${humanBytes(limits.max_query_bytes_read)}); consider adding more specific stream selectors or reduce the time range of the query`,
  );
}

export function tooManySeries(limit: number): HttpProblem {
  return new HttpProblem(
    400,
    `maximum number of series (${limit}) reached for a single query; consider reducing query cardinality by adding more specific stream selectors, reducing the time range, or aggregating results with functions like sum(), count() or topk()`,
  );
}
