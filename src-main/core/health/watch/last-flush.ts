import type { SeriesHistory } from "../history/series-history.ts";

/** So far back is looked: an ingester flushes every stream within its `max_chunk_age`, most within minutes. */
const LOOKED_BACK_MS = 3_600_000;
/** By reason; each of its series is one (`loki-facts`: `pkg/ingester/metrics.go`). */
const FLUSHED = "loki_ingester_chunks_flushed_total";

/**
 * When a chunk of an ingester was last flushed, by its counters over the last hour, and since when they are known; `null`
 * where none of them was kept. A counter that began anew counts what it has by then.
 */
export async function lastFlush(
  history: Pick<SeriesHistory, "read">,
  instance: string,
  nowMs: number,
): Promise<{ readonly atMs: number | null; readonly sinceMs: number } | null> {
  const isFlushed = (key: string) => key === FLUSHED || key.startsWith(`${FLUSHED}{`);
  const series = await history.read(instance, isFlushed, nowMs - LOOKED_BACK_MS, nowMs);
  let sinceMs = Number.POSITIVE_INFINITY;
  let flushedMs = Number.NEGATIVE_INFINITY;
  for (const points of series.values()) {
    sinceMs = Math.min(sinceMs, points[0]?.atMs ?? sinceMs);
    for (const [at, { atMs, value }] of points.entries()) {
      const before = points[at - 1];
      if (before === undefined) continue;
      const rose = value > before.value || (value < before.value && value > 0);
      if (rose && atMs > flushedMs) flushedMs = atMs;
    }
  }
  if (!Number.isFinite(sinceMs)) return null;
  return { atMs: Number.isFinite(flushedMs) ? flushedMs : null, sinceMs };
}
