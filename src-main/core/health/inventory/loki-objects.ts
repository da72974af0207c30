import { LOKI_COMPONENTS } from "../../../../src-shared/api/sites.api.ts";
import type { Workload } from "../../../../src-shared/model/health/operation.ts";
import type { Discovery } from "../../clusters/loki-discovery.ts";
import { ZONE_LABEL } from "../scraping/node-zones.ts";
import type { BudgetState, PodState, WorkloadState } from "./cluster-inventory.ts";
import { type AutoscalerObject, type BudgetObject, type PodObject, type WorkloadObject } from "./inventory-objects.ts";
import { selects } from "./label-selector.ts";

/** Volumes that end with their pod, or hold what is not the pod's to write. */
const PASSING: ReadonlySet<string> = new Set([
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "image",
  "projected",
  "secret",
]);

/** Labels that tell one Loki of a namespace from another, and its parts. */
const INSTANCE_LABEL = "app.kubernetes.io/instance";
const COMPONENT_LABELS = ["app.kubernetes.io/component", "name"];

interface OwnedWorkload {
  readonly workload: Workload;
  readonly object: WorkloadObject;
  readonly component: string;
}

/** Of all that a namespace holds, what belongs to its Loki: pods that were recognised, what made them, and those made since. */
export class LokiObjects {
  readonly pods: readonly PodObject[];
  readonly #components: ReadonlyMap<string, string>;
  readonly #workloads: readonly OwnedWorkload[];
  readonly #owners = new Map<string, Workload>();

  constructor(
    discovery: Discovery,
    workloads: readonly { readonly kind: Workload["kind"]; readonly object: WorkloadObject }[],
    pods: readonly PodObject[],
  ) {
    const recognised = new Map(
      discovery.components.flatMap(({ name, pods: own }) => own.map((pod) => [pod.name, name] as const)),
    );
    const instances = new Set(
      discovery.components.flatMap(({ pods: own }) => own.flatMap(({ labels }) => labels[INSTANCE_LABEL] ?? [])),
    );
    for (const pod of pods) {
      const owner = ownerOf(pod);
      if (owner !== null) this.#owners.set(pod.metadata.name, owner);
    }
    const byWorkload = new Map<string, string>();
    for (const [pod, component] of recognised) {
      const owner = this.#owners.get(pod);
      if (owner !== undefined) byWorkload.set(keyOf(owner), component);
    }
    this.#workloads = workloads.flatMap(({ kind, object }) => {
      const { name, namespace } = object.metadata;
      const workload = { kind, namespace, name };
      const component = byWorkload.get(keyOf(workload)) ?? labelledComponent(object, instances);
      return component === null ? [] : [{ workload, object, component }];
    });
    for (const { workload, component } of this.#workloads) byWorkload.set(keyOf(workload), component);
    this.#components = new Map(
      pods.flatMap(({ metadata: { name } }) => {
        const owner = this.#owners.get(name);
        const component = recognised.get(name) ?? (owner === undefined ? undefined : byWorkload.get(keyOf(owner)));
        return component === undefined ? [] : [[name, component] as const];
      }),
    );
    this.pods = pods.filter(
      ({ metadata, status }) => this.#components.has(metadata.name) && !isOver(status?.phase ?? ""),
    );
  }

  workloadStates(autoscalers: readonly AutoscalerObject[]): WorkloadState[] {
    return this.#workloads
      .map(({ workload, object, component }): WorkloadState => {
        const { metadata, spec, status } = object;
        return {
          workload,
          component,
          resourceVersion: metadata.resourceVersion,
          wanted: spec.replicas,
          ready: status.readyReplicas,
          updated: status.updatedReplicas,
          observed: status.observedGeneration >= metadata.generation,
          updateStrategy: spec.updateStrategy?.type ?? spec.strategy?.type ?? "RollingUpdate",
          autoscaler: autoscalerOf(workload, autoscalers),
          persistentMounts: persistentMounts(object),
          podLabels: spec.template.metadata?.labels ?? {},
          readinessGates: (spec.template.spec.readinessGates ?? []).map(({ conditionType }) => conditionType),
          selector: spec.selector?.matchLabels ?? {},
          containers: (spec.template.spec.containers ?? []).map(({ name, resources }) => ({
            name,
            requests: resources?.requests ?? {},
            limits: resources?.limits ?? {},
          })),
        };
      })
      .toSorted((a, b) => order(a.component, b.component) || order(a.workload.name, b.workload.name));
  }

  podStates(zones: ReadonlyMap<string, string>): PodState[] {
    return this.pods
      .map(({ metadata, spec, status }): PodState => {
        const conditions = status?.conditions ?? [];
        const terminating = typeof metadata.deletionTimestamp === "string";
        const ready = conditions.some(({ type, status: value }) => type === "Ready" && value === "True");
        return {
          name: metadata.name,
          namespace: metadata.namespace,
          uid: metadata.uid,
          component: this.#components.get(metadata.name) ?? "",
          workload: this.#owners.get(metadata.name) ?? null,
          ready: ready && !terminating,
          terminating,
          restarts: (status?.containerStatuses ?? []).reduce((sum, { restartCount }) => sum + restartCount, 0),
          node: spec.nodeName === "" ? null : spec.nodeName,
          zone: zones.get(spec.nodeName) ?? metadata.labels[ZONE_LABEL] ?? null,
          qos: status?.qosClass ?? null,
          image: spec.containers?.[0]?.image ?? "",
        };
      })
      .toSorted((a, b) => order(a.component, b.component) || order(a.name, b.name));
  }

  /** Those that cover a pod of Loki's. */
  budgetStates(budgets: readonly BudgetObject[]): BudgetState[] {
    return budgets.flatMap(({ metadata, spec, status }) => {
      const pods = this.pods
        .filter((pod) => selects(spec?.selector, pod.metadata.labels))
        .map((pod) => pod.metadata.name);
      if (pods.length === 0) return [];
      const disruptionsAllowed = status?.disruptionsAllowed ?? 0;
      return [{ name: metadata.name, namespace: metadata.namespace, pods, disruptionsAllowed }];
    });
  }
}

