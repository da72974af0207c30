import { randomUUID } from "node:crypto";
import { stringify } from "yaml";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { ScanScope } from "../../../../src-shared/model/storage/scan.ts";
import type { CheckMode } from "../integrity/chunk-checker.ts";
import type { OpenedStore } from "../stores/opened-store.ts";
import { partsPrefix } from "./part-store.ts";

export interface JobManifestOptions {
  readonly mode: CheckMode;
  readonly scope: ScanScope;
  /** Parts that the bucket is divided into: as many pods in all. */
  readonly shards: number;
  /** Pods at a time. */
  readonly parallelism: number;
  readonly namespace: string;
  readonly image: string;
  /** Secret in the namespace with the keys `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`. */
  readonly secret?: string;
  /** Names the scan, its Job and where its parts are; made up without. */
  readonly scan?: string;
}

export const DEFAULT_SECRET = "kubemate-bucket";
const NUMBERED_USER = 65_532;
const CA_FOLDER = "/etc/kubemate/ca";
/** `parsePlace`'s characters that Kubernetes would take for a variable. */
const VARIABLE = /\$\(/g;

/**
 * A Kubernetes Indexed Job that scans a bucket in shards inside of the cluster, and the ConfigMap of the bucket's certificate
 * authorities where it has own ones. Pods read the bucket and write their parts below the console's own prefix; credentials are
 * named, never given. Rejects with `storage.unsupported` for a store that such pods cannot open by its address.
 */
export function jobManifest(
  { store, s3, config }: Pick<OpenedStore, "store" | "s3" | "config">,
  options: JobManifestOptions,
): string {
  const scan = options.scan ?? `scan-${randomUUID().slice(0, 8)}`;
  const unsupported = (action: string) => new AppError("storage.unsupported", { store: store.title, action });
  if (s3 === null) throw unsupported("a Job in the cluster: a folder is on this machine alone");
  if (config.place.kind === "s3" && (config.place.moreBuckets ?? []).length > 0) {
    throw unsupported("a Job in the cluster: several buckets");
  }
  const { ca, chunkDelimiter, trustAnyServer } = s3.options;
  if (chunkDelimiter !== undefined && chunkDelimiter !== ":")
    throw unsupported("a Job in the cluster: chunk_delimiter");
  if (trustAnyServer === true && ca === undefined) throw unsupported("a Job in the cluster: insecure_skip_verify");
  const objects = [
    ...(ca === undefined ? [] : [authorities(scan, options.namespace, ca)]),
    job(scan, address(s3.options), config.indexPrefix, options, ca !== undefined),
  ];
  const secret = options.secret ?? DEFAULT_SECRET;
  const comment = [
    `Scans ${store.title} in ${options.shards} shards, at most ${options.parallelism} at a time. Pods read the bucket and write`,
    `below ${partsPrefix(scan)} alone; they need no rights in the cluster.`,
    `Credentials are in the Secret ${secret} of this namespace, as AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY:`,
    `they need s3:ListBucket, s3:GetObject, and s3:PutObject below ${partsPrefix(scan)}`,
    "The image's entry point is the program `kubemate`. When the Job is complete, put its parts together with",
    `  kubemate storage merge --store … --scan-name ${scan}`,
  ];
  const head = comment.map((line) => `# ${oneLine(line)}\n`).join("");
  return (
    head + objects.map((object) => stringify(object, { lineWidth: 0, aliasDuplicateObjects: false })).join("---\n")
  );
}

function address({ bucket, prefix = "", endpoint, region, ca }: NonNullable<OpenedStore["s3"]>["options"]): string {
  const parameters = new URLSearchParams({
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(region === undefined ? {} : { region }),
    ...(ca === undefined ? {} : { "ca-file": `${CA_FOLDER}/ca.crt` }),
  }).toString();
  const path = prefix === "" ? "" : `/${prefix.split("/").map(encodeURIComponent).join("/")}`;
  return `s3://${bucket}${path}${parameters === "" ? "" : `?${parameters}`}`;
}

function job(
  scan: string,
  store: string,
  indexPrefix: string,
  options: JobManifestOptions,
  hasAuthorities: boolean,
): object {
  const { shards, parallelism, namespace } = options;
  const labels = labelsOf(scan);
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name: jobName(scan), namespace, labels },
    spec: {
      completionMode: "Indexed",
      completions: shards,
      parallelism: Math.min(shards, parallelism),
      // A shard that cannot be scanned does not end the others.
      backoffLimitPerIndex: 3,
      maxFailedIndexes: shards,
      ttlSecondsAfterFinished: 604_800,
      template: {
        metadata: { labels },
        spec: {
          restartPolicy: "Never",
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          securityContext: {
            runAsNonRoot: true,
            runAsUser: NUMBERED_USER,
            runAsGroup: NUMBERED_USER,
            fsGroup: NUMBERED_USER,
            seccompProfile: { type: "RuntimeDefault" },
          },
          containers: [container(scan, store, indexPrefix, options, hasAuthorities)],
          volumes: [
            { name: "work", emptyDir: { sizeLimit: "4Gi" } },
            ...(hasAuthorities ? [{ name: "ca", configMap: { name: jobName(scan) } }] : []),
          ],
        },
      },
    },
  };
}

