import { bucketDamageOf, drLagMinutesOf } from "../../../src-shared/model/lab-fault.ts";
import type { Clock } from "../../core/common/clock.ts";
import type { BucketSet } from "../s3/bucket-set.ts";
import { DR_BUCKET, LOKI_BUCKET } from "../s3/lab-buckets.ts";
import { BLOCK_MS } from "../traffic/generated-stream.ts";
import { BucketDamages } from "./bucket-damages.ts";
import type { BucketStream } from "./bucket-streams.ts";
import { DEFAULT_DR_LAG_MS, DrCopy } from "./dr-copy.ts";
import { LokiBucket } from "./loki-bucket.ts";

export interface LabStorageParts {
  readonly buckets: BucketSet;
  readonly clock: Clock;
  readonly streams: readonly BucketStream[];
  readonly seed: number;
}

/** What is in the lab's buckets besides what others put there: Loki's data, its copy that lags behind, and damage. */
export class LabStorage {
  readonly #clock: Clock;
  readonly #loki: LokiBucket;
  readonly #dr: DrCopy;
  readonly #damages: BucketDamages;
  #changes: Promise<void> = Promise.resolve();

  constructor({ buckets, clock, streams, seed }: LabStorageParts) {
    this.#clock = clock;
    this.#loki = new LokiBucket({ buckets, clock, streams });
    this.#dr = new DrCopy(buckets);
    this.#damages = new BucketDamages(this.#loki, seed);
  }

  /** Waits until a bucket has what it should have by now. */
  async settle(bucket: string): Promise<void> {
    if (bucket !== LOKI_BUCKET && bucket !== DR_BUCKET) return;
    await this.#changes;
    await this.#loki.settle();
    if (bucket === DR_BUCKET) this.#dr.settle(Math.floor(this.#clock.nowMs()));
  }

  /** Begins or ends a damage, or sets how late the copy is; other faults are none of its business. */
  setFault(fault: string, on: boolean): void {
    const minutes = drLagMinutesOf(fault);
    if (minutes !== null && on) this.#dr.setLag(minutes * 60_000);
    if (minutes !== null && !on && this.#dr.lagMs === minutes * 60_000) this.#dr.setLag(DEFAULT_DR_LAG_MS);
    const damage = bucketDamageOf(fault);
    if (damage === null) return;
    this.#changes = this.#changes.then(() => (on ? this.#damages.begin(damage) : this.#damages.end(damage)));
  }

  /** When all that was asked for has been done. */
  settled(): Promise<void> {
    return this.#changes;
  }

  /** Whether the store can no longer give lines of a stream that were written from then on for five minutes. */
  lost(tenant: string, labelText: string, startMs: number): boolean {
    return this.#loki.lost(tenant, labelText, Math.floor(startMs / BLOCK_MS));
  }

  close(): void {
    this.#loki.close();
  }
}
