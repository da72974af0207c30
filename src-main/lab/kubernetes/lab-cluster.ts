import type { Clock } from "../../core/common/clock.ts";
import type { BankApp } from "../cluster/bank-apps.ts";
import { lokiComponents, type LokiTarget } from "../cluster/components.ts";
import { goRfc3339Seconds } from "../format/go-text.ts";
import { SeededRandom, textSeed } from "../traffic/seeded-random.ts";
import {
  bankWorkloadSpec,
  ingesterBudget,
  lokiConfigMaps,
  lokiServices,
  lokiWorkloadSpec,
  namespaceObjects,
  nodeObjects,
} from "./cluster-objects.ts";
import { endpointSlice, endpointsObject, podsOfService } from "./endpoint-objects.ts";
import type { KubeObject } from "./kube-object.ts";
import { ObjectStore } from "./object-store.ts";
import { findResource, type KubeResource } from "./resources.ts";
import {
  controllerObject,
  podObject,
  type PodSpec,
  replicaSetObject,
  serviceObject,
  stableUid,
  type WorkloadSpec,
} from "./workload-objects.ts";

/** How long a new pod takes to become ready. */
const READY_AFTER_MS = 1_500;

export function knownResource(group: string, plural: string): KubeResource {
  const resource = findResource(group, "v1", plural);
  if (resource === null) throw new Error(`the lab serves no ${plural}`);
  return resource;
}

const PODS = knownResource("", "pods");
const SERVICES = knownResource("", "services");
const EVENTS = knownResource("", "events");
const ENDPOINTS = knownResource("", "endpoints");
const SLICES = knownResource("discovery.k8s.io", "endpointslices");

/** A pod that listens: which part of Loki answers on its port. */
export interface PodBackends {
  /** Begins to serve a pod; the port on loopback that stands for its `http-metrics`. */
  open(podUid: string, target: LokiTarget, podName: string): Promise<void>;
  /** Stops it and cuts its connections. */
  close(podUid: string): Promise<void>;
}

/** Lays out the cluster in the object store, and plays the controllers: a deleted pod comes back as a new one. */
export class LabCluster {
  readonly store: ObjectStore;
  private readonly clock: Clock;
  private readonly backends: PodBackends;
  private readonly specs = new Map<string, { readonly spec: WorkloadSpec; readonly target: LokiTarget | null }>();
  private readonly timers = new Set<() => void>();
  private eventCount = 0;
  private closed = false;

  constructor(clock: Clock, backends: PodBackends) {
    this.clock = clock;
    this.backends = backends;
    this.store = new ObjectStore(clock);
  }

  async build(apps: readonly BankApp[]): Promise<void> {
    // The cluster is a day older than the lab.
    const createdMs = Math.floor(this.clock.nowMs() / 1_000) * 1_000 - 86_400_000;
    const tenants = Object.fromEntries(apps.map(({ namespace, tenant }) => [namespace, tenant]));
    for (const object of namespaceObjects(tenants, createdMs))
      this.store.create(knownResource("", "namespaces"), object);
    for (const object of nodeObjects(createdMs)) this.store.create(knownResource("", "nodes"), object);
    for (const object of lokiConfigMaps(createdMs)) this.store.create(knownResource("", "configmaps"), object);
    for (const component of lokiComponents()) {
      const spec = lokiWorkloadSpec(component, createdMs);
      for (const { name, headless, ports } of lokiServices(component.target)) {
        this.store.create(SERVICES, serviceObject(spec, name, ports, headless));
      }
      if (component.target === "ingester") {
        this.store.create(knownResource("policy", "poddisruptionbudgets"), ingesterBudget(spec.labels, createdMs));
      }
      await this.deploy(spec, component.target);
    }
    for (const app of apps) {
      const spec = bankWorkloadSpec(app, createdMs);
      this.store.create(
        SERVICES,
        serviceObject(spec, app.app, [{ name: "http", port: 8443, targetPort: "http" }], false),
      );
      await this.deploy(spec, null);
    }
    this.syncEndpoints();
  }

  /** What a controller does when one of its pods is deleted: the pod goes, a new one starts and becomes ready. */
  async deletePod(namespace: string, name: string): Promise<KubeObject> {
    const gone = this.store.delete(PODS, namespace, name);
    await this.backends.close(gone.metadata.uid ?? "");
    this.syncEndpoints();
    const known = this.specs.get(`${namespace}/${name}`);
    if (known !== undefined) {
      this.specs.delete(`${namespace}/${name}`);
      this.event(gone, "Killing", `Stopping container ${known.spec.container.name}`);
      this.later(0, () => this.startReplacement(known.spec, known.target, name));
    }
    return gone;
  }

