import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Evidence } from "../../../src-shared/model/health/verdict.ts";
import type { GateCondition } from "../../../src-main/core/health/watchdog/gate-condition.ts";
import {
  Isolation,
  ISOLATION_RULES,
  type IngesterView,
  type IsolationOutcome,
  type IsolationRules,
  type IsolationView,
} from "../../../src-main/core/health/watchdog/isolation.ts";

const START = Date.UTC(2026, 10, 22, 12);
const ROUND_MS = 15_000;
const MINUTE_MS = 60_000;

const slowPuts: Evidence = {
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

function condition(status: GateCondition["status"], more: Partial<GateCondition> = {}): GateCondition {
  return { status, reason: "FirstSeen", message: "", changedAtMs: START - 86_400_000, probedAtMs: START, ...more };
}

function ingester(name: string, more: Partial<IngesterView> = {}): IngesterView {
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

const gray = { verdict: "gray", evidence: [slowPuts] } as const;

/** A cluster and its watchdog: decisions are carried out, as the API server would. */
class Drill {
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

function three(first: Partial<IngesterView> = gray): IngesterView[] {
  return [ingester("ingester-0", first), ingester("ingester-1"), ingester("ingester-2")];
}

describe("taking an ingester out", () => {
  it("happens for a gray verdict, with its evidence, once the watchdog has led for its rounds", () => {
    const drill = new Drill(three());
    const outcomes = drill.rounds(ISOLATION_RULES.settleRounds);
    expect(outcomes.slice(0, -1).flatMap(({ decisions }) => decisions)).toEqual([]);
    expect(outcomes.slice(1, -1).map(({ refused }) => refused)).toEqual([
      [{ pod: "ingester-0", why: "settling" }],
      [{ pod: "ingester-0", why: "settling" }],
    ]);
    expect(outcomes.at(-1)?.decisions).toEqual([
      {
        pod: "ingester-0",
        uid: "uid-ingester-0",
        status: "False",
        reason: "GrayFailure",
        evidence: [slowPuts],
        transition: true,
      },
    ]);
  });

  it("does not happen for a verdict of one round", () => {
    const drill = new Drill(three({}));
    drill.rounds(10);
    for (let spell = 0; spell < 5; spell++) {
      drill.set("ingester-0", gray);
      drill.round();
      drill.set("ingester-0", { verdict: "healthy", evidence: [] });
      drill.round();
    }
    expect(drill.out).toEqual([]);
  });

  it.each(["down", "degraded", "unknown", "healthy"] as const)("does not happen for one that is %s", (verdict) => {
    const drill = new Drill(three({ verdict }));
    drill.rounds(20);
    expect(drill.out).toEqual([]);
  });

  it("does not happen to a pod without the gate, nor to one that ends", () => {
    const drill = new Drill(three({ ...gray, gated: false, condition: null }));
    drill.rounds(10);
    expect(drill.out).toEqual([]);
    const ending = new Drill(three({ ...gray, terminating: true }));
    ending.rounds(10);
    expect(ending.out).toEqual([]);
  });

  it("takes one of two that are gray, the worse one, and the other only after it is back", () => {
    const worse = { ...slowPuts, score: 90 };
    const drill = new Drill([
      ingester("ingester-0", gray),
      ingester("ingester-1", { verdict: "gray", evidence: [worse] }),
      ingester("ingester-2"),
      ingester("ingester-3"),
    ]);
    drill.rounds(10);
    expect(drill.out).toEqual(["ingester-1"]);
    expect(drill.why()).toEqual({ "ingester-0": "another-out" });
    drill.set("ingester-1", { verdict: "healthy", evidence: [] });
    drill.round();
    expect(drill.out).toEqual([]);
    drill.round();
    expect(drill.out).toEqual(["ingester-0"]);
  });

  const refusals: readonly [string, string, (drill: Drill) => void][] = [
    [
      "while a common cause is seen",
      "common-cause",
      (drill) => {
        const cause = { kind: "object-store-outage", tenant: null, metric: "m", value: 1, before: 0 } as const;
        drill.view = { ...drill.view, causes: [cause] };
      },
    ],
    ["with one mate that is judged", "few-mates", (drill) => drill.set("ingester-1", { verdict: "unknown" })],
    [
      "when nobody tells the replication factor",
      "replication-unknown",
      (drill) => (drill.view = { ...drill.view, replicationFactor: null }),
    ],
    [
      "where every replica is needed for a quorum",
      "others-unavailable",
      (drill) => (drill.view = { ...drill.view, replicationFactor: 2 }),
    ],
    ["when a mate is not ready", "others-unavailable", (drill) => drill.set("ingester-2", { ready: false })],
    ["when a mate ends", "others-unavailable", (drill) => drill.set("ingester-2", { terminating: true })],
    ["when a mate leaves the ring", "others-unavailable", (drill) => drill.set("ingester-2", { ringState: "LEAVING" })],
    ["when a mate is not in the ring", "others-unavailable", (drill) => drill.set("ingester-2", { ringState: "" })],
    [
      "when a pod that is wanted is not there",
      "others-unavailable",
      (drill) => (drill.view = { ...drill.view, missingPods: 1 }),
    ],
    ["when budgets may not be read", "budget-unknown", (drill) => (drill.view = { ...drill.view, budgets: null })],
    [
      "when a budget over it is exhausted",
      "budget-exhausted",
      (drill) => {
        const pods = new Set(["ingester-0", "ingester-1"]);
        drill.view = { ...drill.view, budgets: [{ name: "pdb", pods, disruptionsAllowed: 0 }] };
      },
    ],
    [
      "when a budget over it is not up to date",
      "budget-unknown",
      (drill) => {
        const pods = new Set(["ingester-0"]);
        drill.view = { ...drill.view, budgets: [{ name: "pdb", pods, disruptionsAllowed: null }] };
      },
    ],
    ["during a rollout", "rollout-running", (drill) => (drill.view = { ...drill.view, rollingOut: true })],
    [
      "when StatefulSets may not be read",
      "rollout-unknown",
      (drill) => (drill.view = { ...drill.view, rollingOut: null }),
    ],
  ];
  it.each(refusals)("does not happen %s (%s)", (_when, why, change) => {
    const drill = new Drill(three());
    change(drill);
    drill.rounds(10);
    expect(drill.out).toEqual([]);
    expect(drill.why()).toEqual({ "ingester-0": why });
  });

  it("is not hindered by a budget over other pods", () => {
    const drill = new Drill(three());
    const pods = new Set(["ingester-1"]);
    drill.view = { ...drill.view, budgets: [{ name: "pdb", pods, disruptionsAllowed: 0 }] };
    drill.rounds(5);
    expect(drill.out).toEqual(["ingester-0"]);
  });

  it("with zones only when those that are missing are of its own", () => {
    const zoned = (missing: number) =>
      Array.from({ length: 10 }, (_, index) =>
        ingester(`ingester-${index}`, {
          zone: `zone-${index % 5}`,
          ready: index !== missing,
          ...(index === 0 ? gray : {}),
        }),
      );
    const own = new Drill(zoned(5));
    own.view = { ...own.view, replicationFactor: 5 };
    own.rounds(5);
    expect(own.out).toEqual(["ingester-0"]);
    const other = new Drill(zoned(6));
    other.view = { ...other.view, replicationFactor: 5 };
    other.rounds(5);
    expect(other.why()).toEqual({ "ingester-0": "others-unavailable" });
  });

  it("happens four times an hour and no more, however often it flips", () => {
    const drill = new Drill(three({}));
    let takenOut = 0;
    while (drill.nowMs < START + 50 * MINUTE_MS) {
      drill.set("ingester-0", gray);
      const before = drill.out.length;
      drill.rounds(6);
      if (before === 0 && drill.out.length === 1) takenOut += 1;
      drill.set("ingester-0", { verdict: "healthy", evidence: [] });
      drill.rounds(2);
      expect(drill.out).toEqual([]);
    }
    expect(takenOut).toBe(ISOLATION_RULES.maxTakenOutAnHour);
    drill.set("ingester-0", gray);
    drill.rounds(5);
    expect(drill.why()).toEqual({ "ingester-0": "too-often" });
    drill.nowMs += 61 * MINUTE_MS;
    drill.round();
    expect(drill.out).toEqual(["ingester-0"]);
  });

  it("counts what a watchdog before it did in the last hour", () => {
    const recent = condition("True", { reason: "Recovered", changedAtMs: START - 10 * MINUTE_MS });
    const drill = new Drill(three({ ...gray, condition: recent }), { maxTakenOutAnHour: 1 });
    drill.rounds(6);
    expect(drill.why()).toEqual({ "ingester-0": "too-often" });
  });
});

describe("putting an ingester back", () => {
  function withOneOut(): Drill {
    const drill = new Drill(three());
    drill.rounds(10);
    expect(drill.out).toEqual(["ingester-0"]);
    return drill;
  }

  it.each([
    ["healthy", "Recovered"],
    ["degraded", "Recovered"],
    ["down", "NotJudged"],
    ["unknown", "NotJudged"],
  ] as const)("happens at once when it is %s", (verdict, reason) => {
    const drill = withOneOut();
    drill.set("ingester-0", { verdict, evidence: [] });
    expect(drill.round().decisions).toMatchObject([{ pod: "ingester-0", status: "True", reason }]);
    expect(drill.out).toEqual([]);
  });

  it("happens while it is still gray, when a common cause is seen, mates are no longer judged, or it is needed", () => {
    const cause = { kind: "tenant-storm", tenant: "acme", metric: "m", value: 1, before: 0 } as const;
    const caused = withOneOut();
    caused.view = { ...caused.view, causes: [cause] };
    expect(caused.round().decisions).toMatchObject([{ status: "True", reason: "CommonCause" }]);
    const alone = withOneOut();
    alone.set("ingester-1", { verdict: "unknown" });
    expect(alone.round().decisions).toMatchObject([{ status: "True", reason: "FewMates" }]);
    const needed = withOneOut();
    needed.set("ingester-1", { ready: false });
    expect(needed.round().decisions).toMatchObject([{ status: "True", reason: "OthersUnavailable" }]);
  });

  it("does not wait for a budget, a rollout, or the hour's limit: what keeps one in does not keep one out", () => {
    const drill = withOneOut();
    const pods = new Set(["ingester-0"]);
    const budgets = [{ name: "pdb", pods, disruptionsAllowed: 0 }];
    drill.view = { ...drill.view, budgets, rollingOut: true };
    drill.rounds(3);
    expect(drill.out).toEqual(["ingester-0"]);
    drill.set("ingester-0", { verdict: "healthy", evidence: [] });
    drill.round();
    expect(drill.out).toEqual([]);
  });

  it("leaves one alone where two are found out", () => {
    const out = (atMs: number) => ({
      ...gray,
      ready: false,
      condition: condition("False", { reason: "GrayFailure", changedAtMs: atMs }),
    });
    const drill = new Drill([
      ingester("ingester-0", out(START - MINUTE_MS)),
      ingester("ingester-1", out(START - 2 * MINUTE_MS)),
      ingester("ingester-2"),
      ingester("ingester-3"),
      ingester("ingester-4"),
    ]);
    drill.view = { ...drill.view, replicationFactor: 5 };
    expect(drill.round().decisions).toMatchObject([{ pod: "ingester-0", status: "True", reason: "OnlyOne" }]);
    expect(drill.out).toEqual(["ingester-1"]);
  });
});

describe("a watchdog that begins", () => {
  it("sets True at once where there is no condition, also on a pod that looks sick: a gate without one keeps it out", () => {
    const drill = new Drill(three({ verdict: "unknown", condition: null, ready: false }));
    expect(drill.round().decisions).toMatchObject([
      { pod: "ingester-0", status: "True", reason: "FirstSeen", transition: true },
    ]);
  });

  it("keeps one out that another saw gray a moment ago, until it can judge by itself", () => {
    const fresh = condition("False", { reason: "GrayFailure", probedAtMs: START - MINUTE_MS });
    const drill = new Drill(three({ condition: fresh, ready: false }));
    drill.rounds(5);
    expect(drill.out).toEqual(["ingester-0"]);
    expect(drill.view.ingesters[0]?.condition?.probedAtMs).toBe(START - MINUTE_MS);
    drill.rounds(3);
    expect(drill.out).toEqual([]);
  });

  it.each([
    ["nobody has confirmed for longer than its time to live", START - ISOLATION_RULES.heldMs],
    ["a clock far ahead wrote", START + 86_400_000],
    ["nobody says when it was written", null],
  ])("puts one back at once that %s", (_what, probedAtMs) => {
    const stale = condition("False", { reason: "GrayFailure", probedAtMs, changedAtMs: probedAtMs });
    const drill = new Drill(three({ condition: stale, ready: false }));
    expect(drill.round().decisions).toMatchObject([{ pod: "ingester-0", status: "True" }]);
  });

  it("that comes and goes again and again does not renew a condition", () => {
    let held = condition("False", { reason: "GrayFailure", probedAtMs: START });
    let rounds = 0;
    for (let nowMs = START; nowMs < START + 20 * MINUTE_MS; rounds++) {
      const drill = new Drill(three({ condition: held, ready: false, verdict: "healthy" }));
      drill.nowMs = nowMs;
      drill.rounds(2);
      nowMs = drill.nowMs;
      held = drill.view.ingesters[0]?.condition ?? held;
      if (held.status === "True") break;
    }
    expect(held.status).toBe("True");
    expect(rounds * 2 * ROUND_MS).toBeLessThanOrEqual(ISOLATION_RULES.heldMs);
  });
});

describe("a condition that stays", () => {
  it("is confirmed every few minutes and not in each round, without a new time of transition or another reason", () => {
    const drill = new Drill(three({ condition: condition("True", { reason: "Recovered" }) }));
    drill.set("ingester-0", { verdict: "healthy" });
    const hour = drill.rounds(240).flatMap(({ decisions }) => decisions);
    expect(hour.length).toBe(3 * 20 - 3);
    expect(hour.every(({ transition, reason }) => !transition && reason === null)).toBe(true);
    expect(drill.view.ingesters[0]?.condition).toMatchObject({
      reason: "Recovered",
      changedAtMs: START - 86_400_000,
    });
  });
});

describe("whatever happens", () => {
  const verdict = fc.constantFrom("healthy", "degraded", "gray", "down", "unknown" as const);
  const step = fc.record({
    verdicts: fc.array(verdict, { minLength: 6, maxLength: 6 }),
    ready: fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
    factor: fc.constantFrom(null, 1, 2, 3, 5),
    allowed: fc.constantFrom(null, 0, 1, 2),
    cause: fc.boolean(),
    restart: fc.boolean(),
    rounds: fc.integer({ min: 1, max: 5 }),
  });

  it("never are two out, never is one taken out that is not gray, and none stays out without being gray", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        let drill = new Drill(Array.from({ length: 6 }, (_, index) => ingester(`ingester-${index}`)));
        for (const { verdicts, ready, factor, allowed, cause, restart, rounds } of steps) {
          if (restart) {
            const next = new Drill(drill.view.ingesters);
            next.nowMs = drill.nowMs;
            drill = next;
          }
          drill.view = {
            ...drill.view,
            ingesters: drill.view.ingesters.map((one, index) => {
              const now = verdicts[index] ?? "unknown";
              const is = ready[index] === true && one.condition?.status === "True";
              return { ...one, verdict: now, evidence: now === "gray" ? [slowPuts] : [], ready: is };
            }),
            replicationFactor: factor,
            budgets: [
              { name: "p", pods: new Set(drill.view.ingesters.map(({ name }) => name)), disruptionsAllowed: allowed },
            ],
            causes: cause ? [{ kind: "tenant-storm", tenant: "t", metric: "m", value: 1, before: 0 }] : [],
          };
          for (let round = 0; round < rounds; round++) {
            const verdictOf = new Map(drill.view.ingesters.map((one) => [one.name, one.verdict]));
            const { decisions } = drill.round();
            expect(drill.out.length).toBeLessThanOrEqual(1);
            for (const { pod, status, transition } of decisions) {
              if (status === "False" && transition) {
                expect(verdictOf.get(pod)).toBe("gray");
                expect([cause, factor, allowed]).not.toContain(null);
                expect(cause).toBe(false);
                expect(allowed).toBeGreaterThan(0);
                expect(factor).toBeGreaterThan(2);
              }
            }
          }
          const [out] = drill.out;
          const still = drill.view.ingesters.find(({ name }) => name === out);
          if (still !== undefined && still.verdict !== "gray") {
            // Only one that a watchdog before this one saw gray a short time ago.
            expect(drill.nowMs - (still.condition?.probedAtMs ?? 0)).toBeLessThan(ISOLATION_RULES.heldMs + ROUND_MS);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});
