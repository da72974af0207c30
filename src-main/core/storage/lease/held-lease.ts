import { AppError, isAppError } from "../../../../src-shared/errors/app-error.ts";
import type { Clock } from "../../common/clock.ts";
import type { ObjectStore } from "../object-store.ts";
import { JSON_TYPE } from "../small-object.ts";
import type { BucketLease } from "./bucket-lease.ts";
import { LEASE_KEY, printLease, readLease, type LeaseObject } from "./lease-object.ts";
import { mayNot } from "./store-clock.ts";

/** Of its time: when it could not be renewed so long, it counts as lost before another may take it. */
const SAFE_SHARE = 0.75;
/** Releasing is not worth more. */
const RELEASE_LIMIT_MS = 10_000;

export interface HeldLeaseOptions {
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly mine: Omit<LeaseObject, "expiresAtMs">;
  /** When it began to be written. */
  readonly beganAtMs: number;
  /** Versions of it that are there already. */
  readonly versions: readonly (string | null)[];
}

/** A lease that was acquired: renewed until it is disposed of or lost. */
export class HeldLease implements BucketLease {
  readonly holder: string;
  readonly #options: HeldLeaseOptions;
  readonly #lost = new AbortController();
  readonly #ended = new AbortController();
  readonly #versions: string[] = [];
  #renewedAtMs: number;
  #cancelTimer: () => void = () => undefined;
  #renewal: Promise<void> = Promise.resolve();

  constructor(options: HeldLeaseOptions) {
    this.#options = options;
    this.holder = `${options.mine.holder}, ${options.mine.purpose}`;
    this.#renewedAtMs = options.beganAtMs;
    this.#wrote(options.versions);
    // Of its time, some was spent on taking it.
    this.#renewIn(Math.max(0, options.beganAtMs + options.mine.ttlMs / 3 - options.clock.nowMs()));
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  async confirm(signal: AbortSignal): Promise<void> {
    if (this.#lost.signal.aborted) throw this.#lost.signal.reason;
    const { store, mine } = this.#options;
    const standing = await readLease(store, signal);
    if (standing?.lease?.nonce !== mine.nonce) this.#lose(standing?.holder ?? "-");
    else if (this.#isLate()) this.#lose(standing.holder);
    if (this.#lost.signal.aborted) throw this.#lost.signal.reason;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort(new AppError("request.cancelled", {}));
    this.#cancelTimer();
    await this.#renewal;
    const { store, clock, mine } = this.#options;
    const limit = new AbortController();
    const cancel = clock.after(RELEASE_LIMIT_MS, () => limit.abort(new AppError("request.cancelled", {})));
    try {
      const standing = await readLease(store, limit.signal);
      if (standing?.lease?.nonce !== mine.nonce) return;
      await removeLease(store, standing.info.versionId, limit.signal);
    } catch (error) {
      // Nobody renews it any more: it ends by itself.
      if (!isAppError(error)) throw error;
    } finally {
      cancel();
    }
  }

  #renewIn(ms: number): void {
    this.#cancelTimer = this.#options.clock.after(ms, () => {
      this.#renewal = this.#renew();
    });
  }

  async #renew(): Promise<void> {
    const { store, clock, mine } = this.#options;
    if (this.#isLate()) {
      this.#lose("-");
      return;
    }
    // No write of ours may arrive when another may have taken it.
    const limit = new AbortController();
    const stop = () => limit.abort(new AppError("request.cancelled", {}));
    const cancel = clock.after(this.#renewedAtMs + mine.ttlMs * SAFE_SHARE - clock.nowMs(), stop);
    this.#ended.signal.addEventListener("abort", stop);
    try {
      const standing = await readLease(store, limit.signal);
      if (standing?.lease?.nonce !== mine.nonce) {
        this.#lose(standing?.holder ?? "-");
        return;
      }
      const beganAtMs = clock.nowMs();
      const text = printLease({ ...mine, expiresAtMs: beganAtMs + mine.ttlMs });
      const { versionId } = await store.put(LEASE_KEY, Buffer.from(text), { contentType: JSON_TYPE }, limit.signal);
      this.#renewedAtMs = beganAtMs;
      const before = this.#versions.splice(0);
      this.#wrote([versionId]);
      await this.#removeVersions(before, limit.signal);
      this.#renewIn(mine.ttlMs / 3);
    } catch (error) {
      if (this.#ended.signal.aborted) return;
      // Once more and again, until its time is nearly over.
      if (this.#isLate() || !isAppError(error)) this.#lose("-", error);
      else this.#renewIn(mine.ttlMs / 12);
    } finally {
      cancel();
      this.#ended.signal.removeEventListener("abort", stop);
    }
  }

  /** What a bucket with versions kept of leases before: nobody wants them. */
  async #removeVersions(versions: readonly string[], signal: AbortSignal): Promise<void> {
    const { store } = this.#options;
    for (const versionId of versions) {
      try {
        await store.delete({ key: LEASE_KEY, versionId }, signal);
      } catch (error) {
        if (!mayNot(error)) throw error;
      }
    }
  }

  /** In a bucket whose versions are suspended, the version `null` is the lease itself. */
  #wrote(versions: readonly (string | null)[]): void {
    for (const version of versions) if (version !== null && version !== "null") this.#versions.push(version);
  }

  #isLate(): boolean {
    const { clock, mine } = this.#options;
    return clock.nowMs() - this.#renewedAtMs >= mine.ttlMs * SAFE_SHARE;
  }

  #lose(holder: string, cause?: unknown): void {
    this.#cancelTimer();
    const params = { store: this.#options.store.title, holder: holder.slice(0, 300) };
    this.#lost.abort(new AppError("storage.lease-lost", params, { cause }));
  }
}

/**
 * Removes a lease, in a bucket with versions with all that stand behind it, of leases before and of others that asked at the same
 * time: the one in force goes last, so that no other comes to the front that somebody may have taken since.
 */
async function removeLease(store: ObjectStore, versionId: string | null, signal: AbortSignal): Promise<void> {
  if (versionId === null || versionId === "null") {
    await store.delete({ key: LEASE_KEY }, signal);
    return;
  }
  const { versions } = await store.listVersions({ prefix: LEASE_KEY }, signal);
  const behind = versions.filter((version) => version.key === LEASE_KEY && version.versionId !== versionId);
  try {
    for (const each of [...behind, { versionId }]) {
      // oxlint-disable-next-line no-await-in-loop -- the one in force goes last
      await store.delete({ key: LEASE_KEY, versionId: each.versionId }, signal);
    }
  } catch (error) {
    if (!mayNot(error)) throw error;
    await store.delete({ key: LEASE_KEY }, signal);
  }
}
