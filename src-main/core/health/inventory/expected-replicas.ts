import type { ExpectedReplicas } from "../verdicts/site-verdicts.ts";
import type { ClusterInventory } from "./cluster-inventory.ts";

/** What the judge compares with: what workloads ask for, and how often pods began anew. */
export function expectedReplicas({ workloads, pods }: ClusterInventory): ExpectedReplicas {
  const wanted = new Map<string, number>();
  for (const { component, wanted: replicas } of workloads ?? []) {
    wanted.set(component, (wanted.get(component) ?? 0) + replicas);
  }
  const byComponent = Map.groupBy(workloads ?? [], ({ component }) => component);
  return {
    wanted,
    ...(workloads === null ? {} : { workloads: byComponent }),
    restarts: new Map((pods ?? []).map(({ name, restarts }) => [name, restarts])),
  };
}
