import { type KubeObject, listAt, numberAt, textAt } from "./kube-object.ts";
import { stableUid } from "./workload-objects.ts";

interface EndpointPort {
  readonly name: string;
  readonly protocol: string;
  readonly port: number;
}

/** The pods that a service selects. */
export function podsOfService(service: KubeObject, pods: readonly KubeObject[]): KubeObject[] {
  const selector = service.spec?.selector;
  if (selector === null || typeof selector !== "object") return [];
  const wanted = Object.entries(selector);
  return pods.filter(
    ({ metadata }) =>
      metadata.namespace === service.metadata.namespace &&
      wanted.every(([name, value]) => metadata.labels?.[name] === value),
  );
}

export function podIsReady(pod: KubeObject): boolean {
  return listAt(pod, "status.conditions").some(
    (each) => textAt(each, "type") === "Ready" && textAt(each, "status") === "True",
  );
}

/** A service's port as a number of the container; named target ports are looked up in the pod. */
export function targetPort(servicePort: unknown, pod: KubeObject): number {
  const target = textAt(servicePort, "targetPort");
  if (/^\d+$/.test(target)) return Number(target);
  for (const container of listAt(pod, "spec.containers")) {
    for (const port of listAt(container, "ports"))
      if (textAt(port, "name") === target) return numberAt(port, "containerPort");
  }
  return numberAt(servicePort, "port");
}

function endpointPorts(service: KubeObject, pods: readonly KubeObject[]): EndpointPort[] {
  const [pod] = pods;
  if (pod === undefined) return [];
  return listAt(service, "spec.ports")
    .map((port) => ({ name: textAt(port, "name"), protocol: "TCP", port: targetPort(port, pod) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function targetRef({ metadata }: KubeObject): Record<string, unknown> {
  return { kind: "Pod", namespace: metadata.namespace, name: metadata.name, uid: metadata.uid };
}

/** A pod that ends is not ready, whatever it says; a service that publishes all its addresses takes every pod that is not ending. */
function endpointConditions(
  service: KubeObject,
  pod: KubeObject,
): { readonly ready: boolean; readonly serving: boolean; readonly terminating: boolean } {
  const terminating = pod.metadata.deletionTimestamp !== undefined;
  const published = service.spec?.publishNotReadyAddresses === true;
  return { ready: published || (podIsReady(pod) && !terminating), serving: podIsReady(pod), terminating };
}

/** The `EndpointSlice` of a service. */
export function endpointSlice(service: KubeObject, pods: readonly KubeObject[]): KubeObject {
  const { name, namespace = "", labels, uid } = service.metadata;
  return {
    metadata: {
      name: `${name}-${stableUid(`EndpointSlice/${namespace}/${name}`).slice(0, 5)}`,
      generateName: `${name}-`,
      namespace,
      generation: 1,
      labels: {
        ...labels,
        "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
        "kubernetes.io/service-name": name,
      },
      ownerReferences: [
        { apiVersion: "v1", kind: "Service", name, uid: uid ?? "", controller: true, blockOwnerDeletion: true },
      ],
    },
    addressType: "IPv4",
    endpoints: pods.map((pod) => ({
      addresses: [textAt(pod, "status.podIP")],
      conditions: endpointConditions(service, pod),
      targetRef: targetRef(pod),
      nodeName: textAt(pod, "spec.nodeName"),
      zone: pod.metadata.labels?.["topology.kubernetes.io/zone"] ?? "",
    })),
    ports: endpointPorts(service, pods),
  };
}

/** The older `Endpoints` of a service. */
export function endpointsObject(service: KubeObject, pods: readonly KubeObject[]): KubeObject {
  const { name, namespace = "", labels } = service.metadata;
  const address = (pod: KubeObject) => ({
    ip: textAt(pod, "status.podIP"),
    nodeName: textAt(pod, "spec.nodeName"),
    targetRef: targetRef(pod),
  });
  const isReady = (pod: KubeObject) => endpointConditions(service, pod).ready;
  const ready = pods.filter(isReady).map(address);
  const notReady = pods.filter((pod) => !isReady(pod) && pod.metadata.deletionTimestamp === undefined).map(address);
  const subset = {
    ...(ready.length === 0 ? {} : { addresses: ready }),
    ...(notReady.length === 0 ? {} : { notReadyAddresses: notReady }),
    ports: endpointPorts(service, pods),
  };
  return {
    metadata: { name, namespace, ...(labels === undefined ? {} : { labels }) },
    subsets: pods.length === 0 ? [] : [subset],
  };
}
