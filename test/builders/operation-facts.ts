import type { ClusterInventory, WorkloadState } from "../../src-main/core/health/inventory/cluster-inventory.ts";
import { ingesterReading } from "../../src-main/core/health/operations/ingester-reading.ts";
import type { OperationFacts } from "../../src-main/core/health/operations/operation-facts.ts";
import { deleteRequestSchema } from "../../src-shared/model/health/delete-request.ts";
import type { RingMemberView, RingView } from "../../src-shared/model/health/ring.ts";
import type { InstanceHealth } from "../../src-shared/model/health/site-health.ts";
import { siteIdSchema } from "../../src-shared/model/ids.ts";
import { boardOf } from "./health-board.ts";

export const NOW = Date.UTC(2026, 10, 22, 12);
export const SITE = siteIdSchema.parse("bank");
export const INGESTERS = ["ingester-0", "ingester-1", "ingester-2"];
export const STATEFUL = { kind: "StatefulSet", namespace: "loki", name: "ingester" } as const;
export const COMPACTOR = { kind: "StatefulSet", namespace: "loki", name: "compactor" } as const;

export function member(id: string, change: Partial<RingMemberView> = {}): RingMemberView {
  const zone = `zone-${"abc"[Number(id.at(-1)) % 3] ?? "a"}`;
  const well = { state: "ACTIVE", heartbeatMs: NOW - 3_000, registeredMs: 0, readOnly: false, tokens: 128 };
  return { id, address: `10.0.0.${id.at(-1) ?? ""}:9095`, zone, ownership: 1 / 3, ...well, ...change };
}

export function ring(members: readonly RingMemberView[], change: Partial<RingView> = {}): RingView {
  const told = { ring: "ingester", from: "distributor-1", error: null, nowMs: NOW, zones: [] } as const;
  return { ...told, members: [...members], zones: [], replicationFactor: 3, ...change };
}

export function workload(change: Partial<WorkloadState> = {}): WorkloadState {
  return {
    workload: STATEFUL,
    component: "ingester",
    resourceVersion: "7",
    wanted: 3,
    ready: 3,
    updated: 3,
    observed: true,
    updateStrategy: "RollingUpdate",
    autoscaler: null,
    persistentMounts: [{ path: "/loki", volume: "data" }],
    podLabels: {},
    ...change,
  };
}

export function inventory(change: Partial<ClusterInventory> = {}): ClusterInventory {
  const pods = INGESTERS.map((name) => ({
    name,
    namespace: "loki",
    uid: `uid-${name}`,
    component: "ingester",
    workload: STATEFUL,
    ready: true,
    terminating: false,
    restarts: 0,
    node: "n1",
    zone: null,
    qos: "Guaranteed" as const,
    image: "grafana/loki:3.7.6",
  }));
  const budgets = [{ name: "ingester", namespace: "loki", pods: INGESTERS, disruptionsAllowed: 1 }];
  return {
    atMs: NOW,
    namespace: "loki",
    workloads: [workload(), workload({ workload: COMPACTOR, component: "compactor", wanted: 1, ready: 1, updated: 1 })],
    pods,
    budgets,
    gaps: [],
    ...change,
  };
}

export function reading(instance: string, change: Readonly<Record<string, number>> = {}) {
  return ingesterReading(instance, {
    loki_ingester_flush_queue_length: 20,
    loki_ingester_memory_chunks: 800,
    'loki_ingester_chunks_flushed_total{reason="idle"}': 5_000,
    loki_ingester_wal_replay_active: 0,
    loki_ingester_shutdown_marker: 0,
    'loki_ingester_memory_streams{tenant="cards"}': 96,
    process_start_time_seconds: NOW / 1_000 - 86_400,
    ...change,
  });
}

/** Three ingesters in three zones with a replication factor of 3, all well and just looked at. */
export function facts(change: Partial<OperationFacts> = {}): OperationFacts {
  return {
    nowMs: NOW,
    board: boardOf(
      SITE,
      INGESTERS.map((instance) => ({ instance, component: "ingester" })),
      NOW - 5_000,
    ),
    rings: [ring(INGESTERS.map((id) => member(id)))],
    inventory: inventory(),
    ingesters: INGESTERS.map((instance) => reading(instance)),
    lastFlush: new Map(INGESTERS.map((each) => [each, { atMs: NOW - 60_000, sinceMs: NOW - 3_600_000 }])),
    running: [],
    deleteRequest: deleteRequestSchema.parse({
      request: "86204a5c",
      tenant: "cards",
      query: '{app="mailer"}',
      startMs: 0,
      endMs: 1,
      createdAtMs: 0,
      status: "received",
      cancellable: true,
    }),
    logLevel: "info",
    mark: { resourceVersion: "7", replicas: 3, restartedAt: null },
    ...change,
  };
}

export function judged(instance: string, change: Partial<InstanceHealth>): OperationFacts["board"] {
  const { board } = facts();
  if (board === null) return null;
  const instances = board.instances.map((each) => (each.instance === instance ? { ...each, ...change } : each));
  return { ...board, instances };
}
