import type { ClusterInventory, PodState, WorkloadState } from "../inventory/cluster-inventory.ts";
import type { WorkloadFacts } from "./config-facts.ts";

/** The inventory as the audit looks at it; `null` where workloads could not be read. */
export function workloadFacts({ workloads, pods, budgets }: ClusterInventory): readonly WorkloadFacts[] | null {
  if (workloads === null) return null;
  return workloads.map((state): WorkloadFacts => {
    const { kind, namespace, name } = state.workload;
    const own = (pods ?? []).filter(({ workload, terminating }) => !terminating && isSame(workload, state));
    const names = new Set(own.map((pod) => pod.name));
    const covered = (budgets ?? []).some((budget) => budget.pods.some((pod) => names.has(pod)));
    return {
      kind,
      namespace,
      name,
      component: state.component,
      replicas: state.wanted,
      nodes: own.flatMap(({ node }) => node ?? []),
      qos: lowest(own),
      hasDisruptionBudget: budgets === null || own.length === 0 ? null : covered,
      persistentMounts: state.persistentMounts,
      selector: state.selector ?? {},
      containers: state.containers ?? [],
    };
  });
}

function isSame(workload: PodState["workload"], { workload: wanted }: WorkloadState): boolean {
  return (
    workload !== null &&
    workload.kind === wanted.kind &&
    workload.namespace === wanted.namespace &&
    workload.name === wanted.name
  );
}

const CLASSES = ["BestEffort", "Burstable", "Guaranteed"] as const;

function lowest(pods: readonly PodState[]): WorkloadFacts["qos"] {
  return CLASSES.find((qos) => pods.some((pod) => pod.qos === qos)) ?? null;
}
