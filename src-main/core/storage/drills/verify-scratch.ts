import type { StorageFinding, StorageFindingKind } from "../../../../src-shared/model/storage-finding.ts";
import type { ScanTotals } from "../integrity/integrity-scan.ts";
import type { ScratchVerdict } from "./drill-checkpoint.ts";

/** An object of the drill that is not as it should be. Orphans are none: a scope of some hours has chunks without their index. */
const DAMAGED: ReadonlySet<StorageFindingKind> = new Set<StorageFindingKind>([
  "zero-byte-chunk",
  "truncated-chunk",
  "bitflip-metadata",
  "bitflip-block",
  "wrong-key-checksum",
  "cross-tenant-chunk",
  "inconsistent-chunk",
  "corrupt-gz-index",
  "corrupt-index",
  "unreadable-object",
]);
const MOST_KEYS = 50;

/** Counts what a scan finds of a drill's scope in its scratch bucket. */
export class ScratchTally {
  #damaged = 0;
  #missing = 0;
  readonly #keys: string[] = [];

  add({ kind, key, chunks }: StorageFinding): void {
    if (kind === "missing-chunk") this.#missing += Math.max(1, chunks);
    else if (DAMAGED.has(kind)) this.#damaged += 1;
    else return;
    if (this.#keys.length < MOST_KEYS) this.#keys.push(key);
  }

  verdict({ objects, bytes, gaps }: Pick<ScanTotals, "objects" | "bytes" | "gaps">, ms: number): ScratchVerdict {
    return {
      objects,
      bytes,
      damaged: this.#damaged,
      missing: this.#missing,
      gaps: gaps.length,
      keys: this.#keys,
      ms,
    };
  }
}
