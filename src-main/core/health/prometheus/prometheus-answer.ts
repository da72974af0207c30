import { z } from "zod";
import { AppError, isAppError } from "../../../../src-shared/errors/app-error.ts";
import type { TargetAnswer } from "../scraping/scrape-target.ts";
import { isHtml } from "../scraping/target-outcome.ts";

const PROBLEM_CHARACTERS = 300;
/** What transports to a Loki call a server that cannot be reached, or answers no HTTP. */
const OF_THE_WAY: ReadonlySet<string> = new Set(["loki.unreachable", "loki.tls", "loki.bad-response"]);

/** One series of an instant vector. Values are floats; the time is that of the evaluation, not of the sample. */
export interface VectorSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const errorSchema = z.object({
  status: z.literal("error"),
  errorType: z.string().catch(""),
  error: z.string().catch(""),
});
/** https://prometheus.io/docs/prometheus/latest/querying/api/ */
const envelopeSchema = z.object({
  status: z.literal("success"),
  data: z.object({ resultType: z.string(), result: z.unknown() }),
});

/** The JSON of an answer, if it is one of Prometheus'. @throws AppError `health.prometheus-failed` */
export function prometheusJson(answer: TargetAnswer): unknown {
  const { status, body } = answer;
  if (isHtml(answer)) throw failed(status, "HTML");
  let json: unknown;
  try {
    json = JSON.parse(body.toString("utf8"));
  } catch (error) {
    throw failed(status, "no JSON", error);
  }
  const said = errorSchema.safeParse(json);
  if (said.success) throw failed(status, `${said.data.errorType}: ${said.data.error}`);
  if (status !== 200) throw failed(status, "no answer to a query");
  return json;
}

/** What went wrong on the way to Prometheus in words that are not of Loki; errors of a cluster stay as they are. */
export function prometheusFailure(error: unknown): AppError {
  if (!isAppError(error)) return failed(0, error instanceof Error ? error.message : "", error);
  if (error.code === "loki.timed-out") return failed(0, "no answer in time", error);
  return OF_THE_WAY.has(error.code) ? failed(0, problemOf(error), error) : error;
}

function problemOf({ code, params }: AppError): string {
  return "problem" in params ? String(params.problem) : code;
}

function failed(status: number, problem: string, cause?: unknown): AppError {
  return new AppError("health.prometheus-failed", { status, problem: problem.slice(0, PROBLEM_CHARACTERS) }, { cause });
}

/** Samples of an instant vector; those that are none are left out. @throws AppError `health.prometheus-failed` */
export function readVector(json: unknown): readonly VectorSample[] {
  const { resultType, result } = readResult(json);
  if (resultType !== "vector" || !Array.isArray(result)) throw failed(200, `a ${resultType.slice(0, 40)}, no vector`);
  const samples: VectorSample[] = [];
  // By hand: a round has a hundred thousand of them. Elements of what is an array are unknown to begin with.
  for (const item of result as readonly unknown[]) {
    if (!isRecord(item) || !isRecord(item["metric"]) || !Array.isArray(item["value"])) continue;
    const value = sampleValue((item["value"] as readonly unknown[])[1]);
    const labels = item["metric"];
    if (value !== null && hasTexts(labels)) samples.push({ labels, value });
  }
  return samples;
}

/** Times of the samples of each series of a matrix, seconds. @throws AppError `health.prometheus-failed` */
export function readSampleTimes(json: unknown): readonly (readonly number[])[] {
  const { resultType, result } = readResult(json);
  if (resultType !== "matrix" || !Array.isArray(result)) throw failed(200, `a ${resultType.slice(0, 40)}, no matrix`);
  return (result as readonly unknown[]).map((item) => {
    const values = isRecord(item) && Array.isArray(item["values"]) ? (item["values"] as readonly unknown[]) : [];
    return values.flatMap((value) => (Array.isArray(value) && typeof value[0] === "number" ? [value[0]] : []));
  });
}

/** @throws AppError `health.prometheus-failed` */
export function readScalar(json: unknown): number {
  const { resultType, result } = readResult(json);
  const value =
    resultType === "scalar" && Array.isArray(result) ? sampleValue((result as readonly unknown[])[1]) : null;
  if (value === null) throw failed(200, `a ${resultType.slice(0, 40)}, no scalar`);
  return value;
}

function readResult(json: unknown): { readonly resultType: string; readonly result: unknown } {
  const parsed = envelopeSchema.safeParse(json);
  if (!parsed.success) throw failed(200, "no result", parsed.error);
  return parsed.data.data;
}

const SPECIAL: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  "+Inf": Number.POSITIVE_INFINITY,
  Inf: Number.POSITIVE_INFINITY,
  "-Inf": Number.NEGATIVE_INFINITY,
};

function sampleValue(text: unknown): number | null {
  if (typeof text !== "string" || text === "") return null;
  const special = SPECIAL[text];
  if (special !== undefined) return special;
  const value = Number(text);
  return Number.isNaN(value) ? null : value;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function hasTexts(labels: Readonly<Record<string, unknown>>): labels is Readonly<Record<string, string>> {
  for (const name in labels) if (typeof labels[name] !== "string") return false;
  return true;
}
