import type { BucketDamage } from "../../../src-shared/model/lab-fault.ts";
import type { KeptVersion, LabBucket } from "../s3/lab-bucket.ts";
import type { LokiBucket } from "./loki-bucket.ts";

/** One object that a damage has touched. */
interface Touched {
  readonly key: string;
  /** What was on top before; `null` where there was nothing. */
  readonly before: KeptVersion | null;
  /** What the damage put on top; `null` where it took the object away without a marker. */
  readonly after: KeptVersion | null;
}

/** Damages of the bucket: new versions and delete markers on top of what was there, so that versions can bring it back. */
export class BucketDamages {
  readonly #bucket: LokiBucket;
  readonly #seed: number;
  readonly #touched = new Map<BucketDamage, readonly Touched[]>();

  constructor(bucket: LokiBucket, seed: number) {
    this.#bucket = bucket;
    this.#seed = seed;
  }

  /** Damages some whole objects. */
  async begin(kind: BucketDamage): Promise<void> {
    await this.#bucket.settle();
    const bucket = this.#bucket.bucket();
    if (bucket === null || this.#touched.has(kind)) return;
    const { planDamage } = await import("./damage-plans.ts");
    const whole = ({ key, bytes }: { readonly key: string; readonly bytes: Buffer }) =>
      bucket.latest(key)?.bytes === bytes;
    const source = {
      chunks: this.#bucket.chunks.filter(whole),
      indexes: this.#bucket.indexes.filter(whole),
      seed: this.#seed,
    };
    const touched = planDamage(kind, source).map(({ key, bytes }): Touched => {
      const before = bucket.latest(key);
      return { key, before, after: bytes === null ? bucket.remove(key) : bucket.put(key, { bytes }) };
    });
    this.#touched.set(kind, touched);
  }

  /** Puts back what the damage has broken and nobody has repaired since; what it added goes. */
  end(kind: BucketDamage): void {
    const bucket = this.#bucket.bucket();
    const touched = this.#touched.get(kind) ?? [];
    this.#touched.delete(kind);
    if (bucket === null) return;
    for (const each of touched) putBack(bucket, each);
  }
}

function putBack(bucket: LabBucket, { key, before, after }: Touched): void {
  const top = bucket.latest(key);
  const own = after === null ? top === null : top?.versionId === after.versionId && top.modifiedMs === after.modifiedMs;
  if (own && after !== null) bucket.removeVersion(key, after.versionId);
  if (before === null || before.bytes === null) return;
  const now = bucket.latest(key)?.bytes ?? null;
  if (now !== null && now.equals(before.bytes)) return;
  const { bytes, etag, contentType } = before;
  bucket.put(key, { bytes, etag, contentType });
}
