import type { Clock } from "../../common/clock.ts";
import type { Logger } from "../../common/logger.ts";
import type { RoundSource } from "../scraping/round-source.ts";
import type { IsolationRules } from "./isolation.ts";
import { LeaseElection, type LeaseTimes } from "./lease-election.ts";
import type { LeaseStore } from "./lease.ts";
import type { WatchdogCluster } from "./watchdog-cluster.ts";
import { WatchdogMetrics } from "./watchdog-metrics.ts";
import { WatchdogTerm, type ConditionEvent } from "./watchdog-term.ts";

export interface WatchdogRunOptions {
  readonly cluster: WatchdogCluster;
  /** Made anew for each term: nothing is remembered from one to the next. */
  readonly rounds: () => Promise<RoundSource>;
  readonly lease: LeaseStore;
  readonly identity: string;
  readonly clock: Clock;
  readonly monotonicMs: () => number;
  readonly random: () => number;
  readonly logger: Logger;
  readonly intervalMs: number;
  readonly rules?: Partial<IsolationRules>;
  readonly leaseTimes?: Partial<LeaseTimes>;
  /** Says what it would do; takes no lease and changes nothing. */
  readonly dryRun: boolean;
  readonly onChange: (event: ConditionEvent) => void | Promise<void>;
}

/** Rounds that may be missed before a leader counts as stuck. */
const MISSED_ROUNDS = 5;
const STUCK_AFTER_MS = 120_000;

/**
 * The detector run headless: of all watchdogs of one Loki the one that holds the Lease judges its ingesters and sets the
 * condition that their readiness gates wait for. When it stops it leaves the conditions as they are.
 */
export class Watchdog {
  readonly #options: WatchdogRunOptions;
  readonly #metrics = new WatchdogMetrics();
  readonly #election: LeaseElection;
  #leadsSinceMs: number | null = null;

  constructor(options: WatchdogRunOptions) {
    this.#options = options;
    const { lease, identity, clock, monotonicMs, random, logger, leaseTimes } = options;
    this.#election = new LeaseElection({
      store: lease,
      identity,
      clock,
      monotonicMs,
      random,
      logger,
      ...(leaseTimes === undefined ? {} : { times: leaseTimes }),
    });
  }

  /** Until the signal. Rejects only for a fault of the program. */
  async run(signal: AbortSignal): Promise<void> {
    if (this.#options.dryRun) await this.#lead(signal);
    else await this.#election.run(signal, (term) => this.#lead(term));
  }

  get leads(): boolean {
    return this.#options.dryRun ? this.#leadsSinceMs !== null : this.#election.holds();
  }

  metricsText(): string {
    return this.#metrics.text(this.leads);
  }

  /** A standby is healthy; a leader while its rounds end. */
  healthy(): boolean {
    if (this.#leadsSinceMs === null) return true;
    const lastMs = Math.max(this.#leadsSinceMs, this.#metrics.lastEndedMs ?? 0);
    const mayTakeMs = Math.max(STUCK_AFTER_MS, MISSED_ROUNDS * this.#options.intervalMs);
    return Math.abs(this.#options.clock.nowMs() - lastMs) < mayTakeMs;
  }

  /** A leader that has seen a round, or a standby that has read the lease. */
  ready(): boolean {
    return this.#leadsSinceMs === null ? this.#election.attempts > 0 : this.#metrics.hasRound;
  }

  async #lead(signal: AbortSignal): Promise<void> {
    const { cluster, rounds, clock, logger, rules, dryRun, onChange } = this.#options;
    this.#leadsSinceMs = clock.nowMs();
    this.#metrics.leads(true);
    try {
      const term = new WatchdogTerm({
        cluster,
        rounds: await rounds(),
        clock,
        logger,
        metrics: this.#metrics,
        ...(rules === undefined ? {} : { rules }),
        dryRun,
        mayAct: () => dryRun || this.#election.holds(),
        onChange,
      });
      await term.run(signal);
    } finally {
      this.#leadsSinceMs = null;
      this.#metrics.leads(false);
    }
  }
}
