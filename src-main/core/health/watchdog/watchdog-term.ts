import { isAppError } from "../../../../src-shared/errors/app-error.ts";
import type { Clock } from "../../common/clock.ts";
import type { Logger } from "../../common/logger.ts";
import { GrayFailureDetector } from "../detection/gray-failure-detector.ts";
import type { RingMember } from "../detection/scrape.ts";
import type { RoundSource } from "../scraping/round-source.ts";
import type { RoundReport } from "../scraping/scraper.ts";
import { conditionMessage } from "./condition-message.ts";
import type { GateCondition } from "./gate-condition.ts";
import { Isolation, type IngesterView, type IsolationDecision, type IsolationRules } from "./isolation.ts";
import { VerdictTally } from "./verdict-tally.ts";
import type { ClusterSnapshot, GatedPod, WatchdogCluster } from "./watchdog-cluster.ts";
import type { WatchdogMetrics } from "./watchdog-metrics.ts";

/** A condition that was changed, or would have been in a dry run. */
export interface ConditionEvent {
  readonly atMs: number;
  readonly pod: string;
  readonly status: "True" | "False";
  readonly reason: string;
  readonly message: string;
  readonly dryRun: boolean;
}

export interface WatchdogTermOptions {
  readonly cluster: WatchdogCluster;
  readonly rounds: RoundSource;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: WatchdogMetrics;
  readonly rules?: Partial<IsolationRules>;
  readonly dryRun: boolean;
  /** Asked before each change. */
  readonly mayAct: () => boolean;
  readonly onChange: (event: ConditionEvent) => void | Promise<void>;
}

const REPLICATION_METRIC = "loki_distributor_replication_factor";

/** The watchdog from the moment it leads until it does no more: it begins knowing nothing. */
export class WatchdogTerm {
  readonly #options: WatchdogTermOptions;
  readonly #detector = new GrayFailureDetector();
  readonly #tally = new VerdictTally();
  readonly #isolation: Isolation;
  #replicationFactor: number | null = null;
  #refused = "";
  #gated: number | null = null;
  /** Of a dry run, by uid: what would stand there, so that a change is told once and not in every round. */
  readonly #imagined = new Map<string, GateCondition>();

  constructor(options: WatchdogTermOptions) {
    this.#options = options;
    this.#isolation = new Isolation(options.rules);
  }

  /** Round after round until the signal. A round that fails changes nothing. */
  async run(signal: AbortSignal): Promise<void> {
    const { metrics, logger } = this.#options;
    for await (const report of this.#options.rounds.rounds(signal)) {
      try {
        await this.#round(report, signal);
      } catch (error) {
        if (signal.aborted) return;
        metrics.failedRound(report.round.atMs);
        if (!isAppError(error)) throw error;
        logger.warn("a round came to nothing", { code: error.code, ...error.params });
      }
    }
  }

