import type { Direction } from "../model/log-query.ts";
import { isLogExpr, type LogExpr, type MetricExpr } from "./ast.ts";
import type { LogStream } from "./log-entry.ts";
import type { EvalOptions } from "./log-pipeline.ts";
import { LogQlEvalError } from "./logql-error.ts";
import type { StreamSource } from "./metric/eval-context.ts";
import { parseLogQl } from "./parser.ts";
import { type LogQueryParams, runLogQuery, type StreamsAnswer } from "./run-log-query.ts";
import { checkResolution, type MetricAnswerData, type MetricQueryParams, runMetricQuery } from "./run-metric-query.ts";
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
export function alignedToStep(startNs: bigint, endNs: bigint, stepNs: bigint): { startNs: bigint; endNs: bigint } {
  const over = endNs % stepNs;
  return { startNs: startNs - (startNs % stepNs), endNs: over === 0n ? endNs : endNs - over + stepNs };
}

/** What a request asks for, once it is understood. */
export type QueryPlan =
  | { readonly kind: "log"; readonly expr: LogExpr; readonly params: LogQueryParams }
  | { readonly kind: "metric"; readonly expr: MetricExpr; readonly params: MetricQueryParams };

/** Understands a request. Throws `LogQlEvalError` for what Loki refuses. */
export function planQuery(request: QueryRequest): QueryPlan {
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
    const params: LogQueryParams = {
      ...request,
      intervalNs,
      limit: request.limit ?? DEFAULT_LIMIT,
      direction: request.direction ?? "backward",
    };
    return { kind: "log", expr, params };
  }
  if (request.kind === "instant") {
    const params: MetricQueryParams = { ...request, startNs: request.timeNs, endNs: request.timeNs, stepNs: null };
    return { kind: "metric", expr, params };
  }
  const step = stepNs ?? defaultStepNs(request.startNs, request.endNs);
  checkResolution(request.startNs, request.endNs, step);
  const aligned = alignedToStep(request.startNs, request.endNs, step);
  return { kind: "metric", expr, params: { ...request, ...aligned, stepNs: step } };
}

function answer(request: QueryRequest, streams: readonly LogStream[] | StreamSource): StreamsAnswer | MetricAnswerData {
  const plan = planQuery(request);
  if (plan.kind === "metric") return runMetricQuery(plan.expr, streams, plan.params);
  const { expr, params } = plan;
  const source =
    typeof streams === "function" ? [...streams(expr.selector, params.startNs - 1n, params.endNs)] : streams;
  return runLogQuery(expr, source, params);
}

/** Loki's answer for a query that it refuses; other errors are thrown on. */
export function refusedAnswer(error: unknown): QueryAnswer {
  if (error instanceof LogQlEvalError) return { status: error.status, error: error.text };
  throw error;
}

/** Answers a request as Loki's `query` and `query_range` do, errors included. */
export function answerQuery(request: QueryRequest, streams: readonly LogStream[] | StreamSource): QueryAnswer {
  try {
    return { status: 200, data: answer(request, streams) };
  } catch (error) {
    return refusedAnswer(error);
  }
}
