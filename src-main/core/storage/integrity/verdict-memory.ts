import type { ChunkVerdict, ListedChunk } from "./chunk-checker.ts";

/** What was found of an object before, by this scan or another, and still holds. */
export interface RememberedVerdict {
  readonly verdict: Extract<ChunkVerdict, { kind: "sound" | "damaged" }>;
  /** Of a run of this scan that was interrupted. */
  readonly ofThisScan: boolean;
}

/** Verdicts behind the end of the process. */
export interface VerdictMemory {
  /** `null` where the object has changed since, was not looked at closely enough, or not at all. */
  recall(listed: ListedChunk): RememberedVerdict | null;
  /** Durable after a while, and after `flush`. */
  remember(listed: ListedChunk, verdict: ChunkVerdict): void;
  flush(): void;
  /** What is not in the bucket any more, is not remembered any longer. */
  forgetBut(isThere: (key: string) => boolean): void;
}
