import { NS_PER_SECOND, type NanoTime } from "../../../../../src-shared/model/nano-time.ts";

/** How far back a log is read again, so that neighbours that were written out of order are not missed. */
const OVERLAP_NS = NS_PER_SECOND;

/**
 * Where a followed log was left. The kubelet resumes at whole seconds only, so lines come again; each is passed over
 * exactly as often as it was seen, told by its time to the nanosecond.
 */
export class ResumePoint {
  #fromNs: NanoTime;
  #lastNs: NanoTime;
  /** How many lines of each time were seen, for the times that a reopened log begins with. */
  readonly #seen = new Map<NanoTime, number>();
  #repeats = new Map<NanoTime, number>();
  #prunedNs: NanoTime;
  /** Whether the next line is the first of all and tells the time there instead of `fromNs`. */
  #untimed: boolean;

  /**
   * Lines before `fromNs` are not wanted. With `onlyNew` it is our own clock's time at which a log was opened at its end:
   * the node's clock may be behind, so what comes first is new whatever its time.
   */
  constructor(fromNs: NanoTime, onlyNew: boolean) {
    this.#fromNs = fromNs;
    this.#untimed = onlyNew;
    this.#lastNs = fromNs;
    this.#prunedNs = fromNs;
  }

  /** The time of the last line. */
  get lastNs(): NanoTime {
    return this.#lastNs;
  }

  /** From here on the log is to be read again. */
  get resumeNs(): NanoTime {
    const back = this.#lastNs - OVERLAP_NS;
    return back < this.#fromNs ? this.#fromNs : back;
  }

  /** The log is read from `resumeNs` again. */
  reopened(): void {
    this.#untimed = false;
    this.#repeats = new Map(this.#seen);
  }

  /** Whether the line is new. */
  accept(timestampNs: NanoTime): boolean {
    if (this.#untimed) {
      this.#untimed = false;
      if (timestampNs < this.#fromNs) {
        this.#fromNs = timestampNs - OVERLAP_NS;
        this.#prunedNs = this.#fromNs;
        this.#lastNs = timestampNs;
      }
    }
    if (timestampNs < this.#fromNs) return false;
    const repeats = this.#repeats.get(timestampNs) ?? 0;
    if (repeats > 0) {
      this.#repeats.set(timestampNs, repeats - 1);
      return false;
    }
    // Older than what is remembered: it was seen before the log was opened again.
    if (timestampNs < this.#prunedNs) return false;
    this.#seen.set(timestampNs, (this.#seen.get(timestampNs) ?? 0) + 1);
    if (timestampNs > this.#lastNs) this.#lastNs = timestampNs;
    this.#prune();
    return true;
  }

  /** Times come nearly in order, so the oldest are first in the map. */
  #prune(): void {
    const whole = this.resumeNs - (this.resumeNs % NS_PER_SECOND);
    if (whole <= this.#prunedNs) return;
    this.#prunedNs = whole;
    for (const time of this.#seen.keys()) {
      if (time >= whole) break;
      this.#seen.delete(time);
    }
  }
}
