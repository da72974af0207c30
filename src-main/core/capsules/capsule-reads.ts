import { AppError } from "../../../src-shared/errors/app-error.ts";
import {
  isLogExpr,
  type LogRange,
  type MetricExpr,
  type Stage,
  type VariantsExpr,
} from "../../../src-shared/logql/ast.ts";
import { parseLogQl } from "../../../src-shared/logql/parser.ts";
import { printLogExpr } from "../../../src-shared/logql/printer.ts";
import type { LogQuery } from "../../../src-shared/model/log-query.ts";
import { MAX_NANO_TIME, MIN_NANO_TIME, NS_PER_SECOND } from "../../../src-shared/model/nano-time.ts";

/**
 * Loki moves start and end of a metric query outwards to multiples of the step. Which step will be asked for is not known
 * here; it is taken to be no longer than a tenth of the range.
 */
const STEPS_AT_LEAST = 10n;

/**
 * The log queries whose rows answer a query. Of a log query itself; of a metric query the lines its windows look at, before
 * any parsing, so that the same query over them gives the same numbers: without a limit, from as far back as windows and
 * offsets reach. Throws `loki.query-invalid`.
 */
export function capsuleReads(query: LogQuery): readonly LogQuery[] {
  const parsed = parseLogQl(query.expr);
  if (!parsed.ok) {
    const { text, line, column } = parsed.error;
    throw new AppError("loki.query-invalid", { text, line, column });
  }
  if (isLogExpr(parsed.expr)) {
    // Without a limit every row is read either way, and oldest first is how they are written.
    return [query.limit === null ? { ...query, direction: "forward" } : query];
  }
  const alignedNs = (query.range.endNs - query.range.startNs) / STEPS_AT_LEAST + NS_PER_SECOND;
  const reads = new Map<string, LogQuery>();
  for (const { log, intervalNs, offsetNs } of logRanges(parsed.expr)) {
    const expr = printLogExpr({ ...log, stages: leadingLineFilters(log.stages) });
    const startNs = clamp(query.range.startNs - alignedNs - intervalNs - offsetNs);
    // A window holds its end, a range does not.
    const endNs = clamp(query.range.endNs + alignedNs - offsetNs + 1n);
    const before = reads.get(expr)?.range;
    const range = {
      startNs: before === undefined || startNs < before.startNs ? startNs : before.startNs,
      endNs: before === undefined || endNs > before.endNs ? endNs : before.endNs,
    };
    reads.set(expr, { expr, range, direction: "forward", limit: null });
  }
  return [...reads.values()];
}

/** Filters behind a parser may ask for what it found; those before it see the line as it was stored. */
function leadingLineFilters(stages: readonly Stage[]): readonly Stage[] {
  const end = stages.findIndex(({ kind }) => kind !== "lineFilter");
  return end === -1 ? stages : stages.slice(0, end);
}

function logRanges(expr: MetricExpr | VariantsExpr): readonly LogRange[] {
  switch (expr.kind) {
    case "rangeAggregation":
    case "variants":
      return [expr.range];
    case "vectorAggregation":
    case "labelReplace":
      return logRanges(expr.inner);
    case "binary":
      return [...logRanges(expr.left), ...logRanges(expr.right)];
    case "literal":
    case "vector":
      return [];
    default:
      return expr satisfies never;
  }
}

function clamp(ns: bigint): bigint {
  return ns < MIN_NANO_TIME ? MIN_NANO_TIME : ns > MAX_NANO_TIME ? MAX_NANO_TIME : ns;
}
