import type { ChunkKey } from "../../common/loki-format/chunk-key.ts";
import type { ObjectInfo } from "../object-store.ts";
import type { ChunkDamage } from "./check-chunk.ts";

/** `fast`: whole objects against the checksum in their key. `deep`: every block and entry. */
export type CheckMode = "fast" | "deep";

/** A chunk object as a listing told it. */
export interface ListedChunk {
  readonly object: ObjectInfo;
  readonly chunk: ChunkKey;
}

/** What became of one object. */
export type ChunkVerdict =
  | { readonly kind: "sound" }
  | { readonly kind: "damaged"; readonly damage: ChunkDamage }
  /** Deleted since it was listed. */
  | { readonly kind: "gone" }
  /** `code` of the error, or `too-large`. */
  | { readonly kind: "unreadable"; readonly code: string };

/**
 * Reads chunk objects of one store and compares each with its key. Rejects only where the signal ended it or where there is a
 * bug: an object that cannot be read is a verdict.
 */
export interface ChunkChecker {
  /** What is given at once, and how many such batches. */
  readonly batchObjects: number;
  readonly batchBytes: number;
  readonly batchesAtOnce: number;
  /** Verdicts in the order of the batch. */
  check(batch: readonly ListedChunk[], mode: CheckMode, signal: AbortSignal): Promise<readonly ChunkVerdict[]>;
}

/** Nothing of Loki's is larger: ingesters cut chunks at 1.5 MiB, and one entry has some megabytes at most. */
export const CHUNK_OBJECT_MAX_BYTES = 256 * 2 ** 20;
