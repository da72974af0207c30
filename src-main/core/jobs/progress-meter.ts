import type { JobProgress } from "../../../src-shared/model/job.ts";
import type { Clock } from "../common/clock.ts";
import type { ProgressReport } from "./job-definition.ts";

/** How fast old speed is forgotten: after this long it counts for a third. */
const MEMORY_MS = 10_000;
const MIN_INTERVAL_MS = 250;

/**
 * Turns what a job reports into what is shown: never backwards, with a smoothed speed and the time left, at most four a
 * second. A change of phase is shown at once.
 */
export class ProgressMeter {
  readonly #clock: Clock;
  #shown: JobProgress | null;
  #latest: JobProgress | null = null;
  #sampledAtMs: number;
  #shownAtMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, before: JobProgress | null) {
    this.#clock = clock;
    this.#shown = before;
    this.#sampledAtMs = clock.nowMs();
  }

  /** The progress to show now, or `null` when it is too soon. */
  report(report: ProgressReport): JobProgress | null {
    const nowMs = this.#clock.nowMs();
    const before = this.#latest ?? this.#shown;
    const samePhase = before !== null && before.phase === report.phase;
    const elapsedMs = nowMs - this.#sampledAtMs;
    let perSecond = samePhase ? before.perSecond : 0;
    if (samePhase && elapsedMs > 0) {
      const speed = Math.max(0, ((report.done - before.done) * 1_000) / elapsedMs);
      const weight = perSecond === 0 ? 1 : 1 - Math.exp(-elapsedMs / MEMORY_MS);
      perSecond += (speed - perSecond) * weight;
    }
    const fraction = report.fraction === null ? null : Math.max(report.fraction, before?.fraction ?? 0);
    const left = report.total === null ? null : Math.max(0, report.total - report.done);
    const remainingMs = left === null || perSecond <= 0 ? null : (left * 1_000) / perSecond;
    this.#latest = { ...report, fraction: fraction === null ? null : Math.min(1, fraction), perSecond, remainingMs };
    this.#sampledAtMs = nowMs;
    if (samePhase && nowMs - this.#shownAtMs < MIN_INTERVAL_MS) return null;
    return this.last();
  }

  /** What was reported last, shown or not; for the end of a run. */
  last(): JobProgress | null {
    this.#shownAtMs = this.#clock.nowMs();
    this.#shown = this.#latest ?? this.#shown;
    return this.#shown;
  }
}
