import type { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { ResultSetState } from "../../../../src-shared/api/logs.api.ts";
import {
  mergeCompleteness,
  UNKNOWN_COMPLETENESS,
  type Completeness,
  type CompletenessReason,
} from "../../../../src-shared/model/completeness.ts";
import { NO_READ_STATS, type ReadStats } from "../../../../src-shared/model/log-query.ts";
import type { RowMarker } from "../../../../src-shared/model/log-row.ts";
import type { Clock } from "../../common/clock.ts";
import { RowRate } from "./row-rate.ts";

export type ReadingPhase = ResultSetState["phase"];

/** Gaps that are named one by one; further ones are only counted. */
const MAX_NAMED_GAPS = 100;

/** How the reading of a set goes. The set and all views of it share one. */
export class ReadingProgress {
  readonly rate: RowRate;
  readonly #listeners = new Set<() => void>();
  #phase: ReadingPhase = "reading";
  #completeness: Completeness = UNKNOWN_COMPLETENESS;
  #stats: ReadStats = NO_READ_STATS;
  #dropped = 0;
  #gaps = 0;
  #error: AppError | null = null;

  constructor(clock: Clock) {
    this.rate = new RowRate(clock);
  }

  get phase(): ReadingPhase {
    return this.#phase;
  }

  /** Whether no more rows will come. */
  get ended(): boolean {
    return this.#phase === "done" || this.#phase === "failed" || this.#phase === "stopped";
  }

  get completeness(): Completeness {
    return this.#completeness;
  }

  get stats(): ReadStats {
    return this.#stats;
  }

  get dropped(): number {
    return this.#dropped;
  }

  get gaps(): number {
    return this.#gaps;
  }

  get error(): AppError | null {
    return this.#error;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  changed(): void {
    for (const listener of this.#listeners) listener();
  }

  grew(rows: number): void {
    this.rate.add(rows);
    this.changed();
  }

  setPhase(phase: ReadingPhase): void {
    if (this.ended || this.#phase === phase) return;
    this.#phase = phase;
    this.changed();
  }

  setStats(stats: ReadStats): void {
    this.#stats = stats;
    this.changed();
  }

  /** For a set that is put together from several reads. */
  addStats(stats: ReadStats): void {
    const sum = this.#stats;
    this.setStats({
      requests: sum.requests + stats.requests,
      retries: sum.retries + stats.retries,
      cachedSplits: sum.cachedSplits + stats.cachedSplits,
      bytesProcessed: sum.bytesProcessed + stats.bytesProcessed,
      linesProcessed: sum.linesProcessed + stats.linesProcessed,
      queueMs: sum.queueMs + stats.queueMs,
      execMs: sum.execMs + stats.execMs,
    });
  }

  setCompleteness(completeness: Completeness): void {
    this.#completeness = completeness;
    this.changed();
  }

  /** Something is surely missing. */
  addReason(reason: CompletenessReason): void {
    this.setCompleteness(mergeCompleteness(this.#completeness, { verdict: "incomplete", reasons: [reason] }));
  }

  /** What a tail's marker means for the whole. */
  sawMarker(marker: RowMarker): void {
    if (marker.kind === "gap") {
      this.#gaps += 1;
      if (this.#gaps <= MAX_NAMED_GAPS) {
        this.addReason({ kind: "tail-gap", startNs: marker.startNs, endNs: marker.endNs });
      }
    } else if (marker.kind === "dropped") {
      this.#dropped += marker.entries;
      const others = this.#completeness.reasons.filter(({ kind }) => kind !== "tail-dropped");
      this.#completeness = { verdict: "incomplete", reasons: others };
      this.addReason({ kind: "tail-dropped", entries: this.#dropped });
    }
    this.changed();
  }

  /** The rows that were read stay. */
  fail(error: AppError): void {
    if (this.ended) return;
    this.#error = error;
    this.setPhase("failed");
  }
}
