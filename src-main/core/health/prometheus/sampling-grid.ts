/**
 * Instants to evaluate rounds at, so that each sees as many new samples of every target as the one before: Prometheus asks a
 * target always at the same place of its interval, and instants that are a whole number of intervals apart fall between the
 * same two samples each time. Rounds at whatever moment would see some sample twice and skip another, and rates would jump.
 */
export class SamplingGrid {
  readonly #wantedMs: number;
  #stepMs: number | null = null;
  #originMs: number | null = null;

  /** `wantedMs`: how far apart rounds should be at least. */
  constructor(wantedMs: number) {
    this.#wantedMs = wantedMs;
  }

  /** From one round to the next. */
  get stepMs(): number {
    return this.#stepMs ?? this.#wantedMs;
  }

  /** `intervalMs`: how often Prometheus asks; `null` while that is not known. */
  sampledEvery(intervalMs: number | null): void {
    const stepMs = intervalMs === null ? null : Math.ceil(this.#wantedMs / intervalMs) * intervalMs;
    if (stepMs !== this.#stepMs) this.#originMs = null;
    this.#stepMs = stepMs;
  }

  /** The instant to evaluate at now, by the same clock; a little ahead of it when rounds come a little early. */
  instant(nowMs: number): number {
    const stepMs = this.#stepMs;
    if (stepMs === null) return nowMs;
    this.#originMs ??= nowMs;
    const steps = Math.floor((nowMs - this.#originMs) / stepMs + EARLY);
    return this.#originMs + steps * stepMs;
  }
}

/** Part of a step by which a round may come early: clocks do not run alike. */
const EARLY = 0.1;

/**
 * How often targets are sampled, from the times of their samples in seconds: what is usual for the usual target, to a tenth of
 * a second. `null` with too few. Milliseconds.
 */
export function samplingIntervalMs(targets: readonly (readonly number[])[]): number | null {
  const usual = targets
    .map((times) => middle(times.slice(1).map((time, index) => time - (times[index] ?? time))))
    .filter((seconds) => seconds !== null);
  const seconds = middle(usual);
  return seconds === null || seconds <= 0 ? null : Math.max(100, Math.round(seconds * 10) * 100);
}

function middle(values: readonly number[]): number | null {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? null;
}
