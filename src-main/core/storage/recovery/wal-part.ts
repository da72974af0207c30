import { evidence, instant, known, unknown, type RpoEvidence, type RpoPart } from "./rpo-part.ts";

/** What the kept rounds say of one ingester. */
export interface IngesterUse {
  readonly instance: string;
  /** `loki_ingester_memory_chunks` of the last round; `null` where it did not answer. */
  readonly memoryChunks: number | null;
  /** When it last flushed, and since when rounds are kept; `null` where none are. */
  readonly lastFlush: { readonly atMs: number | null; readonly sinceMs: number } | null;
}

/** What is known of the ingesters that write to a bucket. */
export interface IngesterFacts {
  readonly atMs: number;
  readonly ingesters: readonly IngesterUse[];
  /** `ingester.max_chunk_age`: beyond it an ingester flushes a chunk, whatever is in it. `null` where nobody tells. */
  readonly maxChunkAgeMs: number | null;
}

const MOST_TOLD = 20;

/**
 * Lines that only the disks of ingesters have, by the age of the oldest. Loki has no figure of that. What holds is a bound: right
 * after an ingester flushed, nothing in it is older than `max_chunk_age` (`pkg/ingester/flush.go`: `shouldFlushChunk`), so that
 * nothing now is older than that and the time since.
 */
export function walPart(facts: IngesterFacts, nowMs: number): RpoPart {
  const { ingesters, maxChunkAgeMs } = facts;
  const told = evidenceOf(facts);
  if (ingesters.length === 0) return unknown("wal", "no-ingester", told);
  const silent = ingesters.filter(({ memoryChunks }) => memoryChunks === null);
  if (silent.length > 0) {
    return unknown("wal", "unanswered", told, { count: silent.length, instance: silent[0]?.instance ?? "" });
  }
  const holding = ingesters.filter(({ memoryChunks }) => (memoryChunks ?? 0) > 0);
  if (holding.length === 0) return known("wal", 0, told, { ingesters: ingesters.length });
  if (maxChunkAgeMs === null) return unknown("wal", "no-max-age", told);
  let oldestMs = nowMs;
  let slowest = "";
  for (const { instance, lastFlush } of holding) {
    if (lastFlush === null) return unknown("wal", "no-history", told, { instance });
    if (lastFlush.atMs === null) {
      const minutes = Math.floor((nowMs - lastFlush.sinceMs) / 60_000);
      return unknown("wal", "no-flush-seen", told, { instance, minutes });
    }
    if (lastFlush.atMs > oldestMs) continue;
    oldestMs = lastFlush.atMs;
    slowest = instance;
  }
  return known("wal", nowMs - oldestMs + maxChunkAgeMs, told, { instance: slowest, ingesters: ingesters.length });
}

/** How long ago any of them brought a chunk to the bucket; `null` where no flush was seen. */
export function newestFlush(facts: IngesterFacts | null): { readonly atMs: number; readonly instance: string } | null {
  let newest: { readonly atMs: number; readonly instance: string } | null = null;
  for (const { instance, lastFlush } of facts?.ingesters ?? []) {
    const atMs = lastFlush?.atMs ?? null;
    if (atMs !== null && (newest === null || atMs > newest.atMs)) newest = { atMs, instance };
  }
  return newest;
}

function evidenceOf({ atMs, ingesters, maxChunkAgeMs }: IngesterFacts): readonly RpoEvidence[] {
  const rows = ingesters
    .slice(0, MOST_TOLD)
    .flatMap(({ instance, memoryChunks, lastFlush }) => [
      evidence(`${instance}: loki_ingester_memory_chunks`, memoryChunks ?? "-"),
      evidence(
        `${instance}: loki_ingester_chunks_flushed_total`,
        lastFlush?.atMs == null ? "-" : instant(lastFlush.atMs),
      ),
    ]);
  return [
    evidence("/metrics", instant(atMs)),
    evidence("ingester.max_chunk_age", maxChunkAgeMs === null ? "-" : `${maxChunkAgeMs / 1_000} s`),
    ...rows,
  ];
}
