import type { LogExpr } from "../../../src-shared/logql/ast.ts";
import type { TimeRange } from "../../../src-shared/model/nano-time.ts";
import { longestRangeNs } from "./adapters/loki/query-text.ts";
import type { LogSource } from "./log-source.ts";
import { statsOf } from "./query-cost.ts";
import { queryShape } from "./query-shape.ts";

/** A read of so many entries without filters ends early, and reads more than their share: parts of chunks, both replicas. */
const EARLY_END_FACTOR = 2;

/**
 * Bytes that a query will read, by `index/stats`; `null` where nobody can say. Log queries without filters that want some entries
 * only are estimated by their share of the entries: Loki stops when it has them.
 */
export async function estimatedBytes(
  source: LogSource,
  { query, range, limit }: { readonly query: string; readonly range: TimeRange; readonly limit: number | null },
  signal: AbortSignal,
): Promise<number | null> {
  const shape = queryShape(query);
  if (shape === null) return null;
  const reach = shape.metric ? { ...range, startNs: range.startNs - longestRangeNs(query) } : range;
  const stats = await statsOf(source, query, shape.logs, reach, signal);
  if (stats === null) return null;
  const endsEarly = !shape.metric && limit !== null && shape.logs.every((log) => !filters(log));
  if (!endsEarly || stats.entries === 0) return stats.bytes;
  return Math.min(stats.bytes, Math.ceil((stats.bytes / stats.entries) * limit * EARLY_END_FACTOR));
}

function filters(log: LogExpr): boolean {
  return log.stages.some(({ kind }) => kind === "lineFilter" || kind === "labelFilter");
}
