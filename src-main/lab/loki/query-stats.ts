import type { ReadTally } from "../store/entry-merge.ts";

const DATAOBJ = {
  prePredicateDecompressedRows: 0,
  prePredicateDecompressedBytes: 0,
  prePredicateDecompressedStructuredMetadataBytes: 0,
  postPredicateRows: 0,
  postPredicateDecompressedBytes: 0,
  postPredicateStructuredMetadataBytes: 0,
  postFilterRows: 0,
  pagesScanned: 0,
  pagesDownloaded: 0,
  pagesDownloadedBytes: 0,
  pageBatches: 0,
  totalRowsAvailable: 0,
  totalPageDownloadTime: 0,
};

const NO_CACHE = {
  entriesFound: 0,
  entriesRequested: 0,
  entriesStored: 0,
  bytesReceived: 0,
  bytesSent: 0,
  requests: 0,
  downloadTime: 0,
  queryLengthServed: 0,
};

/** What an answer says of the work behind it, as far as it cannot be counted from the tally. */
export interface AnswerCounts {
  /** Entries, series or scalars in the answer. */
  readonly returned: number;
  /** Lines that passed the query's filters. */
  readonly passed: number;
  readonly splits: number;
  readonly execMs: number;
  readonly referencedMetadata: boolean;
  /** The range is recent enough for the ingesters to be asked. */
  readonly recent: boolean;
}

const INGESTERS = 3;
/** Loki's `querier.query_ingesters_within`. */
const INGESTERS_WITHIN_NS = 3n * 3_600_000_000_000n;

export function isRecent(endNs: bigint, nowNs: bigint): boolean {
  return endNs > nowNs - INGESTERS_WITHIN_NS;
}

/** Compression that the lab claims for its chunks: about what snappy makes of log lines. */
const COMPRESSION = 3.4;

export type QueryStats = ReturnType<typeof queryStats>;

/**
 * The `stats` object with every field of Loki's `stats.proto`: store and ingester apart, each entry of a store chunk 20 bytes
 * larger than its line, as Loki counts it. Times are what the read took.
 */
export function queryStats(tally: ReadTally, counts: AnswerCounts) {
  const seconds = counts.execMs / 1_000;
  const decompressed = tally.storeLineBytes + tally.storeMetadataBytes + 20 * tally.storeEntries;
  const headBytes = tally.headLineBytes + tally.headMetadataBytes;
  const totalBytes = decompressed + headBytes;
  const totalLines = tally.storeEntries + tally.headEntries;
  const storePassed = totalLines === 0 ? 0 : Math.round((counts.passed * tally.storeEntries) / totalLines);
  const readNs = Math.round(counts.execMs * 600_000);
  const { referencedMetadata } = counts;
  return {
    summary: {
      bytesProcessedPerSecond: seconds > 0 ? Math.round(totalBytes / seconds) : 0,
      linesProcessedPerSecond: seconds > 0 ? Math.round(totalLines / seconds) : 0,
      totalBytesProcessed: totalBytes,
      totalLinesProcessed: totalLines,
      execTime: round(seconds),
      queueTime: round(seconds / 40),
      subqueries: 0,
      totalEntriesReturned: counts.returned,
      splits: counts.splits,
      shards: counts.splits,
      totalPostFilterLines: counts.passed,
      totalStructuredMetadataBytesProcessed: tally.storeMetadataBytes + tally.headMetadataBytes,
    },
    querier: {
      store: {
        // Loki counts a chunk that it could not decode as downloaded; only the lines tell.
        totalChunksRef: tally.storeChunkRefs,
        totalChunksDownloaded: tally.storeChunkRefs,
        chunksDownloadTime: tally.storeChunkRefs === 0 ? 0 : readNs,
        queryReferencedStructuredMetadata: referencedMetadata,
        queryUsedV2Engine: false,
        chunk: {
          headChunkBytes: 0,
          headChunkLines: 0,
          decompressedBytes: decompressed,
          decompressedLines: tally.storeEntries,
          compressedBytes: Math.round(decompressed / COMPRESSION),
          totalDuplicates: 0,
          postFilterLines: storePassed,
          headChunkStructuredMetadataBytes: 0,
          decompressedStructuredMetadataBytes: tally.storeMetadataBytes,
        },
        chunkRefsFetchTime: Math.round(readNs / 12),
        congestionControlLatency: 0,
        pipelineWrapperFilteredLines: 0,
        dataobj: DATAOBJ,
      },
      querierExecTime: round(seconds * 0.9),
    },
    ingester: {
      totalReached: counts.recent ? INGESTERS : 0,
      totalChunksMatched: tally.headChunks,
      totalBatches: Math.ceil(tally.headEntries / 128),
      totalLinesSent: tally.headEntries,
      store: {
        totalChunksRef: 0,
        totalChunksDownloaded: 0,
        chunksDownloadTime: 0,
        queryReferencedStructuredMetadata: referencedMetadata,
        queryUsedV2Engine: false,
        chunk: {
          headChunkBytes: headBytes,
          headChunkLines: tally.headEntries,
          decompressedBytes: 0,
          decompressedLines: 0,
          compressedBytes: 0,
          totalDuplicates: 0,
          postFilterLines: counts.passed - storePassed,
          headChunkStructuredMetadataBytes: tally.headMetadataBytes,
          decompressedStructuredMetadataBytes: 0,
        },
        chunkRefsFetchTime: tally.headChunks > 0 ? Math.round(readNs / 30) : 0,
        congestionControlLatency: 0,
        pipelineWrapperFilteredLines: 0,
        dataobj: DATAOBJ,
      },
      ...(counts.recent ? { recvWaitTime: Math.max(1e-6, round(seconds * 0.2)) } : {}),
    },
    cache: {
      chunk: NO_CACHE,
      index: NO_CACHE,
      result: NO_CACHE,
      statsResult: NO_CACHE,
      volumeResult: NO_CACHE,
      seriesResult: NO_CACHE,
      labelResult: NO_CACHE,
      instantMetricResult: NO_CACHE,
    },
    index: {
      totalChunks: 0,
      postFilterChunks: 0,
      shardsDuration: 0,
      usedBloomFilters: false,
      totalStreams: 0,
      chunkRefsLookupTime: 0,
      bloomFilterTime: 0,
    },
  };
}

function round(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6;
}
