import { describe, expect, it } from "vitest";
import { ISOLATION_RULES } from "../../../src-main/core/health/watchdog/isolation.ts";
import { condition, Drill, gray, ingester, MINUTE_MS, slowPuts, START, three } from "../../builders/isolation-drill.ts";

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