function container(
  scan: string,
  store: string,
  indexPrefix: string,
  { image, shards, mode, scope, secret = DEFAULT_SECRET }: JobManifestOptions,
  hasAuthorities: boolean,
): object {
  const fromSecret = (name: string) => ({ name, valueFrom: { secretKeyRef: { name: secret, key: name } } });
  return {
    name: "scan",
    image,
    args: [
      "storage",
      "scan",
      "--store",
      plain(store),
      // Kubernetes puts the pod's own number in its place.
      "--shard",
      `$(JOB_COMPLETION_INDEX)/${shards}`,
      "--scan-name",
      scan,
      "--index-prefix",
      plain(indexPrefix),
      ...(mode === "deep" ? ["--deep"] : []),
      ...(scope.tenants ?? []).flatMap((tenant) => ["--tenant", plain(tenant)]),
      ...(scope.fromMs === null ? [] : ["--from", new Date(scope.fromMs).toISOString()]),
      ...(scope.throughMs === null ? [] : ["--to", new Date(scope.throughMs).toISOString()]),
      ...(scope.samplePercent === 100 ? [] : ["--sample", String(scope.samplePercent)]),
      "--output",
      "json",
    ],
    env: [
      fromSecret("AWS_ACCESS_KEY_ID"),
      fromSecret("AWS_SECRET_ACCESS_KEY"),
      { name: "KUBEMATE_PROFILE", value: "/work/profile" },
      { name: "TMPDIR", value: "/work" },
    ],
    // Some sixty bytes of each chunk in the bucket, one index file, and the chunks that are being checked.
    resources: { requests: { cpu: "1", memory: "1Gi" }, limits: { memory: "3Gi" } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
    volumeMounts: [
      { name: "work", mountPath: "/work" },
      ...(hasAuthorities ? [{ name: "ca", mountPath: CA_FOLDER, readOnly: true }] : []),
    ],
  };
}

function authorities(scan: string, namespace: string, ca: string): object {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: jobName(scan), namespace, labels: labelsOf(scan) },
    data: { "ca.crt": ca },
  };
}

function jobName(scan: string): string {
  return `kubemate-${scan}`;
}

function labelsOf(scan: string): Readonly<Record<string, string>> {
  return {
    "app.kubernetes.io/name": "kubemate-scan",
    "app.kubernetes.io/instance": scan,
    "app.kubernetes.io/managed-by": "kubemate",
  };
}

/** An argument that Kubernetes hands on as it is. */
function plain(text: string): string {
  return text.replace(VARIABLE, "$$$$(");
}

function oneLine(text: string): string {
  return text.replace(/\s+$/, "").replace(/[\r\n\u0085\u2028\u2029]/g, " ");
}
