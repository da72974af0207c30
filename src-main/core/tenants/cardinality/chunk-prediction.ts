/** How a tenant's ingesters cut chunks (`ingester.chunk_*`, `max_chunk_age`), and how much comes in. */
export interface ChunkFacts {
  /** Of the tenant, before compression. */
  readonly bytesPerSecond: number;
  readonly compressionRatio: number;
  readonly targetBytes: number;
  readonly maxAgeSeconds: number;
  /** Ingesters that hold each stream. */
  readonly replicationFactor: number;
  /** What a stream takes in an ingester with an open chunk that is empty still. */
  readonly bytesPerStream: number;
}

export interface ChunkPrediction {
  /** Objects an hour in the store; replicas of one chunk are one object where they are cut alike. */
  readonly chunksPerHour: number;
  /** All ingesters together. */
  readonly memoryBytes: number;
  /** Of one stream in one ingester: compressed, on average half of a chunk. */
  readonly openBytes: number;
}

/**
 * Chunks and memory of so many streams that share what comes in. A chunk ends when it is full or too old, so many small
 * streams make chunks by age: that is the cost of an exploded label.
 */
export function predictChunks(streams: number, facts: ChunkFacts): ChunkPrediction {
  const { bytesPerSecond, compressionRatio, targetBytes, maxAgeSeconds, replicationFactor, bytesPerStream } = facts;
  if (streams === 0) return { chunksPerHour: 0, memoryBytes: 0, openBytes: 0 };
  const each = bytesPerSecond / compressionRatio / streams;
  const secondsToFull = each === 0 ? Number.POSITIVE_INFINITY : targetBytes / each;
  const lifetime = Math.min(secondsToFull, maxAgeSeconds);
  // On average half of a chunk is there, compressed but for its last block.
  const openBytes = (each * lifetime) / 2;
  return {
    chunksPerHour: (streams * 3_600) / lifetime,
    memoryBytes: streams * replicationFactor * (bytesPerStream + openBytes),
    openBytes,
  };
}
