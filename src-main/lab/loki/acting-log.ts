/** Requests to one route that acts. */
export interface ActingCount {
  readonly method: string;
  readonly path: string;
  /** `null` for the lab's own Loki, which is no pod. */
  readonly pod: string | null;
  readonly count: number;
}

/** Routes of Loki that act, some of them by GET as well. */
const ACTING: readonly RegExp[] = [
  /^\/flush$/,
  /^\/ingester\/(?:shutdown|prepare_shutdown|prepare_partition_downscale|flush_shutdown)$/,
  /^\/log_level$/,
  /^\/(?:[a-z-]+\/)?ring$/,
  /^\/loki\/api\/v1\/delete$/,
];

/** Counts every request to a route that acts, by method: so that a test can prove what was sent, and what never was. */
export class ActingLog {
  readonly #counts = new Map<string, { method: string; path: string; pod: string | null; count: number }>();

  record(method: string, path: string, pod: string | null): void {
    if (!ACTING.some((pattern) => pattern.test(path))) return;
    const key = `${method} ${path} ${pod ?? ""}`;
    const known = this.#counts.get(key) ?? { method, path, pod, count: 0 };
    known.count += 1;
    this.#counts.set(key, known);
  }

  list(): readonly ActingCount[] {
    return [...this.#counts.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => ({ ...each }));
  }
}
