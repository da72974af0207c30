import type { Seen } from "./evidence-keeper.ts";
import type { SeriesBook } from "./series-book.ts";

const HOUR_MS = 3_600_000;
const OFTEN = 3;

/** Counts restarts of containers as Kubernetes tells them, from the first time it was asked on. */
export class RestartCounts {
  readonly #pods = new Map<string, { count: number; readonly atMs: number[] }>();

  take(restarts: ReadonlyMap<string, number>, nowMs: number): void {
    for (const pod of this.#pods.keys()) if (!restarts.has(pod)) this.#pods.delete(pod);
    for (const [pod, count] of restarts) {
      const known = this.#pods.get(pod);
      if (known === undefined) {
        this.#pods.set(pod, { count, atMs: [] });
        continue;
      }
      // A pod that was made anew counts from 0.
      for (let more = Math.min(OFTEN * 3, count - known.count); more > 0; more--) known.atMs.push(nowMs);
      known.count = count;
      while ((known.atMs[0] ?? nowMs) <= nowMs - HOUR_MS) known.atMs.shift();
    }
  }

  /** `null` for a process that did not restart often in the last hour, by its own start times or by Kubernetes. */
  often(book: SeriesBook, nowMs: number): Seen | null {
    const told = this.#pods.get(book.instance)?.atMs.filter((atMs) => atMs > nowMs - HOUR_MS).length ?? 0;
    const own = Math.max(told, book.starts(nowMs, HOUR_MS));
    if (own < OFTEN) return null;
    const metric = told >= own ? "kube_pod_container_status_restarts_total" : "process_start_time_seconds";
    const nobody = { matesMedian: null, spread: null, score: null };
    return {
      finding: { kind: "restarting-often", metric, unit: "count", own, ...nobody, params: { minutes: 60 } },
      raiseAfterMs: 0,
      clearAfterMs: 0,
    };
  }
}
