import type { StorageFindingKind } from "../../../../../src-shared/model/storage-finding.ts";

/** Findings of objects that are there and not what their keys say. */
export const DAMAGED_KINDS: ReadonlySet<StorageFindingKind> = new Set([
  "zero-byte-chunk",
  "truncated-chunk",
  "bitflip-metadata",
  "bitflip-block",
  "wrong-key-checksum",
  "cross-tenant-chunk",
  "inconsistent-chunk",
  "garbage-object",
  "unreadable-object",
  "corrupt-gz-index",
  "corrupt-index",
] satisfies StorageFindingKind[]);

/** Stores' clocks and this one's may be apart by so much before a scan's word is misunderstood. */
const CLOCKS_APART_MS = 15 * 60_000;

/** What a scan has said of the bucket's objects. */
export class ScanWord {
  readonly #damaged: ReadonlySet<string>;
  readonly #wholeBeforeMs: number | null;

  /** `readAllAtMs`: when a scan began that read every chunk as thoroughly as is asked for; `null` where none has. */
  constructor(damaged: ReadonlySet<string>, readAllAtMs: number | null) {
    this.#damaged = damaged;
    this.#wholeBeforeMs = readAllAtMs === null ? null : readAllAtMs - CLOCKS_APART_MS;
  }

  /** `null` where nothing has been said of an object, or it was written since. */
  of(key: string, modifiedMs: number): "damaged" | "sound" | null {
    if (this.#damaged.has(key)) return "damaged";
    return this.#wholeBeforeMs !== null && modifiedMs < this.#wholeBeforeMs ? "sound" : null;
  }
}

export const NO_SCAN = new ScanWord(new Set(), null);
