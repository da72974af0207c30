import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ISOLATION_RULES } from "../../../src-main/core/health/watchdog/isolation.ts";
import {
  condition,
  Drill,
  gray,
  ingester,
  MINUTE_MS,
  ROUND_MS,
  slowPuts,
  START,
  three,
} from "../../builders/isolation-drill.ts";

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
