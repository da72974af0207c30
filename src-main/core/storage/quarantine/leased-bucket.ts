import type { Clock } from "../../common/clock.ts";
import type { BucketLease } from "../lease/bucket-lease.ts";
import type { ObjectStore } from "../object-store.ts";

/** Between two questions whether the lease still stands. */
const CONFIRM_EVERY_MS = 5_000;

/** A bucket that may be changed: before something is removed from it, the lease is asked for, though not every time. */
export class LeasedBucket {
  readonly store: ObjectStore;
  /** Ends with the job, and with the lease. */
  readonly signal: AbortSignal;
  readonly #lease: BucketLease;
  readonly #clock: Clock;
  #confirmedAtMs = Number.NEGATIVE_INFINITY;

  constructor(store: ObjectStore, lease: BucketLease, clock: Clock, signal: AbortSignal) {
    this.store = store;
    this.signal = AbortSignal.any([signal, lease.lost]);
    this.#lease = lease;
    this.#clock = clock;
  }

  /** @throws AppError `storage.lease-lost` */
  async confirm(): Promise<void> {
    if (this.#lease.lost.aborted) throw this.#lease.lost.reason;
    if (this.#clock.nowMs() - this.#confirmedAtMs < CONFIRM_EVERY_MS) return;
    await this.#lease.confirm(this.signal);
    this.#confirmedAtMs = this.#clock.nowMs();
  }

  /** Why it ended: that the lease was lost says more than that a request was cut off. */
  reasonOf(error: unknown): unknown {
    return this.#lease.lost.aborted ? this.#lease.lost.reason : error;
  }
}
