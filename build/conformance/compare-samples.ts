import { z } from "zod";
import type { AnswerBody, CorpusQuery, Expected } from "./corpus.ts";

const point = z.tuple([z.union([z.number(), z.string()]), z.string()]);
const seriesSchema = z.array(
  z.object({ metric: z.record(z.string(), z.string()), values: z.array(point).optional(), value: point.optional() }),
);
type Series = z.infer<typeof seriesSchema>;

function number(text: string): number {
  if (text === "+Inf" || text === "Inf") return Infinity;
  return text === "-Inf" ? -Infinity : Number(text);
}

export function sameNumber(left: string, right: string): boolean {
  const [a, b] = [number(left), number(right)];
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) && Number.isNaN(b);
  if (!Number.isFinite(a) || !Number.isFinite(b)) return a === b;
  return a === b || Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));
}

function metricKey(metric: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(metric).toSorted(([left], [right]) => (left < right ? -1 : 1)));
}

/** Values by time (ms) and series. */
function pointsOf(result: Series): Map<number, Map<string, string>> {
  const times = new Map<number, Map<string, string>>();
  for (const { metric, values, value } of result) {
    for (const [time, text] of values ?? (value === undefined ? [] : [value])) {
      const ms = Math.round(Number(time) * 1_000);
      const at = times.get(ms) ?? new Map<string, string>();
      times.set(ms, at.set(metricKey(metric), text));
    }
  }
  return times;
}

function numeric(left: string, right: string): number {
  const [a, b] = [number(left), number(right)];
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a < b ? -1 : a > b ? 1 : 0;
}

function listed(keys: readonly (string | number)[]): string {
  return keys.slice(0, 2).join(" ").slice(0, 400);
}

function compareAt(ms: number, want: ReadonlyMap<string, string>, have: ReadonlyMap<string, string>): string | null {
  const missing = [...want.keys()].filter((key) => !have.has(key));
  const extra = [...have.keys()].filter((key) => !want.has(key));
  if (missing.length + extra.length > 0) return `series at ${ms}: missing ${listed(missing)} extra ${listed(extra)}`;
  for (const [key, text] of want) {
    const own = have.get(key) ?? "";
    if (!sameNumber(text, own)) return `${key} at ${ms}: got ${own} want ${text}`;
  }
  return null;
}

function compareTied(ms: number, want: ReadonlyMap<string, string>, have: ReadonlyMap<string, string>): string | null {
  const [wanted, own] = [want, have].map((values) => [...values.values()].toSorted(numeric));
  const isEqual =
    wanted?.length === own?.length && wanted?.every((text, index) => sameNumber(text, own?.[index] ?? ""));
  return isEqual === true ? null : `values at ${ms} (tie)`;
}

/** Why two answers with numbers differ; `null` when they are equal by the corpus's rules. */
export function compareSamples(
  query: CorpusQuery,
  expected: Expected,
  wanted: AnswerBody,
  got: AnswerBody,
): string | null {
  if (wanted.resultType === "scalar") {
    const [want, have] = [point.parse(wanted.result)[1], point.parse(got.result)[1]];
    return sameNumber(want, have) ? null : `scalar ${have} want ${want}`;
  }
  const [wantSeries, haveSeries] = [seriesSchema.parse(wanted.result), seriesSchema.parse(got.result)];
  const [want, have] = [pointsOf(wantSeries), pointsOf(haveSeries)];
  const missing = [...want.keys()].filter((ms) => !have.has(ms));
  const extra = [...have.keys()].filter((ms) => !want.has(ms));
  if (missing.length + extra.length > 0) return `timestamps: missing ${listed(missing)} extra ${listed(extra)}`;
  const tied = new Set((expected.ties?.topk_tie ?? []).map((time) => Math.round(Number(time) * 1_000)));
  for (const [ms, values] of want) {
    const own = have.get(ms) ?? new Map<string, string>();
    const why = tied.has(ms) ? compareTied(ms, values, own) : compareAt(ms, values, own);
    if (why !== null) return why;
  }
  if (wanted.resultType === "vector" && query.query.trimStart().startsWith("sort")) {
    const inOrder = wantSeries.every(({ value }, index) =>
      sameNumber(value?.[1] ?? "", haveSeries[index]?.value?.[1] ?? ""),
    );
    if (!inOrder) return "sort order";
  }
  return null;
}
