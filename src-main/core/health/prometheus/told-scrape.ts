import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { Scrape } from "../detection/scrape.ts";
import type { OutcomeKind, TargetOutcome } from "../scraping/target-outcome.ts";
import type { PrometheusTarget } from "./prometheus-targets.ts";

export interface TargetResult {
  readonly scrape: Scrape;
  readonly outcome: TargetOutcome;
}

export interface RoundTimes {
  /** When the round was evaluated, by Prometheus' clock. */
  readonly nowMs: number;
  /** The same by ours. */
  readonly atMs: number;
  /** A target that was asked longer ago than this tells nothing of now. */
  readonly staleMs: number;
}

/** What Prometheus says of a target, as a scrape of ours. Whether it is ready Prometheus does not ask. */
export function toldScrape(
  target: PrometheusTarget,
  series: Readonly<Record<string, number>>,
  { nowMs, atMs, staleMs }: RoundTimes,
): TargetResult {
  const ageMs = Math.max(0, nowMs - (target.askedAtMs ?? nowMs));
  const samples = Object.keys(series).length;
  if (ageMs > staleMs) {
    const error = new AppError("loki.timed-out", { seconds: Math.round(ageMs / 1_000) });
    return silentScrape(target, atMs, error, "timed-out");
  }
  if (!target.up) {
    const error = new AppError("loki.unreachable", { host: target.instance, problem: "up = 0" });
    return silentScrape(target, atMs, error);
  }
  if (samples === 0) {
    const error = new AppError("loki.bad-response", { status: 200, problem: "no samples" });
    return silentScrape(target, atMs, error, "not-metrics");
  }
  return resultOf(target, atMs, series, { outcome: "answered", error: null, samples });
}

/** A target of which nothing is known for this round. */
export function silentScrape(
  target: PrometheusTarget,
  atMs: number,
  error: AppError,
  outcome: Exclude<OutcomeKind, "answered"> = "unreachable",
): TargetResult {
  return resultOf(target, atMs, null, { outcome, error, samples: 0 });
}

function resultOf(
  { instance, component, zone, node, tookSeconds }: PrometheusTarget,
  atMs: number,
  series: Scrape["series"],
  how: Pick<TargetOutcome, "outcome" | "error" | "samples">,
): TargetResult {
  // Of the page itself Prometheus tells nothing.
  const page = { sizeBytes: 0, brokenLines: 0, repeatedKeys: 0 };
  return {
    scrape: { instance, component, atMs, tookSeconds, series, ready: null },
    outcome: { instance, component, zone, node, ...how, ...page },
  };
}
