import type { CostEstimate } from "../../../src-shared/api/logs.api.ts";
import { hasCode, isAppError } from "../../../src-shared/errors/app-error.ts";
import type { LogExpr, Selector } from "../../../src-shared/logql/ast.ts";
import type { IndexStats } from "../../../src-shared/model/log-query.ts";
import { NS_PER_SECOND, type TimeRange } from "../../../src-shared/model/nano-time.ts";
import type { Logger } from "../common/logger.ts";
import type { LogSource } from "./log-source.ts";
import { isCatchAll, queryShape, sourceText } from "./query-shape.ts";
import { narrowingMatchers } from "./query-narrowing.ts";

type Warning = CostEstimate["warnings"][number];

/** What a run may cost before it is asked about. */
export interface CostLimits {
  readonly warnBytes: number;
  readonly warnRangeHours: number;
}

/** Streams from which a query opens a chunk each, whatever its filters. */
const MANY_STREAMS = 10_000;
/** A catch-all of less than this is a small installation, not a mistake. */
const SMALL_BYTES = 2 ** 30;
const NS_PER_HOUR = 3_600n * NS_PER_SECOND;

/**
 * What running a query would cost, from the index alone, and how to make it cheaper. A query that cannot be parsed costs
 * nothing: it will not run.
 * @throws what `stats` of the source throws, but for limits, which are a warning.
 */
export async function estimateCost(
  source: LogSource,
  query: string,
  range: TimeRange,
  limits: CostLimits,
  logger: Logger,
  signal: AbortSignal,
): Promise<CostEstimate> {
  const shape = queryShape(query);
  if (shape === null) return { warnings: [], confirm: false };
  const warnings: Warning[] = [];
  let stats: IndexStats | null = null;
  try {
    stats = await statsOf(source, query, shape.logs, range, signal);
  } catch (error) {
    if (!hasCode(error, "loki.limit-exceeded")) throw error;
    warnings.push({ kind: "over-limit", params: { ...error.params }, suggestions: [] });
  }
  const narrow = async (selector: Selector | undefined) => {
    if (selector === undefined) return [];
    try {
      return await narrowingMatchers(source, selector, sourceText(query, selector), range, signal);
    } catch (error) {
      // Advice that cannot be had is no reason to keep the warning back.
      if (!isAppError(error) || signal.aborted) throw error;
      logger.debug("no matchers to suggest", { code: error.code });
      return [];
    }
  };
  const catchAll = shape.logs.find(({ selector }) => isCatchAll(selector))?.selector;
  const tooBig = stats !== null && stats.bytes > limits.warnBytes;
  const tooWide = stats !== null && stats.streams > MANY_STREAMS;
  const suggestions =
    catchAll !== undefined || tooBig || tooWide ? await narrow(catchAll ?? shape.logs[0]?.selector) : [];
  if (tooBig) {
    warnings.push({
      kind: "many-bytes",
      params: { bytes: stats?.bytes ?? 0, limitBytes: limits.warnBytes },
      suggestions,
    });
  }
  if (catchAll !== undefined) {
    const selector = sourceText(query, catchAll).slice(0, 200);
    warnings.push({ kind: "catch-all", params: { selector }, suggestions });
  }
  if (tooWide) {
    warnings.push({
      kind: "many-streams",
      params: { streams: stats?.streams ?? 0, limit: MANY_STREAMS },
      suggestions,
    });
  }
  const hours = Number((range.endNs - range.startNs) / NS_PER_HOUR);
  if (hours > limits.warnRangeHours) {
    warnings.push({ kind: "long-range", params: { hours, limit: limits.warnRangeHours }, suggestions: [] });
  }
  const bytes = stats?.bytes ?? 0;
  if (bytes > limits.warnBytes / 4 && shape.logs.some(readsEveryLine)) {
    warnings.push({ kind: "no-line-filter", params: { bytes }, suggestions: [] });
  }
  const unsureCatchAll = catchAll !== undefined && (stats === null || stats.bytes > SMALL_BYTES);
  const confirm = unsureCatchAll || warnings.some(({ kind }) => kind === "many-bytes" || kind === "over-limit");
  return { ...(stats === null ? {} : { stats }), warnings, confirm };
}

/** The index's promise for all selectors of a query together; `null` where the source has none. */
export async function statsOf(
  source: LogSource,
  query: string,
  logs: readonly LogExpr[],
  range: TimeRange,
  signal: AbortSignal,
): Promise<IndexStats | null> {
  if (!source.capabilities().stats || logs.length === 0) return null;
  const selectors = [...new Set(logs.map(({ selector }) => sourceText(query, selector)))];
  try {
    const all = await Promise.all(selectors.map((selector) => source.stats(selector, range, signal)));
    return all.reduce((a, b) => ({
      streams: a.streams + b.streams,
      chunks: a.chunks + b.chunks,
      bytes: a.bytes + b.bytes,
      entries: a.entries + b.entries,
    }));
  } catch (error) {
    // An older Loki, or a proxy that does not pass this path on.
    if (hasCode(error, "loki.not-found") || hasCode(error, "logs.unsupported")) return null;
    throw error;
  }
}

function readsEveryLine(log: LogExpr): boolean {
  return !log.stages.some((stage) => stage.kind === "lineFilter");
}
