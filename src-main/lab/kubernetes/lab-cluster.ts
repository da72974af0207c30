import type { Clock } from "../../core/common/clock.ts";
import { COLLECTOR_NAMESPACE } from "../cluster/collectors.ts";
import { PLATFORM_TENANT } from "../traffic/workloads.ts";
import type { BankApp } from "../cluster/bank-apps.ts";
import { lokiComponents } from "../cluster/components.ts";
import type { LabS3Keys } from "../s3/s3-keys.ts";
import { ClusterEvents } from "./cluster-events.ts";
import {
  bankWorkloadSpec,
  ingesterBudget,
  lokiConfigMaps,
  lokiServices,
  lokiWorkloadSpec,
  namespaceObjects,
  nodeObjects,
} from "./cluster-objects.ts";
import { collectorObjects } from "./collector-objects.ts";
import type { ControllerParts } from "./controllers/controller-parts.ts";
import { revisionObject } from "./controllers/controller-revisions.ts";
import { requireDisruptable } from "./controllers/disruption-controller.ts";
import { Kubelet, type PodProcesses } from "./controllers/kubelet.ts";
import { PodFactory } from "./controllers/pod-factory.ts";
import { claimOf } from "./controllers/stateful-set-controller.ts";
import { WorkloadControllers } from "./controllers/workload-controllers.ts";
import type { KubeObject } from "./kube-object.ts";
import { withDefaults } from "./object-defaults.ts";
import { MINIO_SERVICES, minioWorkloadSpec, s3Secrets } from "./minio-objects.ts";
import { ObjectStore } from "./object-store.ts";
import { knownResource } from "./resources.ts";
import { controllerObject, podObject, replicaSetObject, serviceObject, type WorkloadSpec } from "./workload-objects.ts";

const PODS = knownResource("", "pods");
const SERVICES = knownResource("", "services");
const DEPLOYMENTS = knownResource("apps", "deployments");
const REPLICA_SETS = knownResource("apps", "replicasets");
const STATEFUL_SETS = knownResource("apps", "statefulsets");

/** The cluster: what is stored, and those who act on it, the controllers and the kubelet. */
export class LabCluster {
  readonly store: ObjectStore;
  readonly #clock: Clock;
  readonly #kubelet: Kubelet;
  readonly #controllers: WorkloadControllers;
  readonly #events: ClusterEvents;

  constructor(clock: Clock, processes: PodProcesses) {
    this.#clock = clock;
    this.store = new ObjectStore(clock);
    const { store } = this;
    const nowMs = () => clock.nowMs();
    this.#events = new ClusterEvents(store, nowMs);
    const event = (about: KubeObject, reason: string, message: string) => this.#events.write(about, reason, message);
    this.#kubelet = new Kubelet({ store, clock, processes, event });
    const parts: ControllerParts = {
      store,
      nowMs,
      event,
      pods: new PodFactory(store, nowMs),
      stopPod: (pod) => void this.#kubelet.stop(pod, null),
    };
    this.#controllers = new WorkloadControllers(parts, clock);
  }

  /** Lays the cluster out as it has been for a day, and begins to act on changes. */
  async build(apps: readonly BankApp[], keys: LabS3Keys): Promise<void> {
    const createdMs = Math.floor(this.#clock.nowMs() / 1_000) * 1_000 - 86_400_000;
    const tenants = {
      ...Object.fromEntries(apps.map(({ namespace, tenant }) => [namespace, tenant])),
      ...Object.fromEntries(["loki", COLLECTOR_NAMESPACE].map((namespace) => [namespace, PLATFORM_TENANT])),
    };
    for (const object of namespaceObjects(tenants, createdMs))
      this.store.create(knownResource("", "namespaces"), object);
    for (const object of nodeObjects(createdMs)) this.store.create(knownResource("", "nodes"), object);
    for (const object of lokiConfigMaps(createdMs)) this.store.create(knownResource("", "configmaps"), object);
    for (const object of s3Secrets(keys, createdMs)) this.store.create(knownResource("", "secrets"), object);
    const minio = minioWorkloadSpec(createdMs);
    for (const service of MINIO_SERVICES) this.store.create(SERVICES, serviceObject(minio, service));
    const pods: KubeObject[] = this.#deploy(minio);
    for (const component of lokiComponents()) {
      const spec = lokiWorkloadSpec(component, createdMs);
      for (const service of lokiServices(component.target)) this.store.create(SERVICES, serviceObject(spec, service));
      if (component.target === "ingester") {
        this.store.create(knownResource("policy", "poddisruptionbudgets"), ingesterBudget(spec.labels, createdMs));
      }
      pods.push(...this.#deploy(spec));
    }
    for (const app of apps) {
      const spec = bankWorkloadSpec(app, createdMs);
      const ports = [{ name: "http", port: 8443, targetPort: "http" }];
      this.store.create(SERVICES, serviceObject(spec, { name: app.app, ports, headless: false }));
      pods.push(...this.#deploy(spec));
    }
    const collectors = collectorObjects(createdMs);
    this.store.create(knownResource("apps", "daemonsets"), collectors.set);
    pods.push(...collectors.pods.map((pod) => this.store.create(PODS, withDefaults(PODS, pod))));
    this.#controllers.settle();
    await Promise.all(pods.map((pod) => this.#kubelet.adopt(pod)));
    this.store.listen((change) => {
      if (change.resource === PODS) this.#kubelet.changed(change);
      this.#controllers.changed(change);
    });
  }

  /** Stops a pod as `kubectl delete` does; whoever made it makes it again. `null` gives it its own time to end. */
  deletePod(namespace: string, name: string, graceSeconds: number | null): KubeObject {
    return this.#kubelet.stop(this.store.get(PODS, namespace, name), graceSeconds);
  }

  /** @throws StatusProblem 429 when a budget does not allow the pod's eviction */
  requireDisruptable(pod: KubeObject): void {
    requireDisruptable(this.store, pod);
  }

  /** Something happened to a process: the kubelet is to look. */
  wake(): void {
    this.#kubelet.wake();
  }

  close(): void {
    this.#kubelet.close();
    this.#controllers.close();
  }

  #deploy(spec: WorkloadSpec): KubeObject[] {
    const { store } = this;
    const controller = controllerObject(spec);
    if (spec.kind === "Deployment") {
      store.create(DEPLOYMENTS, withDefaults(DEPLOYMENTS, controller));
      store.create(REPLICA_SETS, withDefaults(REPLICA_SETS, replicaSetObject(spec)));
    } else {
      const set = store.create(STATEFUL_SETS, withDefaults(STATEFUL_SETS, controller));
      const revision = revisionObject(set, spec.templateHash, 1);
      store.create(knownResource("apps", "controllerrevisions"), since(revision, set));
    }
    return spec.pods.map((pod) => {
      for (const template of spec.volumeClaims) {
        const claim = claimOf(template, spec.namespace, pod.name);
        store.create(knownResource("", "persistentvolumeclaims"), since(claim, controller));
      }
      const created = store.create(PODS, withDefaults(PODS, podObject(spec, pod, spec.createdMs)));
      if (pod.restartedMs !== null)
        this.#events.write(created, "BackOff", `Back-off restarting failed container ${spec.container.name}`);
      return created;
    });
  }
}

/** An object as old as another. */
function since(object: KubeObject, { metadata }: KubeObject): KubeObject {
  const { creationTimestamp } = metadata;
  return creationTimestamp === undefined ? object : { ...object, metadata: { ...object.metadata, creationTimestamp } };
}
