import type { Operation } from "../../../../../src-shared/model/health/operation.ts";
import type { RingMemberView, RingView } from "../../../../../src-shared/model/health/ring.ts";
import type { InstanceHealth } from "../../../../../src-shared/model/health/site-health.ts";
import type { WorkloadState } from "../../inventory/cluster-inventory.ts";
import type { IngesterReading } from "../ingester-reading.ts";
import type { OperationFacts } from "../operation-facts.ts";
import { INGESTING } from "../site-pages.ts";

/** An operation and the facts, as rules look at them: who goes away, and who is left. */
export interface SafetyView {
  readonly operation: Operation;
  readonly facts: OperationFacts;
  /** The workload that is changed, as it stands. */
  readonly workload: WorkloadState | null;
  /** Instances that are acted on: the one named, those that hold a tenant's streams, the pods of a workload. */
  readonly touched: readonly string[];
  /** Ingesters that will be away for a while. */
  readonly leaving: readonly string[];
  /** How many of `leaving` are away at a time. */
  readonly atATime: number;
  /** The ingester ring, when somebody told of it. */
  readonly ring: RingView | null;
  /** Members of it that are well and stay. */
  readonly factor: number | null;
  /** How many replicas of a stream may be missing: RF − (⌊RF / 2⌋ + 1), as dskit's ring has it. */
  readonly spare: number | null;
  /** Whether the ring spreads replicas over zones: there are as many as replicas. */
  readonly zoned: boolean;
}

export function safetyView(operation: Operation, facts: OperationFacts): SafetyView {
  const workload = workloadOf(operation, facts);
  const touched = touchedBy(operation, facts, workload);
  const leaving = leavingBy(operation, touched, workload);
  const told = facts.rings.find(({ ring }) => ring === "ingester") ?? null;
  const ring = told !== null && told.error === null && told.from !== null ? told : null;
  const factor = ring?.replicationFactor ?? null;
  const allAtOnce = operation.kind === "scale" || workload?.updateStrategy === "Recreate";
  const zones = new Set((ring?.members ?? []).map(({ zone }) => zone).filter((zone) => zone !== ""));
  return {
    operation,
    facts,
    workload,
    touched,
    leaving,
    atATime: allAtOnce ? leaving.length : Math.min(1, leaving.length),
    ring,
    factor,
    spare: factor === null ? null : factor - (Math.floor(factor / 2) + 1),
    zoned: factor !== null && factor > 1 && zones.size >= factor,
  };
}

function workloadOf(operation: Operation, { inventory }: OperationFacts): WorkloadState | null {
  if (operation.kind !== "rolling-restart" && operation.kind !== "scale") return null;
  const { kind, namespace, name } = operation.workload;
  const known = inventory?.workloads?.find(
    ({ workload }) => workload.kind === kind && workload.namespace === namespace && workload.name === name,
  );
  return known ?? null;
}

function touchedBy(operation: Operation, facts: OperationFacts, workload: WorkloadState | null): readonly string[] {
  switch (operation.kind) {
    case "flush-ingester":
    case "prepare-shutdown":
    case "shutdown-ingester":
    case "log-level":
      return [operation.instance];
    case "flush-tenant":
      return holdersOf(operation.tenant, facts);
    case "rolling-restart":
      return workload === null ? [] : podsOf(workload, facts);
    case "scale":
      return workload === null ? [] : podsLeaving(workload, operation.replicas, facts);
    case "forget-member":
    case "cancel-delete":
      return [];
  }
}

/** Ingesters that hold streams of a tenant, by their own word. */
export function holdersOf(tenant: string, { ingesters }: OperationFacts): readonly string[] {
  return (ingesters ?? []).filter(({ tenants }) => tenants.has(tenant)).map(({ instance }) => instance);
}

export function podsOf({ workload }: WorkloadState, { inventory }: OperationFacts): readonly string[] {
  return (inventory?.pods ?? [])
    .filter(
      (pod) =>
        pod.workload?.kind === workload.kind &&
        pod.workload.name === workload.name &&
        pod.workload.namespace === workload.namespace,
    )
    .map(({ name }) => name);
}

/** A StatefulSet gives up its highest ordinals; of a Deployment nobody can say which go. */
export function podsLeaving(state: WorkloadState, replicas: number, facts: OperationFacts): readonly string[] {
  const pods = podsOf(state, facts);
  if (replicas >= state.wanted) return [];
  if (state.workload.kind === "Deployment") return pods;
  return pods.filter((name) => ordinalOf(name) >= replicas);
}

export function ordinalOf(pod: string): number {
  return Number(/-(\d+)$/.exec(pod)?.[1] ?? "0");
}

function leavingBy(
  operation: Operation,
  touched: readonly string[],
  workload: WorkloadState | null,
): readonly string[] {
  if (operation.kind === "shutdown-ingester") return touched;
  const ingesting = workload !== null && INGESTING.has(workload.component);
  return ingesting ? touched : [];
}

/** The board's word on an instance. */
export function onBoard({ facts }: SafetyView, instance: string): InstanceHealth | null {
  return facts.board?.instances.find((each) => each.instance === instance) ?? null;
}

export function readingOf({ facts }: SafetyView, instance: string): IngesterReading | null {
  return facts.ingesters?.find((each) => each.instance === instance) ?? null;
}

/** ACTIVE in the ring, and not known to be down: a ring keeps a killed member ACTIVE for a minute. */
export function isWell(view: SafetyView, member: RingMemberView): boolean {
  return member.state === "ACTIVE" && onBoard(view, member.id)?.verdict !== "down";
}
