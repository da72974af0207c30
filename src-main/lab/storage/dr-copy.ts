import { CONSOLE_PREFIX } from "../../../src-shared/model/storage/quarantine.ts";
import type { BucketSet } from "../s3/bucket-set.ts";
import type { KeptVersion } from "../s3/lab-bucket.ts";
import { DR_BUCKET, LOKI_BUCKET } from "../s3/lab-buckets.ts";

export const DEFAULT_DR_LAG_MS = 5 * 60_000;

/**
 * The copy of the bucket in another place, as `mc mirror` keeps it: objects that are new are copied, so late; what is there
 * is neither overwritten nor removed. So damage does not travel, and what was written last is not there yet.
 */
export class DrCopy {
  readonly #buckets: BucketSet;
  /** What was copied, and when its original was written. */
  readonly #copied = new Map<string, number>();
  #lagMs = DEFAULT_DR_LAG_MS;

  constructor(buckets: BucketSet) {
    this.#buckets = buckets;
  }

  get lagMs(): number {
    return this.#lagMs;
  }

  /** The copy is then as it would be had it always been so late. */
  setLag(lagMs: number): void {
    this.#lagMs = lagMs;
  }

  /** Copies what is due by now, and takes back what is not due yet. */
  settle(nowMs: number): void {
    const [from, to] = [LOKI_BUCKET, DR_BUCKET].map((name) => this.#buckets.list().find((each) => each.name === name));
    if (from === undefined || to === undefined) return;
    const untilMs = nowMs - this.#lagMs;
    for (const [key, writtenMs] of this.#copied) {
      if (writtenMs <= untilMs) continue;
      this.#copied.delete(key);
      to.removeVersion(key, "null");
    }
    for (const key of from.keys()) {
      if (this.#copied.has(key) || to.latest(key) !== null || key.startsWith(CONSOLE_PREFIX)) continue;
      const version = firstOf(from.versionsOf(key));
      if (version === null || version.modifiedMs > untilMs) continue;
      const { bytes, etag, contentType, modifiedMs } = version;
      to.put(key, { bytes, etag, contentType, modifiedMs: modifiedMs + this.#lagMs });
      this.#copied.set(key, modifiedMs);
    }
  }
}

/** What the mirror saw first. */
function firstOf(versions: readonly KeptVersion[]): (KeptVersion & { bytes: Buffer }) | null {
  for (const version of versions.toReversed()) {
    const { bytes } = version;
    if (bytes !== null) return { ...version, bytes };
  }
  return null;
}
