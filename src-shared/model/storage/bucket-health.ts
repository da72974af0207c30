import { z } from "zod";

/** A figure that a store may not tell: `null` is "not known" and never stands for zero. */
const figure = z.number().nullable();

/**
 * The ways MinIO tells its figures. `v3`: `/minio/metrics/v3/…` (July 2024 and later). `v2`: `/minio/v2/metrics/…` (2021 and
 * later). `v1`: `/minio/prometheus/metrics` (before).
 */
export const METRIC_GENERATIONS = ["v3", "v2", "v1"] as const;
export type MetricGeneration = (typeof METRIC_GENERATIONS)[number];

/**
 * `ok`: it answered well. `failing`: it answered and said no. `unsupported`: this server has no such page. `unknown`: nobody
 * answered, or it was not for us.
 */
export const probeSchema = z.object({
  state: z.enum(["ok", "failing", "unsupported", "unknown"]),
  /** HTTP's; `null` where there was no answer. */
  status: figure,
});
export type Probe = z.output<typeof probeSchema>;

/** Whether one page of figures answered, and where not, why. */
export const metricsAttemptSchema = z.object({
  node: z.string(),
  generation: z.enum(METRIC_GENERATIONS),
  path: z.string(),
  outcome: z.enum(["read", "unsupported", "forbidden", "failed"]),
  status: figure,
  /** An error's code, where there was no answer. */
  code: z.string().nullable(),
});
export type MetricsAttempt = z.output<typeof metricsAttemptSchema>;

export const erasureSetSchema = z.object({
  pool: z.string(),
  set: z.string(),
  onlineDrives: figure,
  healingDrives: figure,
  readQuorum: figure,
  writeQuorum: figure,
  /** Drives that may still be lost before reads or writes stop. */
  readTolerance: figure,
  writeTolerance: figure,
  healthy: z.boolean().nullable(),
});
export type ErasureSet = z.output<typeof erasureSetSchema>;

export const replicationHealthSchema = z.object({
  pendingObjects: figure,
  pendingBytes: figure,
  failedObjectsLastHour: figure,
  failedBytesLastHour: figure,
  /** Since the servers started. */
  failedObjects: figure,
  failedBytes: figure,
  sentObjects: figure,
  sentBytes: figure,
  /** The slowest of what is told by operation, size and target. */
  latencyMs: figure,
});
export type ReplicationHealth = z.output<typeof replicationHealthSchema>;

export const bucketUsageSchema = z.object({
  bucket: z.string(),
  sizeBytes: figure,
  objects: figure,
  /** With delete markers. */
  versions: figure,
  deleteMarkers: figure,
  quotaBytes: figure,
  replication: replicationHealthSchema,
});
export type BucketUsage = z.output<typeof bucketUsageSchema>;

export const bucketHealthSchema = z.object({
  checkedAtMs: z.number(),
  /** Addresses that figures came from, of those that were asked. Figures of nodes are sums over these. */
  nodesRead: z.array(z.string()),
  nodesAsked: z.number(),
  generations: z.array(z.enum(METRIC_GENERATIONS)),
  attempts: z.array(metricsAttemptSchema),
  /** Worst of all nodes. `ready` says nothing of the drives: servers without quorum answer it as well. */
  probes: z.object({
    live: probeSchema,
    ready: probeSchema,
    /** Write and read quorum. */
    clusterWrite: probeSchema,
    clusterRead: probeSchema,
    /** Whether the node that was asked may be taken down without losing quorum. */
    maintenance: probeSchema,
  }),
  capacity: z.object({
    usableTotalBytes: figure,
    usableFreeBytes: figure,
    rawTotalBytes: figure,
    rawFreeBytes: figure,
    usedBytes: figure,
    objects: figure,
    versions: figure,
    deleteMarkers: figure,
    /** How old the store's own count of objects is. */
    countedSecondsAgo: figure,
  }),
  nodes: z.object({ online: figure, offline: figure }),
  drives: z.object({ total: figure, online: figure, offline: figure, healing: figure, parity: figure }),
  quorum: z.object({ read: figure, write: figure }),
  erasureSets: z.array(erasureSetSchema),
  /** Of the self-healing run that is under way or was last. */
  healing: z.object({ scannedObjects: figure, healedObjects: figure, failedObjects: figure, idleSeconds: figure }),
  scanner: z.object({
    bucketScansStarted: figure,
    bucketScansFinished: figure,
    scannedObjects: figure,
    scannedVersions: figure,
    idleSeconds: figure,
  }),
  lifecycle: z.object({
    expiryPending: figure,
    transitionPending: figure,
    transitionActive: figure,
    transitionMissed: figure,
    checkedVersions: figure,
  }),
  replication: z.object({ queuedObjects: figure, queuedBytes: figure, offlineLinks: figure }),
  buckets: z.array(bucketUsageSchema),
});
export type BucketHealth = z.output<typeof bucketHealthSchema>;

export const BUCKET_FINDING_SEVERITIES = ["critical", "warning", "info"] as const;

/**
 * One thing of a bucket that endangers what Loki keeps in it. The words are `storage.bucket.<rule>.title`, `.why` and
 * `.advice`, with `params`.
 */
export const bucketFindingSchema = z.object({
  rule: z.string(),
  severity: z.enum(BUCKET_FINDING_SEVERITIES),
  /** A lifecycle rule's id, a set of drives, a bucket. */
  where: z.string(),
  params: z.record(z.string(), z.union([z.string(), z.number()])),
  /** What shows it: a fact's name and its value as it was read. */
  evidence: z.array(z.object({ fact: z.string(), value: z.string() })),
});
export type BucketFinding = z.output<typeof bucketFindingSchema>;

export const bucketJudgementSchema = z.object({
  findings: z.array(bucketFindingSchema),
  /** Rules whose facts were all known and that found nothing. */
  passed: z.array(z.string()),
  /** Rules that say nothing since a fact is not known. */
  silent: z.array(z.string()),
});
export type BucketJudgement = z.output<typeof bucketJudgementSchema>;
