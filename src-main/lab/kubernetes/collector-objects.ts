import { COLLECTOR_NAMESPACE, collectorPods } from "../cluster/collectors.ts";
import { goRfc3339Seconds } from "../format/go-text.ts";
import type { KubeObject } from "./kube-object.ts";
import { podObject, stableUid, type WorkloadSpec } from "./workload-objects.ts";

const HASH = "6b9c7f5d84";
const LABELS = { "app.kubernetes.io/instance": "promtail", "app.kubernetes.io/name": "promtail" };

/** The collectors' DaemonSet and its pods. No controller makes them again. */
export function collectorObjects(createdMs: number): {
  readonly set: KubeObject;
  readonly pods: readonly KubeObject[];
} {
  const nodes = collectorPods();
  const spec: WorkloadSpec = {
    name: COLLECTOR_NAMESPACE,
    namespace: COLLECTOR_NAMESPACE,
    kind: "Deployment",
    labels: LABELS,
    templateHash: HASH,
    container: {
      name: "promtail",
      image: "docker.io/grafana/promtail:3.6.15",
      args: ["-config.file=/etc/promtail/promtail.yaml"],
      ports: [{ name: "http-metrics", containerPort: 3101, protocol: "TCP" }],
      resources: { requests: { cpu: "100m", memory: "128Mi" } },
      volumeMounts: [
        { name: "config", mountPath: "/etc/promtail" },
        { name: "pods", mountPath: "/var/log/pods", readOnly: true },
      ],
    },
    volumes: [
      { name: "config", secret: { secretName: "promtail", defaultMode: 420 } },
      { name: "pods", hostPath: { path: "/var/log/pods", type: "" } },
    ],
    volumeClaims: [],
    serviceAccount: "promtail",
    createdMs,
    pods: nodes.map((pod) => ({ ...pod, restartedMs: null })),
  };
  const name = COLLECTOR_NAMESPACE;
  const uid = stableUid(`DaemonSet/${name}/${name}`);
  const pods = spec.pods.map((pod): KubeObject => {
    const made = podObject(spec, pod, createdMs);
    const { "pod-template-hash": _hash, ...labels } = made.metadata.labels ?? {};
    return {
      ...made,
      metadata: {
        ...made.metadata,
        generateName: `${name}-`,
        labels: { ...labels, "controller-revision-hash": HASH, "pod-template-generation": "1" },
        ownerReferences: [
          { apiVersion: "apps/v1", kind: "DaemonSet", name, uid, controller: true, blockOwnerDeletion: true },
        ],
      },
    };
  });
  const count = pods.length;
  const { nodeName: _node, tolerations: _tolerations, ...template } = pods[0]?.spec ?? {};
  return {
    pods,
    set: {
      metadata: {
        name,
        namespace: name,
        uid,
        generation: 1,
        creationTimestamp: goRfc3339Seconds(createdMs),
        labels: LABELS,
      },
      spec: {
        selector: { matchLabels: LABELS },
        template: { metadata: { labels: LABELS }, spec: template },
        updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
        revisionHistoryLimit: 10,
      },
      status: {
        currentNumberScheduled: count,
        desiredNumberScheduled: count,
        numberAvailable: count,
        numberMisscheduled: 0,
        numberReady: count,
        observedGeneration: 1,
        updatedNumberScheduled: count,
      },
    },
  };
}