  close(): void {
    this.closed = true;
    for (const cancel of this.timers) cancel();
    this.timers.clear();
  }

  private async deploy(spec: WorkloadSpec, target: LokiTarget | null): Promise<void> {
    const controller = knownResource("apps", spec.kind === "Deployment" ? "deployments" : "statefulsets");
    this.store.create(controller, controllerObject(spec));
    if (spec.kind === "Deployment") this.store.create(knownResource("apps", "replicasets"), replicaSetObject(spec));
    for (const pod of spec.pods) {
      const created = this.store.create(PODS, podObject(spec, pod, spec.createdMs));
      this.specs.set(`${spec.namespace}/${pod.name}`, { spec, target });
      if (target !== null) await this.backends.open(created.metadata.uid ?? "", target, pod.name);
      if (pod.restartedMs !== null)
        this.event(created, "BackOff", `Back-off restarting failed container ${spec.container.name}`);
    }
  }

  private startReplacement(spec: WorkloadSpec, target: LokiTarget | null, oldName: string): void {
    const old = spec.pods.find(({ name }) => name === oldName) ?? spec.pods[0];
    if (old === undefined) return;
    const random = new SeededRandom(textSeed(`${oldName}/${this.store.currentVersion}`));
    const suffix = Array.from({ length: 5 }, () =>
      random.pick([..."bcdfghjklmnpqrstvwxz2456789"] as [string, ...string[]]),
    ).join("");
    const name = spec.kind === "StatefulSet" ? oldName : `${spec.name}-${spec.templateHash}-${suffix}`;
    const pod: PodSpec = { ...old, name, restartedMs: null };
    const replaced: WorkloadSpec = { ...spec, pods: spec.pods.map((each) => (each.name === oldName ? pod : each)) };
    const ready = podObject(replaced, pod, Math.floor(this.clock.nowMs()));
    const created = this.store.create(PODS, {
      ...ready,
      status: { phase: "Pending", conditions: [], qosClass: "Burstable" },
    });
    this.specs.set(`${spec.namespace}/${name}`, { spec: replaced, target });
    this.event(created, "Created", `Created container: ${spec.container.name}`);
    this.later(READY_AFTER_MS, () => {
      this.becomeReady(created, ready, target).catch((error: unknown) => {
        this.event(created, "Failed", `Error: ${error instanceof Error ? error.message : String(error)}`);
      });
    });
  }

  private async becomeReady(created: KubeObject, ready: KubeObject, target: LokiTarget | null): Promise<void> {
    const { namespace = "", name, uid } = created.metadata;
    const current = this.store.find(PODS, namespace, name);
    if (current === null || current.metadata.uid !== uid) return;
    if (target !== null) await this.backends.open(uid ?? "", target, name);
    if (this.closed) {
      await this.backends.close(uid ?? "");
      return;
    }
    this.store.update(PODS, { ...current, ...(ready.status === undefined ? {} : { status: ready.status }) });
    this.event(current, "Started", "Started container");
    this.syncEndpoints();
  }

  /** Brings `Endpoints` and `EndpointSlice` of every service up to date with the pods. */
  private syncEndpoints(): void {
    const pods = this.store.list(PODS, null);
    for (const service of this.store.list(SERVICES, null)) {
      const selected = podsOfService(service, pods);
      this.put(ENDPOINTS, endpointsObject(service, selected));
      this.put(SLICES, endpointSlice(service, selected));
    }
  }

  private put(resource: KubeResource, object: KubeObject): void {
    const known = this.store.find(resource, object.metadata.namespace ?? null, object.metadata.name);
    if (known === null) this.store.create(resource, object);
    else this.store.update(resource, object);
  }

  private event(about: KubeObject, reason: string, message: string): void {
    this.eventCount += 1;
    const { name, namespace = "", uid, resourceVersion } = about.metadata;
    const stamp = goRfc3339Seconds(this.clock.nowMs());
    this.store.create(EVENTS, {
      metadata: { name: `${name}.${stableUid(`${name}/${this.eventCount}`).slice(0, 8)}`, namespace },
      involvedObject: { kind: about.kind, namespace, name, uid, apiVersion: about.apiVersion, resourceVersion },
      reason,
      message,
      source: { component: "kubelet" },
      firstTimestamp: stamp,
      lastTimestamp: stamp,
      count: 1,
      type: reason === "BackOff" ? "Warning" : "Normal",
      eventTime: null,
      reportingComponent: "kubelet",
      reportingInstance: "",
    });
  }

  private later(ms: number, callback: () => void): void {
    const cancel = this.clock.after(ms, () => {
      this.timers.delete(cancel);
      callback();
    });
    this.timers.add(cancel);
  }
}
