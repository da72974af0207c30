import { AppError } from "../../../../../src-shared/errors/app-error.ts";
import { labelSetSchema } from "../../../../../src-shared/model/labels.ts";
import type { MetricQuery, MetricResult } from "../../../../../src-shared/model/log-query.ts";
import type { NanoTime } from "../../../../../src-shared/model/nano-time.ts";
import { isRecord } from "./answer-stats.ts";
import { boundedWarnings } from "./loki-page.ts";

/** The path and parameters of a metric query: an instant one where the range has no length. */
export function metricRequest(query: MetricQuery): { readonly path: string; readonly params: URLSearchParams } {
  const { expr, range, stepNs } = query;
  if (range.startNs === range.endNs) {
    return {
      path: "/loki/api/v1/query",
      params: new URLSearchParams({ query: expr, time: range.startNs.toString() }),
    };
  }
  const params = new URLSearchParams({ query: expr, start: `${range.startNs}`, end: `${range.endNs}` });
  if (stepNs !== null) params.set("step", secondsText(stepNs));
  return { path: "/loki/api/v1/query_range", params };
}

/** Nanoseconds as decimal seconds without loss: `0.25`, `60`. */
export function secondsText(ns: NanoTime): string {
  const whole = ns / 1_000_000_000n;
  const fraction = (ns % 1_000_000_000n).toString().padStart(9, "0").replace(/0+$/, "");
  return fraction === "" ? whole.toString() : `${whole}.${fraction}`;
}

export interface MetricPage {
  readonly result: MetricResult;
  readonly stats: unknown;
  /** Points of all series. */
  readonly points: number;
}

/** Reads an answer to a metric query or to `index/volume_range`; rejects other shapes with `loki.bad-response`. */
export function metricPage(answer: unknown): MetricPage {
  const data = isRecord(answer) ? answer["data"] : undefined;
  if (!isRecord(answer) || answer["status"] !== "success" || !isRecord(data)) throw badShape("no envelope");
  const warnings = Array.isArray(answer["warnings"])
    ? boundedWarnings(answer["warnings"].filter((text): text is string => typeof text === "string"))
    : [];
  const result = { ...resultOf(data["resultType"], data["result"]), warnings: [...warnings] };
  return { result, stats: data["stats"], points: result.series.reduce((sum, { points }) => sum + points.length, 0) };
}

function resultOf(resultType: unknown, result: unknown): Omit<MetricResult, "warnings"> {
  if (resultType === "scalar") {
    const [seconds, value] = point(result);
    // Through the query frontend Loki 3.7 sends milliseconds where seconds belong.
    return { resultType, series: [{ metric: {}, points: [[seconds > 1e11 ? seconds / 1_000 : seconds, value]] }] };
  }
  if (resultType === "streams") {
    throw new AppError("loki.query-invalid", { text: "not a metric query", line: 0, column: 0 });
  }
  if ((resultType !== "matrix" && resultType !== "vector") || !Array.isArray(result)) throw badShape("unknown result");
  return { resultType, series: (result as readonly unknown[]).map((item) => seriesOf(resultType, item)) };
}

function seriesOf(resultType: "matrix" | "vector", item: unknown): MetricResult["series"][number] {
  const metric = labelSetSchema.safeParse(isRecord(item) ? item["metric"] : undefined);
  if (!isRecord(item) || !metric.success) throw badShape("series without labels");
  if (resultType === "vector") return { metric: metric.data, points: [point(item["value"])] };
  if (!Array.isArray(item["values"])) throw badShape("series without values");
  return { metric: metric.data, points: (item["values"] as readonly unknown[]).map(point) };
}

function point(value: unknown): [number, string] {
  if (!Array.isArray(value)) throw badShape("no point");
  const [seconds, text] = value as readonly unknown[];
  if (typeof seconds !== "number" || typeof text !== "string") throw badShape("no point");
  return [seconds, text];
}

function badShape(problem: string): AppError {
  return new AppError("loki.bad-response", { status: 200, problem });
}
