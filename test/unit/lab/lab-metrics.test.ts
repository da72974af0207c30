import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { KEPT_FAMILIES } from "../../../src-main/core/health/scraping/kept-families.ts";
import { parseSeriesKey } from "../../../src-main/core/health/detection/series-key.ts";
import { ClusterSimulation } from "../../../src-main/lab/metrics/cluster-simulation.ts";
import { METRIC_FAMILIES } from "../../../src-main/lab/metrics/metric-families.ts";
import { expositionText } from "../../../src-main/lab/metrics/series-registry.ts";
import { DRILL_START, pageOf, simulatedPods } from "../../builders/simulated-rounds.ts";

const FIXTURES = join(import.meta.dirname, "../../fixtures/loki-metrics");

/** What a real page says of its families: HELP and TYPE lines, and the sets of label names of each sample's name. */
function recorded(name: string): { readonly comments: Set<string>; readonly labels: Map<string, Set<string>> } {
  const comments = new Set<string>();
  const labels = new Map<string, Set<string>>();
  for (const line of readFileSync(join(FIXTURES, `${name}.txt`), "utf8").split("\n")) {
    if (line.startsWith("#")) comments.add(line);
    else if (line !== "") {
      const { sample, names } = shape(line.slice(0, line.lastIndexOf(" ")));
      labels.set(sample, (labels.get(sample) ?? new Set()).add(names));
    }
  }
  return { comments, labels };
}

function shape(key: string): { readonly sample: string; readonly names: string } {
  const { name, labels } = parseSeriesKey(key);
  return { sample: name, names: Object.keys(labels).toSorted().join(",") };
}

function simulation(seed = 1): ClusterSimulation {
  return new ClusterSimulation(seed, simulatedPods(), DRILL_START);
}

const COMPONENTS = [
  "ingester",
  "distributor",
  "querier",
  "query-frontend",
  "query-scheduler",
  "index-gateway",
  "compactor",
  "ruler",
] as const;

/** Counted by the servers themselves: what is really under way in the lab, not in its simulation. */
const LIVING: ReadonlySet<string> = new Set([
  "loki_compactor_oldest_pending_delete_request_age_seconds",
  "loki_compactor_pending_delete_requests_count",
  "loki_querier_tail_active",
  "loki_request_duration_seconds_count",
  "loki_request_duration_seconds_sum",
]);

const podOf = (target: string) => simulatedPods().find((pod) => pod.target === target)?.name ?? "";

