import type { Evidence } from "../../src-shared/model/health/verdict.ts";
import type { GateCondition } from "../../src-main/core/health/watchdog/gate-condition.ts";
import {
  Isolation,
  type IngesterView,
  type IsolationOutcome,
  type IsolationRules,
  type IsolationView,
} from "../../src-main/core/health/watchdog/isolation.ts";

export const START = Date.UTC(2026, 10, 22, 12);
export const ROUND_MS = 15_000;
export const MINUTE_MS = 60_000;

export const slowPuts: Evidence = {
  kind: "put-slow",
  metric: "loki_s3_request_duration_seconds",
  unit: "seconds",
  own: 2,
  matesMedian: 0.015,
  spread: 0.001,
  score: 40,
  sinceMs: START,
  params: {},
};

export function condition(status: GateCondition["status"], more: Partial<GateCondition> = {}): GateCondition {
  return { status, reason: "FirstSeen", message: "", changedAtMs: START - 86_400_000, probedAtMs: START, ...more };
}

export function ingester(name: string, more: Partial<IngesterView> = {}): IngesterView {
  return {
    name,
    uid: `uid-${name}`,
    gated: true,
    condition: condition("True"),
    ready: true,
    terminating: false,
    verdict: "healthy",
    evidence: [],
    zone: null,
    ringState: "ACTIVE",
    ...more,
  };
}

export const gray = { verdict: "gray", evidence: [slowPuts] } as const;

/** A cluster and its watchdog: decisions are carried out, as the API server would. */
export class Drill {
  readonly isolation: Isolation;
  nowMs = START;
  view: Omit<IsolationView, "nowMs">;

  constructor(ingesters: readonly IngesterView[], rules: Partial<IsolationRules> = {}) {
    this.isolation = new Isolation(rules);
    this.view = {
      ingesters,
      missingPods: 0,
      causes: [],
      replicationFactor: 3,
      budgets: [],
      rollingOut: false,
    };
  }

  set(name: string, more: Partial<IngesterView>): void {
    const ingesters = this.view.ingesters.map((one) => (one.name === name ? { ...one, ...more } : one));
    this.view = { ...this.view, ingesters };
  }

  round(): IsolationOutcome {
    const outcome = this.isolation.round({ ...this.view, nowMs: this.nowMs });
    for (const { pod, status, reason, transition } of outcome.decisions) {
      const before = this.view.ingesters.find(({ name }) => name === pod)?.condition;
      const changedAtMs = transition ? this.nowMs : (before?.changedAtMs ?? null);
      const next = { status, reason: reason ?? before?.reason ?? "", message: "", changedAtMs, probedAtMs: this.nowMs };
      this.set(pod, { condition: next, ...(transition ? { ready: status === "True" } : {}) });
      if (transition && status === "False") this.isolation.tookOut(this.nowMs);
    }
    this.nowMs += ROUND_MS;
    return outcome;
  }

  rounds(count: number): IsolationOutcome[] {
    return Array.from({ length: count }, () => this.round());
  }

  get out(): string[] {
    return this.view.ingesters.filter((one) => one.condition?.status === "False").map(({ name }) => name);
  }

  /** Why the last round left somebody in. */
  why(): Record<string, string> {
    const outcome = this.round();
    return Object.fromEntries(outcome.refused.map(({ pod, why }) => [pod, why]));
  }
}

export function three(first: Partial<IngesterView> = gray): IngesterView[] {
  return [ingester("ingester-0", first), ingester("ingester-1"), ingester("ingester-2")];
}
