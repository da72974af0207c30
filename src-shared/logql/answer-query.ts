import type { Direction } from "../model/log-query.ts";
import { isLogExpr } from "./ast.ts";
import type { LogStream } from "./log-entry.ts";
import type { EvalOptions } from "./log-pipeline.ts";
import { LogQlEvalError } from "./logql-error.ts";
import type { StreamSource } from "./metric/eval-context.ts";
import { parseLogQl } from "./parser.ts";
import { runLogQuery, type StreamsAnswer } from "./run-log-query.ts";
import { checkResolution, type MetricAnswerData, runMetricQuery } from "./run-metric-query.ts";
import { parsePrometheusDuration } from "./text/go-duration.ts";

/** A request to `query` or `query_range`. Times are ns; `step` and `interval` as they came, seconds or a duration. */
export type QueryRequest = EvalOptions & { readonly query: string } & (
    | { readonly kind: "instant"; readonly timeNs: bigint }
    | {
        readonly kind: "range";
        readonly startNs: bigint;
        readonly endNs: bigint;
        readonly step?: string | undefined;
        readonly interval?: string | undefined;
        readonly limit?: number | undefined;
        readonly direction?: Direction | undefined;
        readonly categorizeLabels?: boolean | undefined;
      }
  );

/** Loki's HTTP status, and the `data` of its answer without `stats`, or the text of its error. */
export type QueryAnswer =
  | { readonly status: 200; readonly data: StreamsAnswer | MetricAnswerData }
  | { readonly status: number; readonly error: string };

const DEFAULT_LIMIT = 100;
const NS_PER_SECOND = 1_000_000_000n;

/** Seconds as a decimal number, or a duration such as `5m`; throws what Loki answers for anything else. */
export function parseStep(text: string): bigint {
  const refused = new LogQlEvalError(400, `cannot parse ${JSON.stringify(text)} to a valid duration`);
  if (/^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(text)) {
    const ns = Number(text) * 1e9;
    if (!Number.isSafeInteger(Math.round(ns / 1e9))) throw refused;
    return BigInt(Math.round(ns));
  }
  const duration = parsePrometheusDuration(text);
  if (!duration.ok) throw refused;
  return duration.ns;
}

/** The step Loki takes when none is given: a 250th of the range in whole seconds, at least one. */
export function defaultStepNs(startNs: bigint, endNs: bigint): bigint {
  const seconds = (endNs - startNs) / NS_PER_SECOND / 250n;
  return (seconds > 1n ? seconds : 1n) * NS_PER_SECOND;
}

/** Loki's query frontend rounds the start down and the end up to multiples of the step. */
function alignedToStep(startNs: bigint, endNs: bigint, stepNs: bigint): { startNs: bigint; endNs: bigint } {
  const over = endNs % stepNs;
  return { startNs: startNs - (startNs % stepNs), endNs: over === 0n ? endNs : endNs - over + stepNs };
}

function answer(request: QueryRequest, streams: readonly LogStream[] | StreamSource): StreamsAnswer | MetricAnswerData {
  const range = request.kind === "range" ? request : null;
  const stepNs = range?.step === undefined ? null : parseStep(range.step);
  const intervalNs = range?.interval === undefined ? 0n : parseStep(range.interval);
  if (range !== null && range.endNs <= range.startNs) {
    throw new LogQlEvalError(400, "end timestamp must not be before or equal to start time");
  }
  if (stepNs !== null && stepNs <= 0n) {
    throw new LogQlEvalError(
      400,
      "zero or negative query resolution step widths are not accepted. Try a positive integer",
    );
  }
  const parsed = parseLogQl(request.query);
  if (!parsed.ok) throw new LogQlEvalError(400, parsed.error.text);
  const { expr } = parsed;
  if (expr.kind === "variants") throw new LogQlEvalError(400, "multi variant queries are disabled for this instance");
  if (isLogExpr(expr)) {
    if (request.kind === "instant") {
      const text =
        "log queries are not supported as an instant query type, please change your query to a range query type";
      throw new LogQlEvalError(400, text);
    }
    const source =
      typeof streams === "function" ? [...streams(expr.selector, request.startNs - 1n, request.endNs)] : streams;
    return runLogQuery(expr, source, {
      ...request,
      intervalNs,
      limit: request.limit ?? DEFAULT_LIMIT,
      direction: request.direction ?? "backward",
    });
  }
  if (request.kind === "instant") {
    return runMetricQuery(expr, streams, { ...request, startNs: request.timeNs, endNs: request.timeNs, stepNs: null });
  }
  const step = stepNs ?? defaultStepNs(request.startNs, request.endNs);
  checkResolution(request.startNs, request.endNs, step);
  return runMetricQuery(expr, streams, {
    ...request,
    ...alignedToStep(request.startNs, request.endNs, step),
    stepNs: step,
  });
}

/** Answers a request as Loki's `query` and `query_range` do, errors included. */
export function answerQuery(request: QueryRequest, streams: readonly LogStream[] | StreamSource): QueryAnswer {
  try {
    return { status: 200, data: answer(request, streams) };
  } catch (error) {
    if (error instanceof LogQlEvalError) return { status: error.status, error: error.text };
    throw error;
  }
}
