import type { LabelChange, WhatIf } from "../../../../src-shared/model/tenants/cardinality.ts";
import { predictChunks, type ChunkFacts } from "./chunk-prediction.ts";
import { collectorSnippets } from "./collector-snippets.ts";
import { listedFacts, type TenantFacts } from "./tenant-facts.ts";
import type { StreamPrediction } from "./what-if.ts";

/**
 * The answer to a what-if. Streams are those of the sample's range; chunks and memory are of the streams that ingesters hold now,
 * which shrink as those do.
 */
export function assembleWhatIf(
  changes: readonly LabelChange[],
  prediction: StreamPrediction,
  facts: TenantFacts,
  tookMs: number,
): WhatIf {
  const { before, after, low, high } = prediction;
  const open = openStreams(prediction, facts);
  const chunks = open === null ? null : chunkFacts(facts);
  const snippets = collectorSnippets(changes);
  return {
    changes: [...changes],
    streams: { before, after, low, high },
    chunksPerHour:
      open === null || chunks === null
        ? null
        : {
            before: predictChunks(open.before, chunks).chunksPerHour,
            after: predictChunks(open.after, chunks).chunksPerHour,
          },
    memoryBytes: open === null ? null : memoryOf(open, facts, chunks),
    facts: listedFacts(facts),
    ...snippets,
    tookMs,
  };
}

interface OpenStreams {
  readonly before: number;
  readonly after: number;
  readonly copies: number;
}

/** Streams in memory, each once. */
function openStreams({ before, after }: StreamPrediction, { memoryStreams, copies }: TenantFacts): OpenStreams | null {
  if (memoryStreams === null || copies === null || copies.value < 1) return null;
  const open = memoryStreams.value / copies.value;
  return { before: open, after: before === 0 ? 0 : open * Math.min(1, after / before), copies: copies.value };
}

/** What is flushed is compressed already, and each replica of a stream flushes its own chunks. */
function chunkFacts({
  copies,
  storedBytesPerSecond,
  chunkTargetBytes,
  maxChunkAgeSeconds,
}: TenantFacts): ChunkFacts | null {
  if (copies === null || storedBytesPerSecond === null || chunkTargetBytes === null || maxChunkAgeSeconds === null) {
    return null;
  }
  return {
    bytesPerSecond: storedBytesPerSecond.value / copies.value,
    compressionRatio: 1,
    targetBytes: chunkTargetBytes.value,
    maxAgeSeconds: maxChunkAgeSeconds.value,
    replicationFactor: copies.value,
    bytesPerStream: 0,
  };
}

/**
 * Heap per stream as it is now, over the tenant's streams. What is in open chunks does not go away with streams, so behind the
 * changes it is there again; where it is not known, neither is the memory.
 */
function memoryOf(
  { before, after, copies }: OpenStreams,
  { heapBytesPerStream }: TenantFacts,
  chunks: ChunkFacts | null,
): WhatIf["memoryBytes"] {
  if (heapBytesPerStream === null || chunks === null) return null;
  const perStream = heapBytesPerStream.value;
  const own = Math.max(0, perStream - predictChunks(before, chunks).openBytes);
  const then = own + predictChunks(after, chunks).openBytes;
  return { before: before * copies * perStream, after: Math.min(before * copies * perStream, after * copies * then) };
}
