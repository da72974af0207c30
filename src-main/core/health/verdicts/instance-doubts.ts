import type { Doubt } from "../../../../src-shared/model/health/verdict.ts";
import type { OutcomeKind } from "../scraping/target-outcome.ts";
import type { SeriesBook } from "./series-book.ts";

/** Why what is thought of one process may be wrong. */
export interface InstanceDoubtFacts {
  readonly book: SeriesBook;
  readonly outcome: OutcomeKind | null;
  readonly nowMs: number;
  /** Times of the last rounds, newest first. */
  readonly roundsMs: readonly number[];
  readonly missing: boolean;
  readonly mixed: boolean;
  /** `null` for a process without an ingester. */
  readonly ingester: {
    readonly mates: number;
    readonly ringRead: boolean;
    readonly storeTrouble: boolean;
    readonly unusualLoad: boolean;
  } | null;
}

const SHORT_MS = 60_000;
/** Between rounds; detection was tried on rounds of five and of fifteen seconds. */
const COARSE_MS = 30_000;

export function instanceDoubts(facts: InstanceDoubtFacts): readonly Doubt[] {
  const { book, outcome, nowMs, roundsMs, missing, mixed, ingester } = facts;
  const { answeredMs } = book;
  const doubts: Doubt[] = [];
  if (outcome === "forbidden") doubts.push("forbidden");
  if (outcome === "not-metrics" || outcome === "too-large") doubts.push("not-metrics");
  if (answeredMs !== null && answeredMs < (roundsMs[2] ?? Number.NEGATIVE_INFINITY)) doubts.push("stale");
  if (answeredMs === null) return doubts;
  if (nowMs - book.firstMs < SHORT_MS) doubts.push("short-history");
  if (mixed) doubts.push("mixed-processes");
  if (missing) doubts.push("families-missing");
  const [newest, before] = roundsMs;
  if (newest !== undefined && before !== undefined && newest - before > COARSE_MS) doubts.push("coarse-samples");
  if (ingester === null) return doubts;
  if (ingester.mates < 2) doubts.push("few-mates");
  if (!ingester.ringRead) doubts.push("ring-unread");
  if (ingester.storeTrouble) doubts.push("store-trouble");
  if (ingester.unusualLoad) doubts.push("unusual-load");
  return doubts;
}
