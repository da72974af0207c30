import { GrayFailureDetector, type VerdictChange } from "../../src-main/core/health/detection/gray-failure-detector.ts";
import type { ScrapeRound } from "../../src-main/core/health/detection/scrape.ts";
import { parseExposition } from "../../src-main/core/health/scraping/exposition-parser.ts";
import { lokiComponents, type PodIdentity, podIdentities } from "../../src-main/lab/cluster/components.ts";
import { ClusterSimulation } from "../../src-main/lab/metrics/cluster-simulation.ts";
import { expositionText } from "../../src-main/lab/metrics/series-registry.ts";

/** The lab's pods as the simulation knows them. */
export function simulatedPods(): PodIdentity[] {
  return lokiComponents().flatMap(podIdentities);
}

/** All that a pod's page shows, by key. */
export function pageOf(simulation: ClusterSimulation, name: string, nowMs: number): Readonly<Record<string, number>> {
  return parseExposition(Buffer.from(expositionText(simulation.families(name, nowMs))), () => true).series;
}

/** One round of scrapes of ingesters, distributors and queriers. An answer takes 40 ms and what the simulation adds. */
export function simulatedRound(simulation: ClusterSimulation, atMs: number): ScrapeRound {
  const scraped = simulatedPods().filter(({ target }) => ["ingester", "distributor", "querier"].includes(target));
  return {
    atMs,
    ring: simulation.ring(atMs),
    scrapes: scraped.map(({ name, target }) => ({
      instance: name,
      component: target,
      atMs,
      tookSeconds: 0.04 + simulation.answerDelayMs(name, atMs) / 1_000,
      ready: simulation.notReady(name, atMs) === null,
      series: simulation.answers(name, atMs) ? pageOf(simulation, name, atMs) : null,
    })),
  };
}

export interface Drill {
  readonly seed?: number;
  readonly fault: string | null;
  readonly beforeSeconds: number;
  readonly faultSeconds: number;
  readonly afterSeconds: number;
}

export const DRILL_START = Date.UTC(2026, 10, 22, 12);

/** Plays a fault from its start to some time after its end and has the detector watch; changes with seconds since the start. */
export function playDrill(drill: Drill): readonly (VerdictChange & { readonly second: number })[] {
  const simulation = new ClusterSimulation(drill.seed ?? 1, simulatedPods(), DRILL_START);
  const detector = new GrayFailureDetector();
  const { fault, beforeSeconds, faultSeconds, afterSeconds } = drill;
  const changes: (VerdictChange & { readonly second: number })[] = [];
  for (let second = 0; second <= beforeSeconds + faultSeconds + afterSeconds; second += 5) {
    const atMs = DRILL_START + second * 1_000;
    if (fault !== null && second === beforeSeconds) simulation.setFault(fault, true, atMs);
    if (fault !== null && second === beforeSeconds + faultSeconds) simulation.setFault(fault, false, atMs);
    for (const change of detector.round(simulatedRound(simulation, atMs))) {
      changes.push({ ...change, second: second - beforeSeconds });
    }
  }
  return changes;
}
