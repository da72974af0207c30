/** A nested object of numbers (and the odd boolean) as Loki's `stats` is. */
export type RawStats = Readonly<Record<string, unknown>>;

/**
 * What one answer says about its own making, from `data.stats` (`pkg/logqlmodel/stats/stats.proto`). Loki counts what it
 * *tried* to download in `totalChunksDownloaded`, not what it got: see `completeness-verdict.ts`. Times in milliseconds.
 */
export interface AnswerStats {
  readonly bytesProcessed: number;
  readonly linesProcessed: number;
  readonly queueMs: number;
  readonly execMs: number;
  readonly entriesReturned: number;
  /** Chunks of the object store that the index named, those fetched, and lines that came out of them. */
  readonly storeRefs: number;
  readonly storeFetches: number;
  readonly storeLines: number;
  readonly storeBytes: number;
  /** Chunks in ingesters' memory that matched, and lines in them. */
  readonly ingesterChunks: number;
  readonly ingesterLines: number;
  /** Chunk cache: what was asked for and what was found. */
  readonly cacheRequested: number;
  readonly cacheFound: number;
  /** Answers that came ready made out of Loki's results cache; nothing was counted for them. */
  readonly resultCacheHits: number;
}

/** Reads the counts out of `data.stats`; `null` when there is none, as from old or foreign servers. */
export function answerStats(stats: unknown): AnswerStats | null {
  const summary = at(stats, "summary");
  if (summary === undefined) return null;
  const store = at(at(stats, "querier"), "store");
  const chunk = at(store, "chunk");
  const ingester = at(stats, "ingester");
  const ingesterChunk = at(at(ingester, "store"), "chunk");
  const cache = at(stats, "cache");
  return {
    bytesProcessed: count(summary, "totalBytesProcessed"),
    linesProcessed: count(summary, "totalLinesProcessed"),
    queueMs: count(summary, "queueTime") * 1_000,
    execMs: count(summary, "execTime") * 1_000,
    entriesReturned: count(summary, "totalEntriesReturned"),
    storeRefs: count(store, "totalChunksRef"),
    storeFetches: count(store, "totalChunksDownloaded"),
    storeLines: count(chunk, "decompressedLines") + count(chunk, "headChunkLines"),
    storeBytes: count(chunk, "decompressedBytes") + count(chunk, "headChunkBytes"),
    ingesterChunks: count(ingester, "totalChunksMatched"),
    ingesterLines: count(ingesterChunk, "decompressedLines") + count(ingesterChunk, "headChunkLines"),
    cacheRequested: count(at(cache, "chunk"), "entriesRequested"),
    cacheFound: count(at(cache, "chunk"), "entriesFound"),
    resultCacheHits:
      count(at(cache, "result"), "entriesFound") + count(at(cache, "instantMetricResult"), "entriesFound"),
  };
}

/** Two answers' `stats` added up, number by number, as Loki adds those of its parts; rates are made anew. */
export function addRawStats(a: RawStats, b: RawStats): RawStats {
  const sum: Record<string, unknown> = { ...a };
  for (const [name, value] of Object.entries(b)) {
    const other = sum[name];
    if (typeof value === "number" && typeof other === "number") sum[name] = value + other;
    else if (typeof value === "boolean" && typeof other === "boolean") sum[name] = value || other;
    else if (isRecord(value) && isRecord(other)) sum[name] = addRawStats(other, value);
    else sum[name] = value;
  }
  if (typeof sum["execTime"] === "number" && sum["execTime"] > 0) {
    sum["bytesProcessedPerSecond"] = Math.trunc(count(sum, "totalBytesProcessed") / sum["execTime"]);
    sum["linesProcessedPerSecond"] = Math.trunc(count(sum, "totalLinesProcessed") / sum["execTime"]);
  }
  return sum;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function at(value: unknown, name: string): unknown {
  return isRecord(value) ? value[name] : undefined;
}

function count(value: unknown, name: string): number {
  const found = at(value, name);
  return typeof found === "number" && Number.isFinite(found) ? found : 0;
}
