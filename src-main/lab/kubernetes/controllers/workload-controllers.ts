import type { Clock } from "../../../core/common/clock.ts";
import { endpointSlice, endpointsObject, podsOfService } from "../endpoint-objects.ts";
import type { KubeObject } from "../kube-object.ts";
import type { ObjectChange, ObjectStore } from "../object-store.ts";
import { knownResource, type KubeResource } from "../resources.ts";
import type { ControllerParts } from "./controller-parts.ts";
import { DeploymentController } from "./deployment-controller.ts";
import { countBudgets } from "./disruption-controller.ts";
import { controllerOf, isOwnedBy } from "./ownership.ts";
import { ReplicaSetController } from "./replica-set-controller.ts";
import { StatefulSetController } from "./stateful-set-controller.ts";
import { WorkQueue } from "./work-queue.ts";

const PODS = knownResource("", "pods");
const SERVICES = knownResource("", "services");
const ENDPOINTS = knownResource("", "endpoints");
const SLICES = knownResource("discovery.k8s.io", "endpointslices");
const DEPENDENTS = [
  PODS,
  SLICES,
  knownResource("apps", "controllerrevisions"),
  knownResource("apps", "replicasets"),
] as const;

const ENDPOINTS_KEY = "endpoints";
const BUDGETS_KEY = "budgets";

/** Plays the controller manager: looks again at whatever a change concerns. */
export class WorkloadControllers {
  readonly #parts: ControllerParts;
  readonly #queue: WorkQueue;
  readonly #deployments: DeploymentController;
  readonly #replicaSets: ReplicaSetController;
  readonly #statefulSets: StatefulSetController;

  constructor(parts: ControllerParts, clock: Clock) {
    this.#parts = parts;
    this.#deployments = new DeploymentController(parts);
    this.#replicaSets = new ReplicaSetController(parts);
    this.#statefulSets = new StatefulSetController(parts);
    this.#queue = new WorkQueue(
      clock,
      (key) => this.#reconcile(key),
      (key, error) => this.#tellFailure(key, error),
    );
  }

  changed({ resource, type, object }: ObjectChange): void {
    const { namespace = "", name } = object.metadata;
    const owner = controllerOf(object);
    switch (resource.kind) {
      case "Pod":
        this.#queue.add(ENDPOINTS_KEY);
        this.#queue.add(BUDGETS_KEY);
        break;
      case "Service":
        this.#queue.add(ENDPOINTS_KEY);
        break;
      case "PodDisruptionBudget":
        if (type !== "DELETED") this.#queue.add(BUDGETS_KEY);
        break;
      case "Deployment":
      case "ReplicaSet":
      case "StatefulSet":
        this.#queue.add(BUDGETS_KEY);
        if (type !== "DELETED") this.#queue.add(`${resource.kind}/${namespace}/${name}`);
        break;
      default:
        return;
    }
    if (owner !== null) this.#queue.add(`${owner.kind}/${namespace}/${owner.name}`);
    if (type === "DELETED") this.#collect(object);
  }

  /** Brings everything up to date at once: endpoints and budgets of objects that were laid out whole. */
  settle(): void {
    this.#syncEndpoints();
    countBudgets(this.#parts.store, this.#parts.nowMs());
  }

  close(): void {
    this.#queue.close();
  }

  #reconcile(key: string): void {
    const [kind = "", namespace = "", name = ""] = key.split("/");
    switch (kind) {
      case ENDPOINTS_KEY:
        this.#syncEndpoints();
        break;
      case BUDGETS_KEY:
        countBudgets(this.#parts.store, this.#parts.nowMs());
        break;
      case "Deployment":
        this.#deployments.reconcile(namespace, name);
        break;
      case "ReplicaSet":
        this.#replicaSets.reconcile(namespace, name);
        break;
      case "StatefulSet":
        this.#statefulSets.reconcile(namespace, name);
    }
  }

  #tellFailure(key: string, error: unknown): void {
    const [kind = "", namespace = "default", name = key] = key.split("/");
    const message = error instanceof Error ? error.message : String(error);
    this.#parts.event({ kind, metadata: { name, namespace } }, "FailedReconcile", message);
  }

  /** What belonged to an object that is gone goes too. */
  #collect(owner: KubeObject): void {
    const { store, stopPod } = this.#parts;
    for (const resource of DEPENDENTS) {
      for (const each of store.list(resource, owner.metadata.namespace ?? null)) {
        if (!isOwnedBy(each, owner)) continue;
        if (resource === PODS) stopPod(each);
        else store.delete(resource, each.metadata.namespace ?? null, each.metadata.name);
      }
    }
  }

  /** Brings `Endpoints` and `EndpointSlice` of every service up to date with the pods. */
  #syncEndpoints(): void {
    const { store } = this.#parts;
    const pods = store.list(PODS, null);
    const services = store.list(SERVICES, null);
    for (const service of services) {
      const selected = podsOfService(service, pods);
      put(store, ENDPOINTS, endpointsObject(service, selected));
      put(store, SLICES, endpointSlice(service, selected));
    }
    for (const { metadata } of store.list(ENDPOINTS, null)) {
      if (store.find(SERVICES, metadata.namespace ?? null, metadata.name) !== null) continue;
      store.delete(ENDPOINTS, metadata.namespace ?? null, metadata.name);
    }
  }
}

function put(store: ObjectStore, resource: KubeResource, object: KubeObject): void {
  const known = store.find(resource, object.metadata.namespace ?? null, object.metadata.name);
  if (known === null) store.create(resource, object);
  else store.update(resource, object);
}
