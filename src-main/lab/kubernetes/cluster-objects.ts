import type { BankApp } from "../cluster/bank-apps.ts";
import { COLLECTOR_NAMESPACE } from "../cluster/collectors.ts";
import { LAB_NODES, type LokiComponent, RESTARTED_AFTER_MS } from "../cluster/components.ts";
import { goRfc3339Seconds } from "../format/go-text.ts";
import { chartConfigYaml } from "../loki/config-page.ts";
import { mix, textSeed } from "../traffic/seeded-random.ts";
import type { KubeObject } from "./kube-object.ts";
import { updatedFields } from "./managed-fields.ts";
import { LOKI_S3_SECRET } from "./minio-objects.ts";
import { DR_BUCKET, SCRATCH_BUCKET } from "../s3/lab-buckets.ts";
import { knownResource } from "./resources.ts";
import { RUNTIME_CONFIG_KEY, RUNTIME_CONFIG_MAP } from "./runtime-config.ts";
import { type ServicePort, type ServiceSpec, stableUid, type WorkloadSpec } from "./workload-objects.ts";

const LOKI_IMAGE = "docker.io/grafana/loki:3.7.6";
const METRICS_PORT: ServicePort = { name: "http-metrics", port: 3100, targetPort: "http-metrics" };

/** Where a console restores from and rehearses, as a team tells it in the chart's `loki.podAnnotations`. */
const BUCKETS_BESIDE = { "kubemate.io/dr-bucket": DR_BUCKET, "kubemate.io/scratch-bucket": SCRATCH_BUCKET };

/** A component of Loki as a workload, labelled as the Helm chart labels it. */
export function lokiWorkloadSpec(component: LokiComponent, createdMs: number): WorkloadSpec {
  const { target, kind, templateHash, pods } = component;
  const gateway = target === "gateway";
  const labels = {
    "app.kubernetes.io/component": target,
    "app.kubernetes.io/instance": "loki",
    "app.kubernetes.io/name": "loki",
    ...(component.memberlist ? { "app.kubernetes.io/part-of": "memberlist" } : {}),
  };
  const ports = gateway
    ? [{ name: "http-metrics", containerPort: 8080, protocol: "TCP" }]
    : [
        { name: "http-metrics", containerPort: 3100, protocol: "TCP" },
        { name: "grpc", containerPort: 9095, protocol: "TCP" },
        { name: "http-memberlist", containerPort: 7946, protocol: "TCP" },
      ];
  return {
    name: `loki-${target}`,
    namespace: "loki",
    kind,
    labels,
    templateHash,
    ...(gateway ? {} : { podAnnotations: BUCKETS_BESIDE }),
    container: {
      name: gateway ? "nginx" : target,
      image: gateway ? "docker.io/nginxinc/nginx-unprivileged:1.29-alpine" : LOKI_IMAGE,
      ...(gateway
        ? {}
        : {
            args: ["-config.file=/etc/loki/config/config.yaml", "-config.expand-env=true", `-target=${target}`],
            envFrom: [{ secretRef: { name: LOKI_S3_SECRET } }],
          }),
      ports,
      resources: { requests: { cpu: "500m", memory: "1Gi" } },
      volumeMounts: gateway
        ? [{ name: "config", mountPath: "/etc/nginx" }]
        : [
            { name: "config", mountPath: "/etc/loki/config" },
            { name: "runtime-config", mountPath: "/etc/loki/runtime-config" },
            ...(kind === "StatefulSet" ? [{ name: "data", mountPath: "/var/loki" }] : []),
          ],
      readinessProbe: {
        httpGet: { path: gateway ? "/" : "/ready", port: "http-metrics", scheme: "HTTP" },
        timeoutSeconds: 1,
        periodSeconds: 10,
        successThreshold: 1,
        failureThreshold: 3,
      },
    },
    volumes: gateway
      ? [{ name: "config", configMap: { name: "loki-gateway", defaultMode: 420 } }]
      : [
          { name: "config", configMap: { name: "loki", defaultMode: 420 } },
          { name: "runtime-config", configMap: { name: "loki-runtime", defaultMode: 420 } },
        ],
    volumeClaims: kind === "StatefulSet" ? [dataClaim(target === "ingester" ? "150Gi" : "10Gi")] : [],
    serviceAccount: "loki",
    createdMs,
    pods: pods.map((pod) => {
      const afterMs = RESTARTED_AFTER_MS[pod.name];
      return { ...pod, restartedMs: afterMs === undefined ? null : createdMs + afterMs };
    }),
  };
}

