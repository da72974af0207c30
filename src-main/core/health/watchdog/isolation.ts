import type { CommonCause, Evidence, Verdict } from "../../../../src-shared/model/health/verdict.ts";
import type { ConditionReason, GateCondition } from "./gate-condition.ts";
import { mayBeMissing, type MateView } from "./mates.ts";

/*
 * When an ingester is taken out, and when it is put back. Fail-safe: what is not known counts for leaving it in, and
 * nothing but a gray verdict that lasts, here and now, keeps one out.
 *
 * Out goes at most one, when: it was gray for `grayRounds` rounds in a row; this watchdog leads for `settleRounds`; no
 * common cause is seen; two mates at least are judged; no other ingester is out; those that are not in order, with this
 * one, are fewer than would cost the quorum, and all of one zone; every PodDisruptionBudget over it allows a disruption;
 * no rollout of ingesters runs; and not more than `maxTakenOutAnHour` were taken out in the last hour.
 *
 * Back comes whoever is no longer gray, or is gray and can no longer be spared, or cannot be judged. Only a watchdog that
 * has just begun to lead, and so knows nothing, leaves one out that another watchdog saw gray less than `heldMs` ago. That is
 * the condition's time to live: a watchdog that came and went does not renew it.
 */
export interface IsolationRules {
  readonly grayRounds: number;
  readonly settleRounds: number;
  readonly settleMs: number;
  readonly maxTakenOutAnHour: number;
  readonly heldMs: number;
  readonly heartbeatMs: number;
}

export const ISOLATION_RULES: IsolationRules = {
  grayRounds: 2,
  settleRounds: 4,
  settleMs: 90_000,
  maxTakenOutAnHour: 4,
  heldMs: 10 * 60_000,
  heartbeatMs: 3 * 60_000,
};

export interface IngesterView extends MateView {
  readonly uid: string;
  /** Whether its pod has the readiness gate. */
  readonly gated: boolean;
  readonly condition: GateCondition | null;
  /** `unknown` for one that was not asked in this round. */
  readonly verdict: Verdict;
  readonly evidence: readonly Evidence[];
}

export interface BudgetView {
  readonly name: string;
  /** By name. */
  readonly pods: ReadonlySet<string>;
  /** `null` while its controller has not seen the newest spec. */
  readonly disruptionsAllowed: number | null;
}

/** All that a decision is made of, after one round. `null` is what could not be found out. */
export interface IsolationView {
  readonly nowMs: number;
  readonly ingesters: readonly IngesterView[];
  /** Pods that the StatefulSets ask for and that are not there. */
  readonly missingPods: number;
  readonly causes: readonly CommonCause[];
  readonly replicationFactor: number | null;
  readonly budgets: readonly BudgetView[] | null;
  readonly rollingOut: boolean | null;
}

export const REFUSALS = [
  "settling",
  "common-cause",
  "few-mates",
  "another-out",
  "replication-unknown",
  "others-unavailable",
  "budget-unknown",
  "budget-exhausted",
  "rollout-unknown",
  "rollout-running",
  "too-often",
] as const;
export type Refusal = (typeof REFUSALS)[number];

export interface IsolationDecision {
  readonly pod: string;
  readonly uid: string;
  readonly status: "True" | "False";
  /** `null`: reason and message stay as they are. */
  readonly reason: ConditionReason | null;
  readonly evidence: readonly Evidence[];
  /** Else only the time of the last look is renewed. */
  readonly transition: boolean;
}

export interface IsolationOutcome {
  readonly decisions: readonly IsolationDecision[];
  /** Gray ones that stay in, and why. */
  readonly refused: readonly { readonly pod: string; readonly why: Refusal }[];
}

const HOUR_MS = 3_600_000;
const MIN_MATES = 2;

/** The decisions of one watchdog from the moment it leads. Sends nothing; who sends tells what was done. */
export class Isolation {
  readonly #rules: IsolationRules;
  readonly #grayRounds = new Map<string, number>();
  #takenOutAtMs: number[] | null = null;
  #firstRoundMs: number | null = null;
  #rounds = 0;

  constructor(rules: Partial<IsolationRules> = {}) {
    this.#rules = { ...ISOLATION_RULES, ...rules };
  }