  async #round(report: RoundReport, signal: AbortSignal): Promise<void> {
    const { cluster, metrics, clock } = this.#options;
    const { round, targets, tookMs } = report;
    this.#tally.round(round.scrapes, this.#detector.round(round));
    this.#replicationFactor = replicationFactorOf(report) ?? this.#replicationFactor;
    const snapshot = await cluster.snapshot(signal);
    const ingesters = this.#ingesters(snapshot, round.ring);
    const { decisions, refused } = this.#isolation.round({
      nowMs: clock.nowMs(),
      ingesters,
      missingPods: snapshot.rollout?.missingPods ?? 0,
      causes: this.#tally.causes,
      replicationFactor: this.#replicationFactor,
      budgets: snapshot.budgets,
      rollingOut: snapshot.rollout?.running ?? null,
    });
    this.#tellRefused(refused);
    const gated = ingesters.filter((one) => one.gated).length;
    this.#tellGated(gated, ingesters.length);
    const out = new Set(ingesters.filter(({ condition }) => condition?.status === "False").map(({ name }) => name));
    for (const decision of decisions) {
      // oxlint-disable-next-line no-await-in-loop -- one change at a time, each only while this process leads
      if (!(await this.#apply(decision, ingesters, signal))) continue;
      if (decision.status === "False") out.add(decision.pod);
      else out.delete(decision.pod);
    }
    metrics.round({
      atMs: round.atMs,
      tookMs,
      targets,
      verdicts: this.#tally.verdicts,
      causes: this.#tally.causes.map(({ kind }) => kind),
      gated,
      out: out.size,
      refused: refused.map(({ why }) => why),
    });
  }

  #ingesters({ ingesters }: ClusterSnapshot, ring: readonly RingMember[] | null): IngesterView[] {
    const judged = new Map(this.#tally.verdicts.map((verdict) => [verdict.instance, verdict]));
    return ingesters.map(({ pod, gated, condition }: GatedPod) => {
      const member = ring?.find(({ id }) => id === pod.name);
      const zone = member?.zone ?? pod.labels["topology.kubernetes.io/zone"] ?? "";
      return {
        name: pod.name,
        uid: pod.uid,
        gated,
        condition: this.#imagined.get(pod.uid) ?? condition,
        ready: pod.ready,
        terminating: pod.terminating,
        verdict: judged.get(pod.name)?.verdict ?? "unknown",
        evidence: judged.get(pod.name)?.evidence ?? [],
        zone: zone === "" ? null : zone,
        ringState: ring === null ? null : (member?.state ?? ""),
      };
    });
  }

  async #apply(decision: IsolationDecision, ingesters: readonly IngesterView[], signal: AbortSignal): Promise<boolean> {
    const { cluster, clock, logger, metrics, mayAct, dryRun, onChange } = this.#options;
    const { pod, uid, status, reason, transition } = decision;
    if (signal.aborted || !mayAct()) return false;
    const atMs = clock.nowMs();
    const message = conditionMessage(decision, ingesters.length - 1);
    const because = reason === null ? null : { reason, message };
    try {
      if (dryRun) this.#imagine(decision, message, atMs);
      else await cluster.setCondition(pod, { uid, status, because, atMs, transition }, signal);
    } catch (error) {
      if (signal.aborted || !isAppError(error)) throw error;
      metrics.patchFailed();
      logger.warn("a condition could not be written", { pod, status, code: error.code, ...error.params });
      return false;
    }
    if (!transition) return true;
    if (status === "False") this.#isolation.tookOut(atMs);
    metrics.changed(status);
    await onChange({ atMs, pod, status, reason: reason ?? "", message, dryRun });
    return true;
  }

  #imagine({ uid, status, reason, transition }: IsolationDecision, message: string, atMs: number): void {
    const before = this.#imagined.get(uid);
    const changedAtMs = transition ? atMs : (before?.changedAtMs ?? null);
    this.#imagined.set(uid, { status, reason: reason ?? before?.reason ?? "", message, changedAtMs, probedAtMs: atMs });
  }

  #tellGated(gated: number, ingesters: number): void {
    if (gated === this.#gated) return;
    this.#gated = gated;
    const { logger } = this.#options;
    if (gated === 0) logger.warn("no ingester has the readiness gate: there is nothing to act on", { ingesters });
    else logger.info("ingesters with the readiness gate", { gated, ingesters });
  }

  /** Once for each time that it changes, not in every round. */
  #tellRefused(refused: readonly { readonly pod: string; readonly why: string }[]): void {
    const told = JSON.stringify(refused);
    if (told === this.#refused) return;
    this.#refused = told;
    for (const { pod, why } of refused) this.#options.logger.info("a gray ingester is left in", { pod, why });
  }
}

/** As distributors tell it; where they differ, during a change, the smaller one asks for more care. */
function replicationFactorOf({ round }: RoundReport): number | null {
  const told = round.scrapes
    .flatMap(({ series }) => series?.[REPLICATION_METRIC] ?? [])
    .filter((factor) => factor >= 1);
  return told.length === 0 ? null : Math.min(...told);
}
