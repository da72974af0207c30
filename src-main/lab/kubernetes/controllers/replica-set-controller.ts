import { podIsReady } from "../endpoint-objects.ts";
import type { KubeObject } from "../kube-object.ts";
import { knownResource } from "../resources.ts";
import type { ControllerParts } from "./controller-parts.ts";
import { isOwnedBy, isTerminating, ownerReference, templateOf, wantedReplicas } from "./ownership.ts";
import { safeHash } from "./template-hash.ts";

const PODS = knownResource("", "pods");
const REPLICA_SETS = knownResource("apps", "replicasets");

/** Keeps the number of pods of ReplicaSets; of too many those go first that are not ready, then the youngest. */
export class ReplicaSetController {
  readonly #parts: ControllerParts;
  #made = 0;

  constructor(parts: ControllerParts) {
    this.#parts = parts;
  }

  reconcile(namespace: string, name: string): void {
    const { store } = this.#parts;
    const set = store.find(REPLICA_SETS, namespace, name);
    if (set === null || isTerminating(set)) return;
    const wanted = wantedReplicas(set);
    const pods = this.#podsOf(set);
    for (let count = pods.length; count < wanted; count += 1) this.#create(set);
    const spare = pods.toSorted((a, b) => Number(podIsReady(a)) - Number(podIsReady(b)) || younger(a, b));
    for (const pod of spare.slice(0, Math.max(0, pods.length - wanted))) {
      this.#parts.event(set, "SuccessfulDelete", `Deleted pod: ${pod.metadata.name}`);
      this.#parts.stopPod(pod);
    }
    this.#writeStatus(namespace, name);
  }

  #create(set: KubeObject): void {
    const { name, namespace = "" } = set.metadata;
    const taken = new Set(this.#parts.store.list(PODS, namespace).map(({ metadata }) => metadata.name));
    let podName: string;
    do {
      this.#made += 1;
      podName = `${name}-${safeHash(`${name}/${this.#made}`, 5)}`;
    } while (taken.has(podName));
    this.#parts.pods.create({
      namespace,
      name: podName,
      generateName: `${name}-`,
      template: templateOf(set),
      labels: {},
      owner: ownerReference(REPLICA_SETS, set),
    });
    this.#parts.event(set, "SuccessfulCreate", `Created pod: ${podName}`);
  }

  #podsOf(set: KubeObject): KubeObject[] {
    const pods = this.#parts.store.list(PODS, set.metadata.namespace ?? null);
    return pods.filter((pod) => isOwnedBy(pod, set) && !isTerminating(pod));
  }

  #writeStatus(namespace: string, name: string): void {
    const { store } = this.#parts;
    const set = store.find(REPLICA_SETS, namespace, name);
    if (set === null) return;
    const pods = this.#podsOf(set);
    const ready = pods.filter(podIsReady).length;
    const stopping = store.list(PODS, namespace).filter((pod) => isOwnedBy(pod, set) && isTerminating(pod)).length;
    store.update(REPLICA_SETS, {
      ...set,
      status: {
        replicas: pods.length,
        fullyLabeledReplicas: pods.length,
        readyReplicas: ready,
        availableReplicas: ready,
        terminatingReplicas: stopping,
        observedGeneration: set.metadata.generation ?? 1,
      },
    });
  }
}

function younger(a: KubeObject, b: KubeObject): number {
  return (b.metadata.creationTimestamp ?? "") < (a.metadata.creationTimestamp ?? "") ? -1 : 1;
}
