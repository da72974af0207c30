import { describe, expect, it } from "vitest";
import { GrayFailureDetector } from "../../../src-main/core/health/detection/gray-failure-detector.ts";
import { RUNTIME_CONFIG } from "../../../src-main/lab/kubernetes/cluster-objects.ts";
import { ClusterSimulation } from "../../../src-main/lab/metrics/cluster-simulation.ts";
import { DRILL_START, playDrill, simulatedPods, simulatedRound } from "../../builders/simulated-rounds.ts";

const BEFORE = 120;
const FAULT = 150;
const AFTER = 180;
const SEEDS = [
  { seed: 1, victims: ["loki-ingester-0"] },
  { seed: 2, victims: ["loki-ingester-1"] },
];
const play = (fault: string | null, seed: number) =>
  playDrill({ seed, fault, beforeSeconds: BEFORE, faultSeconds: FAULT, afterSeconds: AFTER });
const blames = (changes: ReturnType<typeof play>) =>
  changes.filter(({ scope, verdict }) => scope === "instance" && (verdict === "gray" || verdict === "down"));

/** What the detector tells of the lab as it is by default, with its tenants near their limits. */
function watchCalmLab(seed: number, seconds: number) {
  const simulation = new ClusterSimulation(seed, simulatedPods(), DRILL_START, { runtimeConfig: RUNTIME_CONFIG });
  const detector = new GrayFailureDetector();
  const told = [];
  for (let second = 0; second <= seconds; second += 5) {
    const changes = detector.round(simulatedRound(simulation, DRILL_START + second * 1_000));
    told.push(...changes.filter(({ verdict, causes }) => verdict !== "healthy" || causes.length > 0));
  }
  return told.filter(({ verdict }) => verdict !== "unknown");
}

describe("the detector on the lab's metrics", () => {
  it("takes the odd push that is refused to tenants near their limits for no storm", () => {
    for (const seed of [1, 3]) expect(watchCalmLab(seed, 1_200), String(seed)).toEqual([]);
  });

  for (const { seed, victims } of SEEDS) {
    it(`names the ingester of each instance fault within a minute and clears it within two, seed ${seed}`, () => {
      for (const name of ["slow-flush", "network-jitter", "cpu-starved", "killed"]) {
        for (const victim of victims) {
          const changes = play(`${name}:${victim}`, seed);
          const told = blames(changes);
          const label = `${name} of ${victim}`;
          expect([...new Set(told.map(({ instance }) => instance))], label).toEqual([victim]);
          expect(told[0]?.second, label).toBeGreaterThanOrEqual(0);
          expect(told[0]?.second, label).toBeLessThanOrEqual(60);
          expect(told[0]?.verdict, label).toBe(name === "killed" ? "down" : "gray");
          const last = changes.findLast(({ instance }) => instance === victim);
          expect(last?.verdict, label).toBe("healthy");
          expect(last?.second, label).toBeGreaterThanOrEqual(FAULT);
          expect(last?.second, label).toBeLessThanOrEqual(FAULT + 120);
        }
      }
    });

    it(`blames nobody when all is calm and names common causes, seed ${seed}`, () => {
      const common = new Map([
        [null, null],
        ["object-store-down", "object-store-outage"],
        ["tenant-storm:cards", "tenant-storm cards"],
        ["label-explosion:treasury", "label-explosion treasury"],
      ]);
      for (const [fault, cause] of common) {
        const changes = play(fault, seed);
        expect(blames(changes), String(fault)).toEqual([]);
        const causes = changes
          .flatMap((change) => change.causes)
          .map(({ kind, tenant }) => `${kind} ${tenant ?? ""}`.trim());
        expect([...new Set(causes)], String(fault)).toEqual(cause === null ? [] : [cause]);
      }
    });
  }
});
