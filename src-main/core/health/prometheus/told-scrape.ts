import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { Scrape } from "../detection/scrape.ts";
import type { TargetOutcome } from "../scraping/target-outcome.ts";
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
  const { instance } = target;
  const ageMs = Math.max(0, nowMs - (target.askedAtMs ?? nowMs));
  if (ageMs > staleMs) {
    return silentScrape(
      target,
      atMs,
      new AppError("loki.timed-out", { seconds: Math.round(ageMs / 1_000) }),
      "timed-out",
    );
  }
  if (!target.up) {
    return silentScrape(target, atMs, new AppError("loki.unreachable", { host: instance, problem: "up = 0" }));
  }
  const samples = Object.keys(series).length;
  if (samples === 0) {
    const error = new AppError("loki.bad-response", { status: 200, problem: "no samples" });
    return silentScrape(target, atMs, error, "not-metrics");
  }
  const told = silentScrape(target, atMs, new AppError("loki.bad-response", { status: 200, problem: "" }));
  return {
    scrape: { ...told.scrape, series },
    outcome: { ...told.outcome, outcome: "answered", error: null, samples },
  };
}

/** A target of which nothing is known for this round. */
export function silentScrape(
  { instance, component, zone, node, tookSeconds }: PrometheusTarget,
  atMs: number,
  error: AppError,
  outcome: Exclude<TargetOutcome["outcome"], "answered"> = "unreachable",
): TargetResult {
  return {
    scrape: { instance, component, atMs, tookSeconds, series: null, ready: null },
    outcome: {
      instance,
      component,
      zone,
      node,
      outcome,
      error,
      sizeBytes: 0,
      samples: 0,
      brokenLines: 0,
      repeatedKeys: 0,
    },
  };
}
