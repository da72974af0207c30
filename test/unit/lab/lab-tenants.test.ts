import { describe, expect, it } from "vitest";
import { RUNTIME_CONFIG } from "../../../src-main/lab/kubernetes/cluster-objects.ts";
import { ClusterSimulation } from "../../../src-main/lab/metrics/cluster-simulation.ts";
import type { RefusedPush } from "../../../src-main/lab/metrics/lab-load.ts";
import { DRILL_START, pageOf, simulatedPods } from "../../builders/simulated-rounds.ts";

const at = (second: number) => DRILL_START + second * 1_000;
const podsOf = (target: string) => simulatedPods().flatMap((pod) => (pod.target === target ? [pod.name] : []));

function sumOf(cluster: ClusterSimulation, target: string, prefix: string, second: number): number {
  return podsOf(target)
    .flatMap((name) => Object.entries(pageOf(cluster, name, at(second))))
    .reduce((sum, [key, value]) => (key.startsWith(prefix) ? sum + value : sum), 0);
}

function labCluster(refused: RefusedPush[] = [], runtimeConfig = RUNTIME_CONFIG): ClusterSimulation {
  return new ClusterSimulation(1, simulatedPods(), DRILL_START, {
    runtimeConfig,
    refused: (push) => refused.push(push),
  });
}

const BYTES =
  'loki_distributor_bytes_received_total{format="loki",is_internal_stream="false",policy="",retention_hours=';
const discarded = (reason: string, format: string) =>
  `loki_discarded_samples_total{format="${format}",policy="",reason="${reason}",retention_hours=`;

/** Lines of a tenant that were discarded for a reason on all pods of a component. */
function discardsOf(
  cluster: ClusterSimulation,
  target: string,
  tenant: string,
  reason: string,
  second: number,
): number {
  const prefix = discarded(reason, target === "ingester" ? "" : "loki");
  return podsOf(target)
    .flatMap((name) => Object.entries(pageOf(cluster, name, at(second))))
    .reduce(
      (sum, [key, value]) => (key.startsWith(prefix) && key.includes(`tenant="${tenant}"`) ? sum + value : sum),
      0,
    );
}

describe("tenants of the lab and their limits", () => {
  it("treasury stands near its ingestion rate and its streams all the time", () => {
    const cluster = labCluster();
    for (const second of [60, 240, 500, 700]) {
      const bytes = sumOf(cluster, "distributor", `${BYTES}"744",tenant="treasury"`, second);
      const later = sumOf(cluster, "distributor", `${BYTES}"744",tenant="treasury"`, second + 60);
      const use = (later - bytes) / 60 / (0.5 * 2 ** 20);
      expect(use).toBeGreaterThan(0.75);
      expect(use).toBeLessThan(0.97);
    }
    const streams = pageOf(cluster, "loki-ingester-0", at(800))['loki_ingester_memory_streams{tenant="treasury"}'] ?? 0;
    expect(streams / 125).toBeGreaterThan(0.8);
    expect(streams).toBeLessThan(125);
  });

  it("treasury and cards are over a limit now and then, and never so much that it is a storm", () => {
    const refused: RefusedPush[] = [];
    const cluster = labCluster(refused);
    const counts = Array.from({ length: 61 }, (_, minute) => [
      discardsOf(cluster, "distributor", "treasury", "rate_limited", minute * 60),
      discardsOf(cluster, "ingester", "cards", "per_stream_rate_limit", minute * 60),
    ]);
    for (const which of [0, 1]) {
      const perMinute = counts.slice(1).map((each, index) => (each[which] ?? 0) - (counts[index]?.[which] ?? 0));
      expect(perMinute.filter((lines) => lines > 0).length).toBeGreaterThan(2);
      expect(Math.max(...perMinute)).toBeLessThan(25);
    }
    expect(new Set(refused.map(({ tenant, reason }) => `${tenant} ${reason}`))).toEqual(
      new Set(["treasury rate_limited", "cards per_stream_rate_limit"]),
    );
    const told = refused.find(({ tenant }) => tenant === "treasury");
    expect(told).toMatchObject({ limit: 262_144 });
  });

  it("a storm is refused within seconds, and ends when its tenant may send as much", () => {
    const refused: RefusedPush[] = [];
    const cluster = labCluster(refused);
    cluster.advance(at(0));
    refused.length = 0;
    cluster.setFault("tenant-storm:treasury", true, at(0));
    cluster.advance(at(10));
    expect(refused.filter(({ tenant }) => tenant === "treasury").length).toBeGreaterThan(5);
    const before = sumOf(cluster, "distributor", `${BYTES}"744",tenant="treasury"`, 20);
    const after = sumOf(cluster, "distributor", `${BYTES}"744",tenant="treasury"`, 40);
    expect((after - before) / 20).toBeLessThan(0.55 * 2 ** 20);
    cluster.setRuntimeConfig(
      "overrides:\n  treasury: { ingestion_rate_mb: 20, ingestion_burst_size_mb: 30 }\n",
      at(40),
    );
    cluster.advance(at(60));
    refused.length = 0;
    cluster.advance(at(120));
    expect(refused.filter(({ reason }) => reason === "rate_limited")).toEqual([]);
    expect(sumOf(cluster, "distributor", `${BYTES}"744",tenant="treasury"`, 120)).toBeGreaterThan(after + 5 * 2 ** 20);
  });

  it("a limit that is lowered refuses from then on; one that blocks refuses all", () => {
    const refused: RefusedPush[] = [];
    const cluster = labCluster(refused);
    cluster.setRuntimeConfig(
      "overrides:\n  treasury: { ingestion_rate_mb: 0.2 }\n  cards: { block_ingestion_until: 2027-01-01T00:00:00Z }\n  retail-bank: { max_global_streams_per_user: 100 }\n",
      at(0),
    );
    cluster.advance(at(20));
    refused.length = 0;
    cluster.advance(at(140));
    const reasons = new Set(refused.map(({ tenant, reason }) => `${tenant} ${reason}`));
    for (const each of ["treasury rate_limited", "cards blocked_ingestion", "retail-bank stream_limit"])
      expect(reasons).toContain(each);
    const received = (second: number) => sumOf(cluster, "distributor", `${BYTES}"744",tenant="cards"`, second);
    expect(received(140)).toBe(received(130));
  });
});
