import type { ScannedStore } from "./scanned-store.ts";
import { checkChunk } from "./check-chunk.ts";
import {
  CHUNK_OBJECT_MAX_BYTES,
  type CheckMode,
  type ChunkChecker,
  type ChunkVerdict,
  type ListedChunk,
} from "./chunk-checker.ts";
import { verdictOf, verdictOfFailure } from "./chunk-verdict.ts";
import { readListedObject } from "./read-object.ts";

const LANES = 8;

/** Checks chunks where it is called: for a handful of objects, and for whoever has no threads. */
export function inThreadChunkChecker(store: ScannedStore, lanes: number = LANES): ChunkChecker {
  return {
    batchObjects: 1,
    batchBytes: CHUNK_OBJECT_MAX_BYTES,
    batchesAtOnce: lanes,
    check: (batch, mode, signal) => Promise.all(batch.map((listed) => checkOne(store, listed, mode, signal))),
  };
}

async function checkOne(
  store: ScannedStore,
  { object, chunk }: ListedChunk,
  mode: CheckMode,
  signal: AbortSignal,
): Promise<ChunkVerdict> {
  try {
    const reading = await readListedObject(store, object, CHUNK_OBJECT_MAX_BYTES, signal);
    return reading === "too-large"
      ? { kind: "unreadable", code: "too-large" }
      : verdictOf(checkChunk(reading.bytes, chunk, mode));
  } catch (error) {
    if (signal.aborted) throw error;
    return verdictOfFailure(error);
  }
}
