import { describe, expect, it } from "vitest";
import { MatesMeter } from "../../../src-main/core/health/comparison/mates-meter.ts";
import { ClusterSimulation } from "../../../src-main/lab/metrics/cluster-simulation.ts";
import type { MatesFigureKey } from "../../../src-shared/model/health/mates.ts";
import { DRILL_START, simulatedPods, simulatedRound } from "../../builders/simulated-rounds.ts";

/** Watches the simulation for a while, every `stepSeconds`, with a fault from the first minute on. */
function watched(fault: string | null, seconds: number, stepSeconds = 15) {
  const simulation = new ClusterSimulation(1, simulatedPods(), DRILL_START);
  const meter = new MatesMeter();
  for (let second = 0; second <= seconds; second += stepSeconds) {
    const atMs = DRILL_START + second * 1_000;
    if (fault !== null && second >= 60) simulation.setFault(fault, true, atMs);
    meter.round(simulatedRound(simulation, atMs));
  }
  return meter;
}

function figure(meter: MatesMeter, instance: string, key: MatesFigureKey) {
  const { figures, instances } = meter.mates("ingester");
  const place = figures.findIndex((one) => one.key === key);
  const own = instances.find((one) => one.instance === instance)?.values[place];
  return { own: own ?? null, median: figures[place]?.median ?? null };
}

const INGESTERS = simulatedPods().flatMap(({ name, target }) => (target === "ingester" ? [name] : []));
const [FIRST = "", SECOND = ""] = INGESTERS;

describe("mates side by side", () => {
  it("shows everybody of a component, in the order of the round", () => {
    const { instances, atMs } = watched(null, 60).mates("ingester");
    expect(instances.map(({ instance }) => instance)).toEqual(INGESTERS);
    expect(atMs).toBe(DRILL_START + 60_000);
  });

  it("puts a slow flush of one beside its mates' by the same figures that make it gray", () => {
    const meter = watched(`slow-flush:${SECOND}`, 240);
    const slow = figure(meter, SECOND, "put-time");
    expect(slow.own ?? 0).toBeGreaterThan(3 * (slow.median ?? Number.NaN));
    const well = figure(meter, FIRST, "put-time");
    expect(well.own ?? Number.NaN).toBeLessThan(2 * (well.median ?? Number.NaN));
  });

  it("knows no figure of who does not answer: not known is not nought", () => {
    const meter = watched(`killed:${SECOND}`, 120);
    const gone = meter.mates("ingester").instances.find(({ instance }) => instance === SECOND);
    expect(new Set(gone?.values)).toEqual(new Set([null]));
    expect(figure(meter, FIRST, "push-rate").own).not.toBeNull();
  });

  it("has no figures after one round, and where rounds are rarer than the window has them of two", () => {
    expect(watched(null, 0).mates("ingester").figures).toEqual([]);
    expect(figure(watched(null, 120, 60), FIRST, "push-rate").own).toBeGreaterThan(0);
  });

  it("leaves out what a component does not export, and is empty for one that is not there", () => {
    const keys = watched(null, 60)
      .mates("querier")
      .figures.map(({ key }) => key);
    expect(keys).toEqual(["scrape-time"]);
    expect(watched(null, 60).mates("nobody")).toMatchObject({ figures: [], instances: [] });
  });
});