describe("metrics of the lab's components", () => {
  for (const target of COMPONENTS) {
    it(`have the names, types, help texts and labels of a real ${target}, under every fault`, () => {
      const real = recorded(target);
      const underFaults = recorded("seen-under-faults");
      const cluster = simulation();
      for (const fault of [
        "object-store-down",
        "tenant-storm:cards",
        "label-explosion:cards",
        "network-jitter:loki-ingester-1",
      ])
        cluster.setFault(fault, true, DRILL_START);
      const text = expositionText(cluster.families(podOf(target), DRILL_START + 120_000));
      const lines = text.trimEnd().split("\n");
      expect(lines.length).toBeGreaterThan(40);
      for (const line of lines) {
        if (line.startsWith("#")) {
          const family = line.split(" ")[2] ?? "";
          if (!underFaults.labels.has(family)) expect(real.comments).toContain(line);
          continue;
        }
        const { sample, names } = shape(line.slice(0, line.lastIndexOf(" ")));
        const known = real.labels.get(sample) ?? underFaults.labels.get(sample);
        expect([...(known ?? [])], sample).toContain(names);
      }
    });
  }

  for (const target of COMPONENTS) {
    it(`have all that is kept of a real ${target}'s page, with its labels`, () => {
      const real = recorded(target);
      const text = expositionText(simulation().families(podOf(target), DRILL_START + 60_000));
      const own = new Map<string, Set<string>>();
      for (const line of text.split("\n")) {
        if (line === "" || line.startsWith("#")) continue;
        const { sample, names } = shape(line.slice(0, line.lastIndexOf(" ")));
        own.set(sample, (own.get(sample) ?? new Set()).add(names));
      }
      const kept = [...real.labels].filter(([sample]) => KEPT_FAMILIES.has(sample) && !LIVING.has(sample));
      expect(kept.length).toBeGreaterThan(25);
      for (const [sample, names] of kept) {
        expect([...(own.get(sample) ?? [])], sample).toEqual(expect.arrayContaining([...names]));
      }
    });
  }

  it("are the same for the same seed and history, and others for another seed", () => {
    const at = DRILL_START + 300_000;
    const page = (seed: number) => pageOf(simulation(seed), podOf("ingester"), at);
    expect(page(3)).toEqual(page(3));
    expect(page(3)).not.toEqual(page(4));
    const inSteps = simulation(3);
    for (let second = 0; second < 300; second += 7) inSteps.advance(DRILL_START + second * 1_000);
    expect(pageOf(inSteps, podOf("ingester"), at)).toEqual(page(3));
  });

  it("never let a counter fall but at a restart, and keep a histogram's buckets in order", () => {
    const cluster = simulation();
    cluster.setFault("slow-flush:loki-ingester-1", true, DRILL_START);
    for (const { name, target } of simulatedPods()) {
      if (target === "gateway") continue;
      let before = pageOf(cluster, name, DRILL_START);
      for (let second = 5; second <= 60; second += 5) {
        const now = pageOf(cluster, name, DRILL_START + second * 1_000);
        for (const [key, value] of Object.entries(before)) {
          const family = key.replace(/\{.*/, "");
          const base = family.replace(/_(bucket|sum|count)$/, "");
          const type = Object.entries(METRIC_FAMILIES).find(([each]) => each === family || each === base)?.[1].type;
          if (type !== "gauge") expect(now[key], `${name} ${key}`).toBeGreaterThanOrEqual(value);
        }
        before = now;
      }
      const buckets = Object.entries(before).filter(
        ([key]) => key.includes('route="/logproto.Pusher/Push"') && key.includes("le="),
      );
      for (const [index, [, value]] of buckets.entries())
        expect(value).toBeGreaterThanOrEqual(buckets[index - 1]?.[1] ?? 0);
    }
  });

  it("show a flush queue that breathes when calm, and fills to 550 behind slow puts", () => {
    const cluster = simulation();
    const queue = (pod: string, second: number) =>
      pageOf(cluster, pod, DRILL_START + second * 1_000).loki_ingester_flush_queue_length ?? Number.NaN;
    const calm = Array.from({ length: 36 }, (_, index) => queue("loki-ingester-2", index * 5));
    expect(Math.min(...calm)).toBeLessThan(20);
    expect(Math.max(...calm)).toBeGreaterThan(150);
    expect(Math.max(...calm)).toBeLessThan(350);
    cluster.setFault("slow-flush:loki-ingester-1", true, DRILL_START + 180_000);
    expect(queue("loki-ingester-1", 360)).toBeGreaterThan(350);
    expect(Math.max(queue("loki-ingester-1", 420), queue("loki-ingester-1", 480))).toBeLessThan(700);
    cluster.flush("loki-ingester-1", DRILL_START + 480_000);
    expect(queue("loki-ingester-1", 494)).toBeGreaterThan(100);
    expect(queue("loki-ingester-1", 525)).toBeLessThan(60);
    cluster.flush("loki-ingester-2", DRILL_START + 560_000);
    expect(queue("loki-ingester-2", 562)).toBeGreaterThan(100);
    expect(queue("loki-ingester-2", 572)).toBeLessThan(20);
  });

  it("show a killed ingester stale in the ring after a minute, and a new process that replays its WAL when it is back", () => {
    const cluster = simulation();
    const pod = "loki-ingester-1";
    const at = (second: number) => DRILL_START + second * 1_000;
    const state = (second: number) => cluster.ring(at(second)).find(({ id }) => id === pod)?.state;
    const startedBefore = pageOf(cluster, pod, at(0)).process_start_time_seconds;
    cluster.setFault(`killed:${pod}`, true, at(0));
    expect(cluster.answers(pod, at(1))).toBe(false);
    expect(state(50)).toBe("ACTIVE");
    expect(state(70)).toBe("UNHEALTHY");
    const members = pageOf(cluster, podOf("distributor"), at(72));
    expect(members['loki_ring_members{name="ingester",state="Unhealthy"}']).toBe(1);
    cluster.setFault(`killed:${pod}`, false, at(90));
    const page = pageOf(cluster, pod, at(92));
    expect(page.loki_ingester_wal_replay_active).toBe(1);
    expect(page.process_start_time_seconds).toBe(at(90) / 1_000);
    expect(page.process_start_time_seconds).not.toBe(startedBefore);
    expect([91, 96, 101, 110].map((second) => cluster.notReady(pod, at(second))?.split("\n")[0] ?? "ready")).toEqual([
      "Some services are not Running:",
      "Ingester not ready: instance 10.244.1.17:9095 past heartbeat timeout",
      "Ingester not ready: waiting for 5s after being ready",
      "ready",
    ]);
    expect(state(110)).toBe("ACTIVE");
  });

  it("let a forgotten member come back with a heartbeat while it lives, and stay away when it does not", () => {
    const cluster = simulation();
    const ids = (second: number) => cluster.ring(DRILL_START + second * 1_000).map(({ id }) => id);
    expect(cluster.forget("loki-ingester-2", DRILL_START)).toBe(true);
    expect(cluster.forget("nobody", DRILL_START)).toBe(false);
    expect(ids(1)).toEqual(["loki-ingester-0", "loki-ingester-1"]);
    expect(ids(4)).toHaveLength(3);
    cluster.setFault("killed:loki-ingester-0", true, DRILL_START + 5_000);
    cluster.forget("loki-ingester-0", DRILL_START + 80_000);
    expect(ids(120)).toEqual(["loki-ingester-1", "loki-ingester-2"]);
  });

  it("show a shutdown: leaving the ring, gone from it, ended, and started again as Kubernetes does", () => {
    const cluster = simulation();
    const pod = "loki-ingester-0";
    const at = (second: number) => DRILL_START + second * 1_000;
    expect(cluster.shutdown(pod, { flush: true, deletesTokens: false }, at(0))).toBe(true);
    expect(cluster.shutdown(pod, { flush: true, deletesTokens: false }, at(1))).toBe(false);
    expect(cluster.ring(at(2)).find(({ id }) => id === pod)?.state).toBe("LEAVING");
    expect(cluster.ring(at(5)).map(({ id }) => id)).not.toContain(pod);
    expect(cluster.answers(pod, at(6))).toBe(false);
    expect(cluster.answers(pod, at(9))).toBe(true);
    expect(cluster.ring(at(30)).find(({ id }) => id === pod)?.state).toBe("ACTIVE");
    expect(cluster.notReady(pod, at(30))).toBeNull();
  });

  it("show a fourth ingester that joins the ring, takes its share of the streams, and leaves in order", () => {
    const cluster = simulation();
    const at = (second: number) => DRILL_START + second * 1_000;
    const streams = (second: number) =>
      pageOf(cluster, "loki-ingester-0", at(second))['loki_ingester_memory_streams{tenant="retail-bank"}'] ??
      Number.NaN;
    const before = streams(0);
    const fourth = {
      name: "loki-ingester-3",
      target: "ingester",
      address: "10.244.0.99:9095",
      zone: "zone-a",
    } as const;
    cluster.start(fourth, at(0));
    const state = (second: number) => cluster.ring(at(second)).find(({ id }) => id === fourth.name)?.state;
    expect([state(2), state(4), state(5)]).toEqual([undefined, "JOINING", "ACTIVE"]);
    expect(cluster.notReady(fourth.name, at(5))).toBe("Ingester not ready: waiting for 5s after being ready");
    expect(cluster.notReady(fourth.name, at(10))).toBeNull();
    expect(streams(20)).toBeGreaterThan(0.7 * before);
    expect(streams(20)).toBeLessThan(0.8 * before);
    const members = pageOf(cluster, podOf("distributor"), at(30));
    expect(members['loki_ring_zone_members{name="ingester",state="ACTIVE",zone="zone-a"}']).toBe(2);
    expect(members['loki_ring_tokens_total{name="ingester"}']).toBe(512);
    expect(cluster.terminate(fourth.name, at(40))).toBe(5_100);
    expect([state(42), state(45)]).toEqual(["LEAVING", undefined]);
    cluster.remove(fourth.name, at(46));
    expect(cluster.ingesters()).toHaveLength(3);
    expect(streams(60)).toBeGreaterThan(0.9 * before);
  });
});