function dataClaim(storage: string): Record<string, unknown> {
  return {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name: "data" },
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage } }, volumeMode: "Filesystem" },
    status: { phase: "Pending" },
  };
}

/** The services of a component: the chart makes one with an address and a headless one, for some only the latter. */
export function lokiServices(target: LokiComponent["target"]): readonly ServiceSpec[] {
  if (target === "gateway")
    return [
      {
        name: "loki-gateway",
        headless: false,
        ports: [{ name: "http-metrics", port: 80, targetPort: "http-metrics" }],
      },
    ];
  const grpc = { name: "grpc", port: 9095, targetPort: "grpc" };
  const balanced = { name: "grpclb", port: target === "query-frontend" ? 9096 : 9095, targetPort: "grpc" };
  switch (target) {
    case "query-scheduler":
      return [{ name: "loki-query-scheduler", headless: true, ports: [METRICS_PORT, balanced], unreadyToo: true }];
    case "ruler":
      return [{ name: "loki-ruler", headless: true, ports: [METRICS_PORT, grpc] }];
    case "query-frontend":
      return [
        { name: "loki-query-frontend", headless: false, ports: [METRICS_PORT, grpc] },
        {
          name: "loki-query-frontend-headless",
          headless: true,
          ports: [METRICS_PORT, grpc, balanced],
          unreadyToo: true,
        },
      ];
    case "compactor":
    case "distributor":
    case "index-gateway":
    case "ingester":
    case "querier":
      return [
        { name: `loki-${target}`, headless: false, ports: [METRICS_PORT, grpc] },
        { name: `loki-${target}-headless`, headless: true, ports: [METRICS_PORT, grpc] },
      ];
  }
}

/** An application of a tenant as a workload. */
export function bankWorkloadSpec(app: BankApp, createdMs: number): WorkloadSpec {
  const nodes = Object.keys(LAB_NODES);
  return {
    name: app.app,
    namespace: app.namespace,
    kind: app.kind,
    labels: { app: app.app },
    templateHash: app.templateHash,
    container: {
      name: app.app,
      image: `registry.bank.example/${app.namespace}/${app.app}:2026.11`,
      ports: [{ name: "http", containerPort: 8443, protocol: "TCP" }],
      resources: { requests: { cpu: "250m", memory: "512Mi" }, limits: { memory: "1Gi" } },
    },
    volumes: [],
    volumeClaims: [],
    serviceAccount: "default",
    createdMs,
    pods: app.pods.map((name) => {
      const seed = textSeed(`${app.namespace}/${name}`);
      const node = nodes[seed % nodes.length] ?? "node-w1";
      return {
        name,
        node,
        zone: LAB_NODES[node] ?? "a",
        ip: `10.244.${4 + (seed % 4)}.${10 + (mix(seed, 1) % 240)}`,
        restartedMs: null,
      };
    }),
  };
}

export function namespaceObjects(tenants: Readonly<Record<string, string>>, createdMs: number): KubeObject[] {
  const own = ["default", "kube-node-lease", "kube-public", "kube-system"];
  const names = [...own, ...new Set([...Object.keys(tenants), "loki", COLLECTOR_NAMESPACE])];
  return names.map((name) => {
    const tenant = tenants[name];
    const labels = {
      ...(tenant === undefined ? {} : { "kubemate.dev/tenant": tenant }),
      "kubernetes.io/metadata.name": name,
    };
    return {
      metadata: { name, uid: stableUid(`Namespace/${name}`), creationTimestamp: goRfc3339Seconds(createdMs), labels },
      spec: { finalizers: ["kubernetes"] },
      status: { phase: "Active" },
    };
  });
}

