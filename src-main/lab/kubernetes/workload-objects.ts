import { goRfc3339Seconds } from "../format/go-text.ts";
import { mix, textSeed } from "../traffic/seeded-random.ts";
import type { KubeObject, OwnerReference } from "./kube-object.ts";
import { type ContainerState, podStatus } from "./pod-status.ts";

/** A workload to lay out: its controller, its pods, its service. */
export interface WorkloadSpec {
  readonly name: string;
  readonly namespace: string;
  readonly kind: "Deployment" | "StatefulSet";
  readonly labels: Readonly<Record<string, string>>;
  readonly templateHash: string;
  /** Of the pods. */
  readonly podAnnotations?: Readonly<Record<string, string>>;
  readonly container: Readonly<Record<string, unknown>> & { readonly name: string; readonly image: string };
  readonly volumes: readonly Record<string, unknown>[];
  /** `volumeClaimTemplates` of a StatefulSet. */
  readonly volumeClaims: readonly Record<string, unknown>[];
  readonly serviceAccount: string;
  readonly createdMs: number;
  readonly pods: readonly PodSpec[];
}

export interface PodSpec {
  readonly name: string;
  readonly ip: string;
  readonly node: string;
  readonly zone: string;
  /** When the container was last started again; `null` when it never was. */
  readonly restartedMs: number | null;
}