/** Pods that ended and stay listed. */
function isOver(phase: string): boolean {
  return phase === "Succeeded" || phase === "Failed";
}

/**
 * The workload that made a pod. A Deployment does so by a ReplicaSet whose name is its own with the hash of the template
 * behind it, and the hash is a label of the pod (`pod-template-hash`): nobody need be allowed to list ReplicaSets.
 */
function ownerOf({ metadata }: PodObject): Workload | null {
  const { namespace, labels, ownerReferences } = metadata;
  const owner = ownerReferences?.find(({ controller }) => controller === true);
  if (owner === undefined) return null;
  if (owner.kind === "StatefulSet") return { kind: "StatefulSet", namespace, name: owner.name };
  const suffix = `-${labels["pod-template-hash"] ?? ""}`;
  if (owner.kind !== "ReplicaSet" || suffix === "-" || !owner.name.endsWith(suffix)) return null;
  return { kind: "Deployment", namespace, name: owner.name.slice(0, -suffix.length) };
}

/** What a workload without pods is, by the labels that its pods would have. */
function labelledComponent({ spec }: WorkloadObject, instances: ReadonlySet<string>): string | null {
  const labels = spec.template.metadata?.labels ?? {};
  if (!instances.has(labels[INSTANCE_LABEL] ?? "")) return null;
  const words = COMPONENT_LABELS.map((label) => (labels[label] ?? "").replace(/-zone-[a-z0-9]+$/, ""));
  return LOKI_COMPONENTS.find((component) => words.includes(component)) ?? null;
}

function autoscalerOf(workload: Workload, autoscalers: readonly AutoscalerObject[]): string | null {
  const found = autoscalers.find(({ spec: { scaleTargetRef: target } }) => {
    return target.name === workload.name && (target.kind === "" ? "Deployment" : target.kind) === workload.kind;
  });
  return found?.metadata.name ?? null;
}

function persistentMounts({ spec }: WorkloadObject): WorkloadState["persistentMounts"] {
  const claimed = (spec.volumeClaimTemplates ?? []).map(({ metadata }) => metadata?.name ?? "");
  const volumes = (spec.template.spec.volumes ?? []).filter(({ kind }) => !PASSING.has(kind)).map(({ name }) => name);
  const lasting = new Set([...claimed, ...volumes]);
  const mounts = (spec.template.spec.containers ?? []).flatMap(({ volumeMounts }) => volumeMounts ?? []);
  return mounts
    .filter(({ name }) => lasting.has(name))
    .map(({ mountPath, name }) => ({ path: mountPath.replace(/(?<=.)\/+$/, ""), volume: name }));
}

function keyOf({ kind, namespace, name }: Workload): string {
  return `${kind} ${namespace}/${name}`;
}

function order(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}
