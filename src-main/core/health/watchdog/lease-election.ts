import { AppError, isAppError } from "../../../../src-shared/errors/app-error.ts";
import type { Clock } from "../../common/clock.ts";
import type { Logger } from "../../common/logger.ts";
import type { Lease, LeaseSpec, LeaseStore } from "./lease.ts";

export interface LeaseTimes {
  /** How long a record that does not change is respected. */
  readonly durationMs: number;
  /** The leader stops when it could not renew for so long; shorter than `durationMs`, so that there are never two. */
  readonly renewWithinMs: number;
  /** Between two renewals, and between two looks of one who waits. */
  readonly renewMs: number;
  /** After a renewal that failed: several have to fit in before it is too late. */
  readonly retryMs: number;
}

export const LEASE_TIMES: LeaseTimes = {
  durationMs: 30_000,
  renewWithinMs: 20_000,
  renewMs: 10_000,
  retryMs: 2_000,
};

export interface LeaseElectionOptions {
  readonly store: LeaseStore;
  /** One process alone may go by it: the pod's name. */
  readonly identity: string;
  readonly clock: Clock;
  /** Milliseconds of a clock that is never set: leases are judged by it alone. */
  readonly monotonicMs: () => number;
  /** 0 to 1, for jitter. */
  readonly random: () => number;
  readonly logger: Logger;
  readonly times?: Partial<LeaseTimes>;
}

/** A record of somebody's clock could ask for years. */
const MOST_RESPECTED_MS = 10 * 60_000;
const JITTER = 0.2;
const RELEASE_WITHIN_MS = 5_000;

/**
 * One leader among processes that share a Lease. Whether a lease has run out is judged by how long its record has not
 * changed before our own eyes, by our own monotonic clock: the times in it are other machines' and are only shown. Every
 * write has the record's resource version as its precondition, so of two that reach for it one is refused.
 */
export class LeaseElection {
  readonly #options: Omit<LeaseElectionOptions, "times">;
  readonly #times: LeaseTimes;
  #observed: { readonly record: string; readonly atMs: number } | null = null;
  #holder: string | null = null;
  #leadsUntilMs = Number.NEGATIVE_INFINITY;
  #attempts = 0;

  constructor({ times, ...options }: LeaseElectionOptions) {
    this.#options = options;
    this.#times = { ...LEASE_TIMES, ...times };
  }

  /** Whether this process may act at this moment. */
  holds(): boolean {
    return this.#options.monotonicMs() < this.#leadsUntilMs;
  }

  /** Who held it when it was last read; `null` when nobody did or it was never read. */
  get holder(): string | null {
    return this.#holder;
  }

  /** Times that the record was reached for and read, whoever held it. */
  get attempts(): number {
    return this.#attempts;
  }