/** The same uid for the same thing, so that references hold and two labs of one seed are alike. */
export function stableUid(text: string): string {
  const word = (salt: number) => mix(textSeed(text), salt).toString(16).padStart(8, "0");
  const [a, b, c, d] = [word(1), word(2), word(3), word(4)];
  return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-a${c.slice(1, 4)}-${c.slice(4)}${d}`;
}

function owner(kind: string, namespace: string, name: string): OwnerReference {
  const uid = stableUid(`${kind}/${namespace}/${name}`);
  return { apiVersion: "apps/v1", kind, name, uid, controller: true, blockOwnerDeletion: true };
}

function annotated({ podAnnotations }: WorkloadSpec): { annotations?: Record<string, string> } {
  return podAnnotations === undefined ? {} : { annotations: { ...podAnnotations } };
}

function podTemplate(spec: WorkloadSpec): Record<string, unknown> {
  return {
    metadata: { labels: spec.labels, ...annotated(spec) },
    spec: {
      volumes: spec.volumes,
      containers: [
        {
          ...spec.container,
          terminationMessagePath: "/dev/termination-log",
          terminationMessagePolicy: "File",
          imagePullPolicy: "IfNotPresent",
        },
      ],
      restartPolicy: "Always",
      terminationGracePeriodSeconds: 30,
      dnsPolicy: "ClusterFirst",
      serviceAccountName: spec.serviceAccount,
      serviceAccount: spec.serviceAccount,
      securityContext: {},
      schedulerName: "default-scheduler",
    },
  };
}

/** The Deployment or StatefulSet itself. */
export function controllerObject(spec: WorkloadSpec): KubeObject {
  const replicas = spec.pods.length;
  const { name, namespace, labels, kind } = spec;
  const stamp = goRfc3339Seconds(spec.createdMs);
  const counts = {
    observedGeneration: 1,
    replicas,
    updatedReplicas: replicas,
    readyReplicas: replicas,
    availableReplicas: replicas,
  };
  const common = { replicas, selector: { matchLabels: labels }, template: podTemplate(spec) };
  const metadata = {
    name,
    namespace,
    uid: stableUid(`${kind}/${namespace}/${name}`),
    generation: 1,
    creationTimestamp: stamp,
    labels,
  };
  if (kind === "StatefulSet") {
    const revision = `${name}-${spec.templateHash}`;
    return {
      metadata,
      spec: {
        ...common,
        serviceName: `${name}-headless`,
        podManagementPolicy: "Parallel",
        updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 0 } },
        revisionHistoryLimit: 10,
        persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
        ...(spec.volumeClaims.length === 0 ? {} : { volumeClaimTemplates: spec.volumeClaims }),
      },
      status: {
        ...counts,
        currentReplicas: replicas,
        currentRevision: revision,
        updateRevision: revision,
        collisionCount: 0,
      },
    };
  }
  const condition = (type: string, reason: string, message: string) => ({
    type,
    status: "True",
    lastUpdateTime: stamp,
    lastTransitionTime: stamp,
    reason,
    message,
  });
  return {
    metadata: { ...metadata, annotations: { "deployment.kubernetes.io/revision": "1" } },
    spec: {
      ...common,
      strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: "25%", maxSurge: "25%" } },
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
    },
    status: {
      ...counts,
      terminatingReplicas: 0,
      conditions: [
        condition("Available", "MinimumReplicasAvailable", "Deployment has minimum availability."),
        condition(
          "Progressing",
          "NewReplicaSetAvailable",
          `ReplicaSet "${name}-${spec.templateHash}" has successfully progressed.`,
        ),
      ],
    },
  };
}

/** The ReplicaSet between a Deployment and its pods. */
export function replicaSetObject(spec: WorkloadSpec): KubeObject {
  const name = `${spec.name}-${spec.templateHash}`;
  const labels = { ...spec.labels, "pod-template-hash": spec.templateHash };
  const replicas = spec.pods.length;
  return {
    metadata: {
      name,
      namespace: spec.namespace,
      uid: stableUid(`ReplicaSet/${spec.namespace}/${name}`),
      generation: 1,
      creationTimestamp: goRfc3339Seconds(spec.createdMs),
      labels,
      annotations: {
        "deployment.kubernetes.io/desired-replicas": String(replicas),
        "deployment.kubernetes.io/max-replicas": String(replicas + 1),
        "deployment.kubernetes.io/revision": "1",
      },
      ownerReferences: [owner("Deployment", spec.namespace, spec.name)],
    },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { ...podTemplate(spec), metadata: { labels, ...annotated(spec) } },
    },
    status: {
      replicas,
      fullyLabeledReplicas: replicas,
      readyReplicas: replicas,
      availableReplicas: replicas,
      terminatingReplicas: 0,
      observedGeneration: 1,
    },
  };
}

const NOT_READY_TOLERATIONS = ["not-ready", "unreachable"].map((name) => ({
  key: `node.kubernetes.io/${name}`,
  operator: "Exists",
  effect: "NoExecute",
  tolerationSeconds: 300,
}));

/** A pod that runs and is ready; its container was started again at `restartedMs` if that is set. */
export function podObject(spec: WorkloadSpec, pod: PodSpec, startedMs: number): KubeObject {
  const stateful = spec.kind === "StatefulSet";
  const ordinal = pod.name.slice(pod.name.lastIndexOf("-") + 1);
  const own = stateful
    ? {
        "apps.kubernetes.io/pod-index": ordinal,
        "controller-revision-hash": `${spec.name}-${spec.templateHash}`,
        "statefulset.kubernetes.io/pod-name": pod.name,
      }
    : { "pod-template-hash": spec.templateHash };
  const owners = stateful
    ? [owner("StatefulSet", spec.namespace, spec.name)]
    : [owner("ReplicaSet", spec.namespace, `${spec.name}-${spec.templateHash}`)];
  const stamp = goRfc3339Seconds(startedMs);
  const { spec: template } = podTemplate(spec) as { spec: Record<string, unknown> };
  const object: KubeObject = {
    metadata: {
      name: pod.name,
      generateName: stateful ? `${spec.name}-` : `${spec.name}-${spec.templateHash}-`,
      namespace: spec.namespace,
      uid: stableUid(`Pod/${spec.namespace}/${pod.name}/${startedMs}`),
      generation: 1,
      creationTimestamp: stamp,
      labels: { ...spec.labels, ...own, "topology.kubernetes.io/zone": pod.zone },
      ...annotated(spec),
      ownerReferences: owners,
    },
    spec: {
      ...template,
      nodeName: pod.node,
      ...(stateful ? { hostname: pod.name, subdomain: `${spec.name}-headless` } : {}),
      tolerations: NOT_READY_TOLERATIONS,
      priority: 0,
      enableServiceLinks: true,
      preemptionPolicy: "PreemptLowerPriority",
    },
    status: { podIP: pod.ip, startTime: stamp },
  };
  const container = containerState(pod, startedMs);
  return { ...object, status: podStatus(object, container, container.startedMs ?? startedMs) };
}

/** The container as it has run since the pod was made, or since it was killed for its memory once. */
function containerState(pod: PodSpec, startedMs: number): ContainerState {
  const since = pod.restartedMs;
  if (since === null) return { startedMs, running: true, ready: true, restarts: 0, last: null };
  const last = { startedMs, finishedMs: since, exitCode: 137, reason: "OOMKilled" };
  return { startedMs: since, running: true, ready: true, restarts: 1, last };
}

export interface ServicePort {
  readonly name: string;
  readonly port: number;
  readonly targetPort: string | number;
}

export interface ServiceSpec {
  readonly name: string;
  readonly headless: boolean;
  readonly ports: readonly ServicePort[];
  /** `publishNotReadyAddresses`. */
  readonly unreadyToo?: boolean;
}

/** A service before a workload, headless or with an address of its own. */
export function serviceObject(spec: WorkloadSpec, { name, ports, headless, unreadyToo }: ServiceSpec): KubeObject {
  const seed = textSeed(`${spec.namespace}/${name}`);
  const clusterIP = headless ? "None" : `10.96.${seed % 250}.${1 + ((seed >>> 8) % 250)}`;
  const labels = headless ? { ...spec.labels, "prometheus.io/service-monitor": "false" } : spec.labels;
  return {
    metadata: {
      name,
      namespace: spec.namespace,
      uid: stableUid(`Service/${spec.namespace}/${name}`),
      creationTimestamp: goRfc3339Seconds(spec.createdMs),
      labels,
    },
    spec: {
      ports: ports.map((port) => ({ name: port.name, protocol: "TCP", port: port.port, targetPort: port.targetPort })),
      selector: spec.labels,
      clusterIP,
      clusterIPs: [clusterIP],
      type: "ClusterIP",
      sessionAffinity: "None",
      ipFamilies: ["IPv4"],
      ipFamilyPolicy: "SingleStack",
      internalTrafficPolicy: "Cluster",
      ...(unreadyToo === true ? { publishNotReadyAddresses: true } : {}),
    },
    status: { loadBalancer: {} },
  };
}
