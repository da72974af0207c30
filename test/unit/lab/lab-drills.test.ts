import { describe, expect, it } from "vitest";
import { ClusterSimulation } from "../../../src-main/lab/metrics/cluster-simulation.ts";
import { DRILL_START, pageOf, playDrill, simulatedPods } from "../../builders/simulated-rounds.ts";

const podOf = (target: string) => simulatedPods().find((pod) => pod.target === target)?.name ?? "";

/** A page of a component so many seconds after a fault began, and the page at its beginning. */
function drill(fault: string, target: string, seconds: number) {
  const cluster = new ClusterSimulation(1, simulatedPods(), DRILL_START);
  const before = pageOf(cluster, podOf(target), DRILL_START);
  cluster.setFault(fault, true, DRILL_START);
  const after = pageOf(cluster, podOf(target), DRILL_START + seconds * 1_000);
  const calm = new ClusterSimulation(1, simulatedPods(), DRILL_START);
  return { before, after, calm: pageOf(calm, podOf(target), DRILL_START + seconds * 1_000) };
}

const RUN = "loki_boltdb_shipper_compact_tables_operation_last_successful_run_timestamp_seconds";
const RUNS = 'loki_boltdb_shipper_compact_tables_operation_total{status="success"}';
const GROUP = 'rule_group="/var/loki/ruler/rules-tmp/retail-bank/payments;payment-errors",user="retail-bank"';

describe("drills of components that are no ingesters", () => {
  it("a stuck compactor still runs, and neither succeeds nor fails any more", () => {
    const { before, after, calm } = drill("compactor-stuck", "compactor", 1_500);
    expect(after["loki_boltdb_shipper_compactor_running"]).toBe(1);
    expect(after[RUN]).toBe(before[RUN]);
    expect(after[RUNS]).toBe(before[RUNS]);
    expect(calm[RUN]).toBeGreaterThan(before[RUN] ?? Number.NaN);
    expect(calm[RUNS]).toBeGreaterThan(before[RUNS] ?? Number.NaN);
  });

  it("rules that take longer than their interval are missed, and say how long they took", () => {
    const missed = `loki_prometheus_rule_group_iterations_missed_total{${GROUP}}`;
    const took = `loki_prometheus_rule_group_last_duration_seconds{${GROUP}}`;
    const { before, after, calm } = drill("rules-missed", "ruler", 600);
    expect((after[missed] ?? 0) - (before[missed] ?? 0)).toBeGreaterThanOrEqual(5);
    expect(after[took]).toBeGreaterThan(60);
    expect([calm[missed], before[missed]]).toEqual([0, 0]);
  });

  it("queries that wait in the scheduler fill its queues and keep the queriers busy", () => {
    const sum = (page: Readonly<Record<string, number>>) =>
      page["loki_query_scheduler_queue_duration_seconds_sum"] ?? 0;
    const { before, after, calm } = drill("scheduler-queue", "query-scheduler", 60);
    expect(after['loki_query_scheduler_queue_length{user="cards"}']).toBeGreaterThan(50);
    expect(calm['loki_query_scheduler_queue_length{user="cards"}']).toBe(0);
    expect(sum(after) - sum(before)).toBeGreaterThan(100 * (sum(calm) - sum(before)));
    expect(drill("scheduler-queue", "querier", 60).after["loki_querier_worker_inflight_queries"]).toBe(4);
  });

  it("a store that is slow with everybody blames no ingester", () => {
    const changes = playDrill({ fault: "store-slow", beforeSeconds: 180, faultSeconds: 300, afterSeconds: 180 });
    expect(changes.filter(({ verdict }) => verdict === "gray" || verdict === "down")).toEqual([]);
    const put = 'loki_s3_request_duration_seconds_sum{operation="S3.PutObject",status_code="200"}';
    const { before, after, calm } = drill("store-slow", "ingester", 120);
    expect((after[put] ?? 0) - (before[put] ?? 0)).toBeGreaterThan(20 * ((calm[put] ?? 0) - (before[put] ?? 0)));
  });
});
