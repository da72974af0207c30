import { listAt, type KubeObject, numberAt, textAt } from "../kube-object.ts";
import { podIsReady } from "../endpoint-objects.ts";
import { knownResource } from "../resources.ts";
import { currentRevision, revisedTemplate, revisionsOf } from "./controller-revisions.ts";
import type { ControllerParts } from "./controller-parts.ts";
import { isHealthy, isOwnedBy, isTerminating, ordinalOf, ownerReference, wantedReplicas } from "./ownership.ts";

const PODS = knownResource("", "pods");
const CLAIMS = knownResource("", "persistentvolumeclaims");
const STATEFUL_SETS = knownResource("apps", "statefulsets");
const REVISION_LABEL = "controller-revision-hash";

/** Keeps the pods of StatefulSets: their number, and one at a time their revision, the highest ordinal first. */
export class StatefulSetController {
  readonly #parts: ControllerParts;

  constructor(parts: ControllerParts) {
    this.#parts = parts;
  }

  reconcile(namespace: string, name: string): void {
    const { store } = this.#parts;
    const set = store.find(STATEFUL_SETS, namespace, name);
    if (set === null || isTerminating(set)) return;
    const update = currentRevision(store, set);
    const current = textAt(set, "status.currentRevision") || update.metadata.name;
    this.#act(set, update, current);
    this.#writeStatus(namespace, name, update.metadata.name, current);
  }

  #act(set: KubeObject, update: KubeObject, current: string): void {
    const wanted = wantedReplicas(set);
    const pods = this.#podsOf(set);
    const ordered = textAt(set, "spec.podManagementPolicy") === "OrderedReady";
    for (let ordinal = 0; ordinal < wanted; ordinal += 1) {
      const pod = pods.get(ordinal);
      if (pod === undefined) this.#create(set, ordinal, this.#revisionFor(set, ordinal, update, current));
      if (ordered && (pod === undefined || !isHealthy(pod))) return;
    }
    const spare = [...pods.entries()].filter(([ordinal]) => ordinal >= wanted).toSorted(([a], [b]) => b - a);
    for (const [, pod] of spare) {
      if (!isTerminating(pod)) this.#stop(set, pod);
      if (ordered) return;
    }
    if (textAt(set, "spec.updateStrategy.type") === "OnDelete") return;
    const partition = numberAt(set, "spec.updateStrategy.rollingUpdate.partition");
    for (let ordinal = wanted - 1; ordinal >= partition; ordinal -= 1) {
      const pod = pods.get(ordinal);
      if (pod === undefined) return;
      const old = pod.metadata.labels?.[REVISION_LABEL] !== update.metadata.name;
      if (old && !isTerminating(pod)) this.#stop(set, pod);
      // One at a time: the next waits until this one is well.
      if (old || !isHealthy(pod)) return;
    }
  }

  /** Below the partition a pod that has to be made again keeps the revision it had. */
  #revisionFor(set: KubeObject, ordinal: number, update: KubeObject, current: string): KubeObject {
    const held = ordinal < numberAt(set, "spec.updateStrategy.rollingUpdate.partition");
    const onDelete = textAt(set, "spec.updateStrategy.type") === "OnDelete";
    if (!held || onDelete) return update;
    return revisionsOf(this.#parts.store, set).find(({ metadata }) => metadata.name === current) ?? update;
  }

  #create(set: KubeObject, ordinal: number, revision: KubeObject): void {
    const { name, namespace = "" } = set.metadata;
    const podName = `${name}-${ordinal}`;
    this.#claimVolumes(set, podName);
    this.#parts.pods.create({
      namespace,
      name: podName,
      generateName: `${name}-`,
      template: revisedTemplate(revision),
      labels: {
        "apps.kubernetes.io/pod-index": String(ordinal),
        [REVISION_LABEL]: revision.metadata.name,
        "statefulset.kubernetes.io/pod-name": podName,
      },
      owner: ownerReference(STATEFUL_SETS, set),
      spec: { hostname: podName, subdomain: textAt(set, "spec.serviceName") },
    });
    this.#parts.event(set, "SuccessfulCreate", `create Pod ${podName} in StatefulSet ${name} successful`);
  }

  #stop(set: KubeObject, pod: KubeObject): void {
    const { name } = set.metadata;
    this.#parts.event(set, "SuccessfulDelete", `delete Pod ${pod.metadata.name} in StatefulSet ${name} successful`);
    this.#parts.stopPod(pod);
  }

  #claimVolumes(set: KubeObject, podName: string): void {
    const { store } = this.#parts;
    const { namespace = "" } = set.metadata;
    for (const template of listAt(set, "spec.volumeClaimTemplates")) {
      const claim = claimOf(template, namespace, podName);
      if (store.find(CLAIMS, namespace, claim.metadata.name) === null) store.create(CLAIMS, claim);
    }
  }

  #podsOf(set: KubeObject): Map<number, KubeObject> {
    const { name, namespace = "" } = set.metadata;
    const owned = this.#parts.store.list(PODS, namespace).filter((pod) => isOwnedBy(pod, set));
    return new Map(
      owned.flatMap((pod) => {
        const ordinal = ordinalOf(pod, name);
        return ordinal === null ? [] : [[ordinal, pod] as const];
      }),
    );
  }

  #writeStatus(namespace: string, name: string, update: string, current: string): void {
    const { store } = this.#parts;
    const set = store.find(STATEFUL_SETS, namespace, name);
    if (set === null) return;
    const pods = [...this.#podsOf(set).values()];
    const of = (revision: string) =>
      pods.filter((pod) => pod.metadata.labels?.[REVISION_LABEL] === revision && !isTerminating(pod)).length;
    const ready = pods.filter(podIsReady).length;
    const done = of(update) === wantedReplicas(set) && pods.length === of(update) && ready === pods.length;
    const held = done ? update : current;
    store.update(STATEFUL_SETS, {
      ...set,
      status: {
        observedGeneration: set.metadata.generation ?? 1,
        replicas: pods.length,
        readyReplicas: ready,
        availableReplicas: ready,
        currentReplicas: of(held),
        updatedReplicas: of(update),
        currentRevision: held,
        updateRevision: update,
        collisionCount: 0,
      },
    });
  }
}

/** The claim of a pod for one of its set's volume claim templates. */
export function claimOf(template: unknown, namespace: string, podName: string): KubeObject {
  const storage = textAt(template, "spec.resources.requests.storage") || "10Gi";
  const name = `${textAt(template, "metadata.name")}-${podName}`;
  return {
    metadata: { name, namespace, finalizers: ["kubernetes.io/pvc-protection"] },
    spec: {
      accessModes: ["ReadWriteOnce"],
      resources: { requests: { storage } },
      storageClassName: "standard",
      volumeMode: "Filesystem",
      volumeName: `pvc-${name}`,
    },
    status: { phase: "Bound", accessModes: ["ReadWriteOnce"], capacity: { storage } },
  };
}
