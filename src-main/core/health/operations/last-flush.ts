import type { SeriesHistory } from "../history/series-history.ts";

const FLUSHED = "loki_ingester_chunks_flushed_total";
/** As far back as it matters: Loki's own `max_chunk_age` by default, and some more. */
const LOOK_BACK_MS = 2.5 * 3_600_000;

/**
 * When an ingester last flushed a chunk, as the kept rounds tell, and since when they go back. Flushes of before a restart
 * count: a counter that went back to zero has counted nothing yet.
 */
export async function lastFlush(
  history: Pick<SeriesHistory, "read">,
  instance: string,
  nowMs: number,
): Promise<{ readonly atMs: number | null; readonly sinceMs: number } | null> {
  const wanted = (key: string): boolean => key === FLUSHED || key.startsWith(`${FLUSHED}{`);
  const found = await history.read(instance, wanted, nowMs - LOOK_BACK_MS, nowMs);
  const sums = new Map<number, number>();
  for (const points of found.values()) {
    for (const { atMs, value } of points) sums.set(atMs, (sums.get(atMs) ?? 0) + value);
  }
  const times = [...sums].toSorted(([a], [b]) => a - b);
  const [first] = times;
  if (first === undefined) return null;
  let atMs: number | null = null;
  let before = first[1];
  for (const [time, value] of times.slice(1)) {
    if (value > before) atMs = time;
    before = value;
  }
  return { atMs, sinceMs: first[0] };
}
