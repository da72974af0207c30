import { stringify } from "yaml";
import type { Mend } from "./audit-rule.ts";
import type { ContainerFacts, WorkloadFacts } from "./config-facts.ts";

/**
 * A strategic merge patch of a workload as a file of its own: `kubectl patch --patch-file` and kustomize both take it, and
 * nobody need have the manifest that it changes. The command stands above it.
 */
export function workloadPatch({ kind, namespace, name }: WorkloadFacts, what: string, spec: object): Mend {
  const file = `${kind.toLowerCase()}-${name}-${what}.yaml`;
  const command = `kubectl --namespace ${namespace} patch ${kind.toLowerCase()} ${name} --patch-file ${file}`;
  const patch = stringify({ apiVersion: "apps/v1", kind, metadata: { name, namespace }, spec });
  return { kind: "file", name: file, text: `# ${command}\n${patch}` };
}

/** A budget over exactly the pods of a workload. `null` where it is not known by what it finds them. */
export function budgetFile({ namespace, name, selector }: WorkloadFacts): Mend | null {
  if (Object.keys(selector).length === 0) return null;
  const file = `poddisruptionbudget-${name}.yaml`;
  const budget = stringify({
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: { name, namespace },
    spec: { maxUnavailable: 1, selector: { matchLabels: selector } },
  });
  return { kind: "file", name: file, text: `# kubectl apply --filename ${file}\n${budget}` };
}

/**
 * Limits like the requests, or requests like the limits: what makes a pod `Guaranteed` (Kubernetes' `qos.ComputePodQOS`).
 * `null` where a container has neither for CPU or memory: how much it needs is not ours to say.
 */
export function limitsFile(workload: WorkloadFacts): Mend | null {
  const containers = workload.containers.map(guaranteed);
  if (containers.length === 0 || containers.includes(null)) return null;
  return workloadPatch(workload, "resources", { template: { spec: { containers } } });
}

function guaranteed({ name, requests, limits }: ContainerFacts): object | null {
  const cpu = limits["cpu"] ?? requests["cpu"];
  const memory = limits["memory"] ?? requests["memory"];
  if (cpu === undefined || memory === undefined) return null;
  return { name, resources: { requests: { cpu, memory }, limits: { cpu, memory } } };
}