  /**
   * Waits for the lease and calls `lead` whenever it is held; its signal is aborted the moment the lease is lost. Ends with
   * `signal`, having let the lease go, or with what `lead` fails with.
   */
  async run(signal: AbortSignal, lead: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { clock, logger } = this.#options;
    while (!signal.aborted) {
      // oxlint-disable-next-line no-await-in-loop -- one attempt after the other
      if (await this.#reach(signal)) {
        logger.info("leads", { identity: this.#options.identity });
        // oxlint-disable-next-line no-await-in-loop -- one term after the other
        await this.#term(signal, lead);
        logger.info("leads no more", { identity: this.#options.identity, holder: this.#holder });
        continue;
      }
      // oxlint-disable-next-line no-await-in-loop -- the pause between two attempts
      await clock.sleep(this.#jittered(this.#times.renewMs), signal).catch(() => undefined);
    }
  }

  async #term(signal: AbortSignal, lead: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const lost = new AbortController();
    const ended = new AbortController();
    const working = lead(AbortSignal.any([signal, lost.signal])).finally(() => ended.abort());
    const renewing = this.#renew(AbortSignal.any([signal, ended.signal]), lost);
    try {
      await working;
    } catch (error) {
      if (!lost.signal.aborted && !signal.aborted) throw error;
    } finally {
      ended.abort();
      await renewing;
      if (!lost.signal.aborted) await this.#release();
      this.#leadsUntilMs = Number.NEGATIVE_INFINITY;
    }
  }

  /** Renews until `signal`; aborts `lost` as soon as the lease is no longer ours, or can no longer be taken for ours. */
  async #renew(signal: AbortSignal, lost: AbortController): Promise<void> {
    const { clock, monotonicMs } = this.#options;
    const lose = () => {
      this.#leadsUntilMs = Number.NEGATIVE_INFINITY;
      if (!lost.signal.aborted) lost.abort(new AppError("watchdog.lease-lost", { holder: this.#holder ?? "" }));
    };
    const stop = AbortSignal.any([signal, lost.signal]);
    let pauseMs = this.#times.renewMs;
    while (!stop.aborted) {
      // A request that hangs must not make the term longer.
      const cancel = clock.after(Math.max(0, this.#leadsUntilMs - monotonicMs()), lose);
      // oxlint-disable-next-line no-await-in-loop -- the pause between two renewals
      await clock.sleep(this.#jittered(pauseMs), stop).catch(() => undefined);
      // oxlint-disable-next-line no-await-in-loop -- one renewal after the other
      const kept = stop.aborted || (await this.#reach(stop));
      cancel();
      if (stop.aborted) return;
      const others = this.#holder !== null && this.#holder !== this.#options.identity;
      if (!kept && (others || !this.holds())) lose();
      pauseMs = kept ? this.#times.renewMs : this.#times.retryMs;
    }
  }

  /** Takes or renews the lease if it is there to be had. Whatever fails is an attempt that did not succeed. */
  async #reach(signal: AbortSignal): Promise<boolean> {
    const { store, identity, monotonicMs, logger } = this.#options;
    const beganMs = monotonicMs();
    try {
      const lease = await store.read(signal);
      this.#observe(lease);
      this.#attempts += 1;
      if (lease === null) {
        this.#observe(await store.create(this.#spec(null), signal));
      } else {
        const holder = lease.spec.holderIdentity ?? "";
        if (holder !== "" && holder !== identity && !this.#ranOut(lease.spec)) return false;
        this.#observe(await store.update({ ...lease, spec: this.#spec(lease.spec) }, signal));
      }
    } catch (error) {
      if (signal.aborted) return false;
      if (isAppError(error)) logger.warn("the lease could not be had", { code: error.code, identity });
      else logger.error("the lease could not be had", error, { identity });
      return false;
    }
    if (signal.aborted) return false;
    // From when it was begun: the answer may have been long on its way.
    this.#leadsUntilMs = beganMs + this.#times.renewWithinMs;
    return true;
  }

  #observe(lease: Lease | null): void {
    const record = JSON.stringify(lease?.spec ?? null);
    this.#holder = lease?.spec.holderIdentity ?? null;
    if (this.#observed?.record === record) return;
    this.#observed = { record, atMs: this.#options.monotonicMs() };
  }

  #ranOut({ leaseDurationSeconds }: LeaseSpec): boolean {
    const respectedMs = Math.min(MOST_RESPECTED_MS, Math.max(1, leaseDurationSeconds) * 1_000);
    return this.#options.monotonicMs() - (this.#observed?.atMs ?? 0) >= respectedMs;
  }

  #spec(before: LeaseSpec | null): LeaseSpec {
    const { identity, clock } = this.#options;
    const now = microTime(clock.nowMs());
    const mine = before?.holderIdentity === identity;
    return {
      holderIdentity: identity,
      leaseDurationSeconds: Math.max(1, Math.ceil(this.#times.durationMs / 1_000)),
      acquireTime: mine ? (before.acquireTime ?? now) : now,
      renewTime: now,
      leaseTransitions: (before?.leaseTransitions ?? -1) + (mine ? 0 : 1),
    };
  }

  /** So that the next one need not wait; what fails here runs out by itself. */
  async #release(): Promise<void> {
    const { store, clock, identity, logger } = this.#options;
    this.#leadsUntilMs = Number.NEGATIVE_INFINITY;
    const tooLate = new AbortController();
    const cancel = clock.after(RELEASE_WITHIN_MS, () => tooLate.abort());
    try {
      const lease = await store.read(tooLate.signal);
      if (lease?.spec.holderIdentity !== identity) return;
      const { holderIdentity: _left, ...rest } = lease.spec;
      // No holder at all: an empty one is refused by newer API servers.
      const spec = { ...rest, leaseDurationSeconds: 1, renewTime: microTime(clock.nowMs()) };
      this.#observe(await store.update({ ...lease, spec }, tooLate.signal));
    } catch (error) {
      if (isAppError(error)) logger.warn("the lease could not be let go; it runs out", { code: error.code, identity });
      else logger.error("the lease could not be let go; it runs out", error, { identity });
    } finally {
      cancel();
    }
  }

  #jittered(ms: number): number {
    return ms * (1 + JITTER * this.#options.random());
  }
}

/** RFC 3339 with microseconds, as `meta/v1 MicroTime` wants it. */
function microTime(ms: number): string {
  return new Date(ms).toISOString().replace("Z", "000Z");
}
