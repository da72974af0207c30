import { PeerSample, type DeviationScale, type PeerDeviation } from "./peer-deviation.ts";

/** One value a minute, of at most six hours. */
const EVERY_MS = 60_000;
const KEPT_MS = 6 * 3_600_000;
/** What is newer is not yet past: a trouble that begins must not be its own measure. */
const TOO_NEW_MS = 120_000;
/** Fewer minutes are no past. */
const LEAST = 6;
/** What differs from the past is kept out of it for this long; then it is how things are now. */
const OUTLIER_MS = 1_800_000;

interface Value {
  readonly atMs: number;
  readonly value: number;
}

/** One figure of one process as it was over the last hours, to hold its present against. */
export class OwnPast {
  /** Not yet past. */
  readonly #fresh: Value[] = [];
  readonly #kept: Value[] = [];
  readonly #sample: PeerSample;
  #addedMs = Number.NEGATIVE_INFINITY;
  #differsSinceMs: number | null = null;

  constructor(scale: DeviationScale) {
    this.#sample = new PeerSample([], scale);
  }

  /** How far the value is from this process's own past; `null` while there is too little of that. */
  deviation(value: number, atMs: number): PeerDeviation | null {
    this.#age(atMs);
    return this.#sample.size < LEAST ? null : this.#sample.deviation(value, false);
  }

  /** Takes a value in. One that `differs` is none of the past until it has been so for half an hour. */
  add(value: number, atMs: number, differs: boolean): void {
    if (!differs) this.#differsSinceMs = null;
    else this.#differsSinceMs ??= atMs;
    if (this.#differsSinceMs !== null && atMs - this.#differsSinceMs < OUTLIER_MS) return;
    if (atMs - this.#addedMs < EVERY_MS) return;
    this.#addedMs = atMs;
    this.#fresh.push({ atMs, value });
  }

  #age(atMs: number): void {
    for (let first = this.#fresh[0]; first !== undefined && first.atMs <= atMs - TOO_NEW_MS; first = this.#fresh[0]) {
      this.#fresh.shift();
      this.#kept.push(first);
      this.#sample.add(first.value);
    }
    for (let first = this.#kept[0]; first !== undefined && first.atMs < atMs - KEPT_MS; first = this.#kept[0]) {
      this.#kept.shift();
      this.#sample.remove(first.value);
    }
  }
}