  round(view: IsolationView): IsolationOutcome {
    this.#rounds += 1;
    this.#firstRoundMs ??= view.nowMs;
    // What another watchdog did in the last hour counts too, as far as the pods still tell it.
    this.#takenOutAtMs ??= view.ingesters.flatMap(({ condition }) => pastTakeOut(condition) ?? []);
    this.#count(view);
    const out = view.ingesters.filter(isOut);
    const [kept] = out.toSorted((a, b) => (a.condition?.changedAtMs ?? 0) - (b.condition?.changedAtMs ?? 0));
    const decisions = view.ingesters.flatMap((one) => {
      if (!one.gated || one.terminating) return [];
      if (one.condition === null || one.condition.status === "Unknown") return [change(one, "True", "FirstSeen")];
      if (isOut(one)) return this.#whileOut(one, view, one === kept);
      return this.#heartbeat(one, view.nowMs) ? [change(one, "True", null)] : [];
    });
    const candidates = view.ingesters
      .filter((one) => one.gated && !one.terminating && one.condition?.status === "True")
      .filter(({ name }) => (this.#grayRounds.get(name) ?? 0) >= this.#rules.grayRounds)
      .toSorted((a, b) => worst(b) - worst(a) || (a.name < b.name ? -1 : 1));
    const refused: { pod: string; why: Refusal }[] = [];
    let chosen: IngesterView | null = null;
    for (const one of candidates) {
      const why = chosen === null ? this.#refusal(one, view, out.length > 0) : "another-out";
      if (why === null) chosen = one;
      else refused.push({ pod: one.name, why });
    }
    if (chosen === null) return { decisions, refused };
    const others = decisions.filter(({ pod }) => pod !== chosen.name);
    return { decisions: [...others, change(chosen, "False", "GrayFailure")], refused };
  }

  /** To be told of every pod that was in fact taken out. */
  tookOut(atMs: number): void {
    this.#takenOutAtMs = [...(this.#takenOutAtMs ?? []), atMs];
  }

  #count({ ingesters }: IsolationView): void {
    const names = new Set(ingesters.map(({ name }) => name));
    for (const name of this.#grayRounds.keys()) if (!names.has(name)) this.#grayRounds.delete(name);
    for (const { name, verdict } of ingesters) {
      this.#grayRounds.set(name, verdict === "gray" ? (this.#grayRounds.get(name) ?? 0) + 1 : 0);
    }
  }

  #whileOut(one: IngesterView, view: IsolationView, first: boolean): IsolationDecision[] {
    if (!first) return [change(one, "True", "OnlyOne")];
    const { nowMs, causes } = view;
    if (one.verdict !== "gray") {
      if (this.#knowsNothing(nowMs) && isFresh(one.condition, nowMs, this.#rules.heldMs)) return [];
      const known = one.verdict === "healthy" || one.verdict === "degraded";
      return [change(one, "True", known ? "Recovered" : "NotJudged")];
    }
    if (causes.length > 0) return [change(one, "True", "CommonCause")];
    if (judgedMates(one, view) < MIN_MATES) return [change(one, "True", "FewMates")];
    if (!canBeSpared(one, view)) return [change(one, "True", "OthersUnavailable")];
    return this.#heartbeat(one, nowMs) ? [change(one, "False", "GrayFailure")] : [];
  }

  #refusal(one: IngesterView, view: IsolationView, anotherOut: boolean): Refusal | null {
    const { nowMs, causes, replicationFactor, budgets, rollingOut } = view;
    if (this.#rounds < this.#rules.settleRounds) return "settling";
    if (causes.length > 0) return "common-cause";
    if (judgedMates(one, view) < MIN_MATES) return "few-mates";
    if (anotherOut) return "another-out";
    if (replicationFactor === null) return "replication-unknown";
    if (!canBeSpared(one, view)) return "others-unavailable";
    if (budgets === null) return "budget-unknown";
    for (const { pods, disruptionsAllowed } of budgets) {
      if (!pods.has(one.name)) continue;
      if (disruptionsAllowed === null) return "budget-unknown";
      if (disruptionsAllowed < 1) return "budget-exhausted";
    }
    if (rollingOut === null) return "rollout-unknown";
    if (rollingOut) return "rollout-running";
    const lastHour = (this.#takenOutAtMs ?? []).filter((atMs) => nowMs - atMs < HOUR_MS);
    this.#takenOutAtMs = lastHour;
    return lastHour.length >= this.#rules.maxTakenOutAnHour ? "too-often" : null;
  }

  #knowsNothing(nowMs: number): boolean {
    const { settleRounds, settleMs } = this.#rules;
    return this.#rounds < settleRounds || nowMs - (this.#firstRoundMs ?? nowMs) < settleMs;
  }

  #heartbeat({ condition }: IngesterView, nowMs: number): boolean {
    const atMs = condition?.probedAtMs ?? null;
    return atMs === null || Math.abs(nowMs - atMs) >= this.#rules.heartbeatMs;
  }
}

function isOut({ gated, condition }: IngesterView): boolean {
  return gated && condition?.status === "False";
}

function change(
  one: IngesterView,
  status: IsolationDecision["status"],
  reason: ConditionReason | null,
): IsolationDecision {
  const { name, uid, evidence, condition } = one;
  const transition = condition?.status !== status;
  return { pod: name, uid, status, reason, evidence: status === "False" ? evidence : [], transition };
}

/** Seen less than that ago; a time to come is as far off as one that is past. */
function isFresh(condition: GateCondition | null, nowMs: number, heldMs: number): boolean {
  const atMs = condition?.probedAtMs ?? condition?.changedAtMs ?? null;
  return atMs !== null && Math.abs(nowMs - atMs) < heldMs;
}

/** When it was taken out, or later: when it was put back after that. */
function pastTakeOut(condition: GateCondition | null): number | null {
  return condition === null || condition.reason === "FirstSeen" ? null : condition.changedAtMs;
}

function judgedMates(one: IngesterView, { ingesters }: IsolationView): number {
  return ingesters.filter((mate) => mate !== one && mate.verdict !== "unknown" && mate.verdict !== "down").length;
}

function worst({ evidence }: IngesterView): number {
  return Math.max(0, ...evidence.map(({ score }) => score ?? 0));
}

function canBeSpared(one: IngesterView, { ingesters, missingPods, replicationFactor }: IsolationView): boolean {
  // Of one that is out already it is known that it could be spared; without the factor nobody knows that it still can.
  if (replicationFactor === null) return false;
  const mates = ingesters.filter((mate) => mate !== one);
  return mayBeMissing(one, mates, missingPods, replicationFactor);
}
