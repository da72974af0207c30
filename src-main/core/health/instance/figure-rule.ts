import type { EvidenceUnit } from "../../../../src-shared/model/health/verdict.ts";
import type { SeriesKey } from "../detection/series-key.ts";

/** Series whose values are added up: of whichever of the families the process exports. */
export interface SeriesSum {
  /** Names that versions and clients differ in, the usual one first. */
  readonly families: readonly string[];
  readonly where?: (labels: SeriesKey["labels"]) => boolean;
}

/**
 * How a figure comes from series. `level` is a gauge as it stands. Of the others a minute is looked at: `rate` is a counter's
 * growth a second, `ratio` that of one counter by that of another (a mean), `share` the same of a part. `life-ratio` is that of the whole life of
 * the process, for what happens once in several minutes. `answer-time` is how long the metrics page took.
 */
export type Measure =
  | { readonly kind: "level" | "rate"; readonly of: SeriesSum }
  | { readonly kind: "ratio" | "share" | "life-ratio"; readonly of: SeriesSum; readonly by: SeriesSum }
  | { readonly kind: "answer-time" };

/** One figure of a process; its text is `health.figure.<key>`. Of those in bytes with measure `rate` the text says a second. */
export interface FigureRule {
  readonly key: string;
  readonly unit: EvidenceUnit;
  readonly measure: Measure;
}

type Where = SeriesSum["where"];

const sum = (families: readonly string[], where: Where): SeriesSum =>
  where === undefined ? { families } : { families, where };

export function level(key: string, unit: EvidenceUnit, families: readonly string[], where?: Where): FigureRule {
  return { key, unit, measure: { kind: "level", of: sum(families, where) } };
}

export function rate(
  key: string,
  families: readonly string[],
  where?: Where,
  unit: EvidenceUnit = "per-second",
): FigureRule {
  return { key, unit, measure: { kind: "rate", of: sum(families, where) } };
}

/** Mean seconds of a histogram or summary, by the names without `_sum` and `_count`. */
export function mean(
  key: string,
  histograms: readonly string[],
  where?: Where,
  kind: "ratio" | "life-ratio" = "ratio",
): FigureRule {
  const of = sum(
    histograms.map((name) => `${name}_sum`),
    where,
  );
  const by = sum(
    histograms.map((name) => `${name}_count`),
    where,
  );
  return { key, unit: "seconds", measure: { kind, of, by } };
}

export function share(key: string, of: SeriesSum, by: SeriesSum): FigureRule {
  return { key, unit: "share", measure: { kind: "share", of, by } };
}
