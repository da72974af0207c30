import { goRfc3339Seconds } from "../format/go-text.ts";
import { type LabS3Keys, S3_PORT } from "../s3/s3-keys.ts";
import type { KubeObject } from "./kube-object.ts";
import { type ServiceSpec, stableUid, type WorkloadSpec } from "./workload-objects.ts";

/** Labels of the chart's MinIO, which are not those of Loki's own objects. */
const LABELS = { app: "minio", release: "loki" };
const API_PORT = { name: "http", port: S3_PORT, targetPort: "http" };

/** The Secret that Loki's pods take the variables of their configuration from. */
export const LOKI_S3_SECRET = "loki-s3";

/** MinIO beside Loki: one pod with two drives, as the chart lays it out. */
export function minioWorkloadSpec(createdMs: number): WorkloadSpec {
  const secretKey = (name: string, key: string) => ({ name, valueFrom: { secretKeyRef: { name: "minio", key } } });
  const probe = (path: string) => ({
    httpGet: { path, port: "http", scheme: "HTTP" },
    timeoutSeconds: 1,
    periodSeconds: 10,
    successThreshold: 1,
    failureThreshold: 3,
  });
  return {
    name: "minio",
    namespace: "loki",
    kind: "StatefulSet",
    labels: LABELS,
    templateHash: "5d9c8b7f64",
    container: {
      name: "minio",
      image: "quay.io/minio/minio:RELEASE.2025-09-07T16-13-09Z",
      command: ["/bin/sh", "-ce", "/usr/bin/docker-entrypoint.sh minio server /export-0 /export-1 --address :9000"],
      env: [
        secretKey("MINIO_ROOT_USER", "rootUser"),
        secretKey("MINIO_ROOT_PASSWORD", "rootPassword"),
        { name: "MINIO_PROMETHEUS_AUTH_TYPE", value: "public" },
      ],
      ports: [
        { name: "http", containerPort: S3_PORT, protocol: "TCP" },
        { name: "http-console", containerPort: 9001, protocol: "TCP" },
      ],
      resources: { requests: { cpu: "500m", memory: "2Gi" } },
      volumeMounts: ["export-0", "export-1"].map((name) => ({ name, mountPath: `/${name}` })),
      readinessProbe: probe("/minio/health/ready"),
      livenessProbe: probe("/minio/health/live"),
    },
    volumes: [],
    volumeClaims: ["export-0", "export-1"].map((name) => ({
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name },
      spec: {
        accessModes: ["ReadWriteOnce"],
        resources: { requests: { storage: "100Gi" } },
        volumeMode: "Filesystem",
      },
      status: { phase: "Pending" },
    })),
    serviceAccount: "minio-sa",
    createdMs,
    pods: [{ name: "minio-0", ip: "10.244.0.60", node: "node-r1", zone: "a", restartedMs: null }],
  };
}

/** `minio`, which Loki's configuration names as its endpoint, and the headless one of the StatefulSet. */
export const MINIO_SERVICES: readonly ServiceSpec[] = [
  { name: "minio", headless: false, ports: [API_PORT] },
  { name: "minio-headless", headless: true, ports: [API_PORT], unreadyToo: true },
];

/** The keys of the object store: MinIO's own, and those that Loki's pods have as variables. */
export function s3Secrets(keys: LabS3Keys, createdMs: number): KubeObject[] {
  const secret = (name: string, labels: Record<string, string>, data: Record<string, string>): KubeObject => ({
    metadata: {
      name,
      namespace: "loki",
      uid: stableUid(`Secret/loki/${name}`),
      creationTimestamp: goRfc3339Seconds(createdMs),
      labels,
    },
    data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString("base64")])),
    type: "Opaque",
  });
  const { root, loki } = keys;
  return [
    secret("minio", LABELS, { rootUser: root.accessKeyId, rootPassword: root.secretAccessKey }),
    secret(
      LOKI_S3_SECRET,
      { "app.kubernetes.io/instance": "loki", "app.kubernetes.io/name": "loki" },
      { S3_ACCESS_KEY_ID: loki.accessKeyId, S3_SECRET_ACCESS_KEY: loki.secretAccessKey },
    ),
  ];
}
