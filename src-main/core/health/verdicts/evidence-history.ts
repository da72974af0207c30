import type { EvidenceHistory } from "../../../../src-shared/model/health/instance-details.ts";
import type { EvidenceKind } from "../../../../src-shared/model/health/verdict.ts";
import type { HistoryPoint, SeriesHistory } from "../history/series-history.ts";
import { PAST_FIGURES } from "./detection-measures.ts";
import { evidenceSeries, figureSeries, type EvidenceSeries, type SeriesPoints } from "./evidence-series.ts";

/** A line is drawn of no more. */
const MOST_POINTS = 400;
/** Of hundreds of mates, some tell how they are. */
const MOST_MATES = 32;

/**
 * The figure behind an evidence over time: the line of the instance (of several names: of them together, as of a component)
 * and the band of its mates, low (10th percentile), median and high (90th). Empty for a kind that has no line.
 * `figure` of `past-slower` says which it is of.
 */
export async function evidenceHistory(
  history: SeriesHistory,
  kind: EvidenceKind,
  instance: string | readonly string[],
  mates: readonly string[],
  fromMs: number,
  toMs: number,
  figure?: string,
): Promise<EvidenceHistory> {
  const past = kind === "past-slower" && figure !== undefined ? PAST_FIGURES[figure] : undefined;
  const series = past === undefined ? evidenceSeries(kind) : figureSeries(past);
  if (series === null) return { metric: "", unit: "count", own: [], mates: [] };
  const own = typeof instance === "string" ? [instance] : instance;
  const asked = some(mates.filter((mate) => !own.includes(mate)));
  const read = await history.readMany(new Set([...own, ...asked]), series.wanted, fromMs - series.leadMs, toMs);
  const steps = stepsOf(fromMs, toMs);
  const line = (names: readonly string[]) => stepped(series, pointsOf(read, names), fromMs, steps);
  const theirs = asked.map((mate) => line([mate]));
  return {
    metric: series.metric,
    unit: series.unit,
    own: [...line(own).values()],
    mates: band(theirs),
  };
}

function pointsOf(read: ReadonlyMap<string, SeriesPoints>, names: readonly string[]): readonly SeriesPoints[] {
  return names.flatMap((name) => read.get(name) ?? []);
}

function some(mates: readonly string[]): readonly string[] {
  if (mates.length <= MOST_MATES) return mates;
  return Array.from({ length: MOST_MATES }, (_, index) => mates[Math.floor((index * mates.length) / MOST_MATES)] ?? "");
}

/** Milliseconds of one step; 1 keeps every round as it is. */
function stepsOf(fromMs: number, toMs: number): number {
  return Math.max(1, Math.ceil((toMs - fromMs + 1) / MOST_POINTS));
}

/** The last point of each step, by the step's number. */
function stepped(
  series: EvidenceSeries,
  processes: readonly SeriesPoints[],
  fromMs: number,
  stepMs: number,
): ReadonlyMap<number, HistoryPoint> {
  const points = series.points(processes).filter(({ atMs }) => atMs >= fromMs);
  return new Map(points.map((point) => [Math.floor((point.atMs - fromMs) / stepMs), point]));
}

function band(mates: readonly ReadonlyMap<number, HistoryPoint>[]): EvidenceHistory["mates"] {
  const steps = new Map<number, { atMs: number; readonly values: number[] }>();
  for (const mate of mates) {
    for (const [step, { atMs, value }] of mate) {
      const known = steps.get(step);
      if (known === undefined) steps.set(step, { atMs, values: [value] });
      else {
        known.atMs = Math.max(known.atMs, atMs);
        known.values.push(value);
      }
    }
  }
  return [...steps]
    .toSorted(([a], [b]) => a - b)
    .map(([, { atMs, values }]) => {
      const sorted = values.toSorted((a, b) => a - b);
      const at = (share: number) => sorted[Math.round((sorted.length - 1) * share)] ?? 0;
      const middle = sorted.length >> 1;
      const even = ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
      return { atMs, low: at(0.1), median: sorted.length % 2 === 0 ? even : at(0.5), high: at(0.9) };
    });
}