export function nodeObjects(createdMs: number): KubeObject[] {
  const stamp = goRfc3339Seconds(createdMs);
  return Object.entries(LAB_NODES).map(([name, zone]) => ({
    metadata: {
      name,
      uid: stableUid(`Node/${name}`),
      creationTimestamp: stamp,
      labels: {
        "kubernetes.io/hostname": name,
        "node-pool": name.startsWith("node-w") ? "write" : "read",
        "topology.kubernetes.io/zone": zone,
      },
      annotations: { "node.alpha.kubernetes.io/ttl": "0" },
    },
    spec: { podCIDR: `10.244.${textSeed(name) % 4}.0/24` },
    status: {
      capacity: { cpu: "16", memory: "65536Mi", pods: "110" },
      allocatable: { cpu: "15800m", memory: "63488Mi", pods: "110" },
      conditions: [
        {
          type: "Ready",
          status: "True",
          reason: "KubeletReady",
          message: "kubelet is posting ready status",
          lastHeartbeatTime: stamp,
          lastTransitionTime: stamp,
        },
      ],
      addresses: [
        { type: "InternalIP", address: `192.0.2.${10 + (textSeed(name) % 200)}` },
        { type: "Hostname", address: name },
      ],
      nodeInfo: {
        kubeletVersion: "v1.36.0",
        operatingSystem: "linux",
        architecture: "amd64",
        osImage: "Debian GNU/Linux 13",
        kernelVersion: "6.12.0",
        containerRuntimeVersion: "containerd://2.2.0",
        machineID: "",
        systemUUID: "",
        bootID: "",
        kubeProxyVersion: "",
      },
    },
  }));
}

/** What the ConfigMap of the runtime configuration holds at the start. */
export const RUNTIME_CONFIG = `# Limits that differ from limits_config, by tenant. Reviewed by the platform team.
overrides:
  retail-bank:
    ingestion_rate_mb: 20          # month-end closing
    ingestion_burst_size_mb: 40
    max_global_streams_per_user: 20000
  cards:
    ingestion_rate_mb: 12
    retention_period: 2160h        # card scheme rules
    per_stream_rate_limit: 128KB   # one pod of the authorizer must not drown the others
    per_stream_rate_limit_burst: 256KB
  treasury:
    # Small by contract; the desk asked for more twice.
    ingestion_rate_mb: 0.5
    ingestion_burst_size_mb: 1
    max_global_streams_per_user: 125
    max_query_length: 168h
`;

const CONFIG_MAPS = knownResource("", "configmaps");
const EDITED_AFTER_MS = 20 * 3_600_000;

export function lokiConfigMaps(createdMs: number): KubeObject[] {
  const labels = { "app.kubernetes.io/instance": "loki", "app.kubernetes.io/name": "loki" };
  const map = (name: string, data: Record<string, string>, annotations: Record<string, string> = {}): KubeObject => ({
    metadata: {
      name,
      namespace: "loki",
      uid: stableUid(`ConfigMap/loki/${name}`),
      creationTimestamp: goRfc3339Seconds(createdMs),
      labels,
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    },
    data,
  });
  // The chart made it; a person has edited the file since.
  const runtimeMap = map(RUNTIME_CONFIG_MAP, { [RUNTIME_CONFIG_KEY]: RUNTIME_CONFIG }, { owner: "sre" });
  const written = (manager: string, atMs: number, after: KubeObject, before: KubeObject | null) => {
    after.metadata.managedFields = updatedFields(before, after, { manager, nowMs: atMs }, CONFIG_MAPS);
    return after;
  };
  const made = written("helm", createdMs, { ...runtimeMap, data: {}, metadata: { ...runtimeMap.metadata } }, null);
  written("kubectl-edit", createdMs + EDITED_AFTER_MS, runtimeMap, made);
  return [
    map("loki", { "config.yaml": chartConfigYaml() }),
    map("loki-gateway", { "nginx.conf": "worker_processes 5;\nevents { worker_connections 4096; }\n" }),
    runtimeMap,
  ];
}

export function ingesterBudget(labels: Readonly<Record<string, string>>, createdMs: number): KubeObject {
  const stamp = goRfc3339Seconds(createdMs);
  return {
    metadata: {
      name: "loki-ingester",
      namespace: "loki",
      uid: stableUid("PodDisruptionBudget/loki/loki-ingester"),
      generation: 1,
      creationTimestamp: stamp,
      labels,
    },
    spec: { selector: { matchLabels: labels }, maxUnavailable: 1 },
    status: {
      observedGeneration: 1,
      disruptionsAllowed: 1,
      currentHealthy: 3,
      desiredHealthy: 2,
      expectedPods: 3,
      conditions: [
        {
          type: "DisruptionAllowed",
          status: "True",
          observedGeneration: 1,
          lastTransitionTime: stamp,
          reason: "SufficientPods",
          message: "",
        },
      ],
    },
  };
}
