import type { MetricNames } from "./metric-book.ts";

/**
 * Names of MinIO's figures. Sources: the lists `docs/metrics/v3.md` and `docs/metrics/prometheus/list.md` of MinIO's source
 * and the pages "Metrics version 2" and "Metrics v3 reference" of its documentation; what was renamed inside of a
 * generation (`disk` became `drive` in 2023) stands under both names. Version 1 tells of the node's own drives only.
 */
export const CLUSTER_METRICS = {
  usableTotalBytes: {
    v3: ["minio_cluster_health_capacity_usable_total_bytes"],
    v2: ["minio_cluster_capacity_usable_total_bytes"],
  },
  usableFreeBytes: {
    v3: ["minio_cluster_health_capacity_usable_free_bytes"],
    v2: ["minio_cluster_capacity_usable_free_bytes"],
  },
  rawTotalBytes: {
    v3: ["minio_cluster_health_capacity_raw_total_bytes"],
    v2: ["minio_cluster_capacity_raw_total_bytes"],
  },
  rawFreeBytes: {
    v3: ["minio_cluster_health_capacity_raw_free_bytes"],
    v2: ["minio_cluster_capacity_raw_free_bytes"],
  },
  usedBytes: { v3: ["minio_cluster_usage_objects_total_bytes"], v2: ["minio_cluster_usage_total_bytes"] },
  objects: { v3: ["minio_cluster_usage_objects_count"], v2: ["minio_cluster_usage_object_total"] },
  versions: { v3: ["minio_cluster_usage_objects_versions_count"], v2: ["minio_cluster_usage_version_total"] },
  deleteMarkers: {
    v3: ["minio_cluster_usage_objects_delete_markers_count"],
    v2: ["minio_cluster_usage_deletemarker_total"],
  },
  countedSecondsAgo: { v3: ["minio_cluster_usage_objects_since_last_update_seconds"] },
  nodesOnline: { v3: ["minio_cluster_health_nodes_online_count"], v2: ["minio_cluster_nodes_online_total"] },
  nodesOffline: { v3: ["minio_cluster_health_nodes_offline_count"], v2: ["minio_cluster_nodes_offline_total"] },
  drives: {
    v3: ["minio_cluster_health_drives_count"],
    v2: ["minio_cluster_drive_total", "minio_cluster_disk_total"],
  },
  drivesOnline: {
    v3: ["minio_cluster_health_drives_online_count"],
    v2: ["minio_cluster_drive_online_total", "minio_cluster_disk_online_total"],
  },
  drivesOffline: {
    v3: ["minio_cluster_health_drives_offline_count"],
    v2: ["minio_cluster_drive_offline_total", "minio_cluster_disk_offline_total"],
  },
  parity: { v3: ["minio_cluster_config_standard_parity"] },
  writeQuorum: { v3: ["minio_cluster_erasure_set_overall_write_quorum"], v2: ["minio_cluster_write_quorum"] },
  linkOnline: { v2: ["minio_cluster_replication_link_online"] },
} as const satisfies Readonly<Record<string, MetricNames>>;

/** By erasure set: labels `pool_id` and `set_id`, in version 2 `pool` and `set`. */
export const ERASURE_SET_METRICS = {
  onlineDrives: {
    v3: ["minio_cluster_erasure_set_online_drives_count"],
    v2: ["minio_cluster_health_erasure_set_online_drives"],
  },
  healingDrives: {
    v3: ["minio_cluster_erasure_set_healing_drives_count"],
    v2: ["minio_cluster_health_erasure_set_healing_drives"],
  },
  readQuorum: {
    v3: ["minio_cluster_erasure_set_read_quorum"],
    v2: ["minio_cluster_health_erasure_set_read_quorum"],
  },
  writeQuorum: {
    v3: ["minio_cluster_erasure_set_write_quorum"],
    v2: ["minio_cluster_health_erasure_set_write_quorum"],
  },
  readTolerance: { v3: ["minio_cluster_erasure_set_read_tolerance"] },
  writeTolerance: { v3: ["minio_cluster_erasure_set_write_tolerance"] },
  healthy: { v3: ["minio_cluster_erasure_set_health"], v2: ["minio_cluster_health_erasure_set_status"] },
} as const satisfies Readonly<Record<string, MetricNames>>;

/** By node: label `server`. */
export const NODE_METRICS = {
  healScanned: { v2: ["minio_heal_objects_total"] },
  healHealed: { v2: ["minio_heal_objects_heal_total"] },
  healFailed: { v2: ["minio_heal_objects_errors_total", "minio_heal_objects_error_total"] },
  healIdleNanoseconds: { v2: ["minio_heal_time_last_activity_nano_seconds"] },
  scansStarted: {
    v3: ["minio_scanner_bucket_scans_started", "minio_cluster_scanner_bucket_scans_started"],
    v2: ["minio_node_scanner_bucket_scans_started"],
  },
  scansFinished: {
    v3: ["minio_scanner_bucket_scans_finished", "minio_cluster_scanner_bucket_scans_finished"],
    v2: ["minio_node_scanner_bucket_scans_finished"],
  },
  scannedObjects: {
    v3: ["minio_scanner_objects_scanned", "minio_cluster_scanner_objects_scanned"],
    v2: ["minio_node_scanner_objects_scanned"],
  },
  scannedVersions: {
    v3: ["minio_scanner_versions_scanned", "minio_cluster_scanner_versions_scanned"],
    v2: ["minio_node_scanner_versions_scanned"],
  },
  scannerIdleSeconds: { v3: ["minio_scanner_last_activity_seconds"] },
  scannerIdleNanoseconds: {
    v3: ["minio_cluster_scanner_last_activity_nano_seconds"],
    v2: ["minio_usage_last_activity_nano_seconds"],
  },
  expiryPending: { v3: ["minio_ilm_expiry_pending_tasks"], v2: ["minio_node_ilm_expiry_pending_tasks"] },
  transitionPending: { v3: ["minio_ilm_transition_pending_tasks"], v2: ["minio_node_ilm_transition_pending_tasks"] },
  transitionActive: { v3: ["minio_ilm_transition_active_tasks"], v2: ["minio_node_ilm_transition_active_tasks"] },
  transitionMissed: {
    v3: ["minio_ilm_transition_missed_immediate_tasks"],
    v2: ["minio_node_ilm_transition_missed_immediate_tasks"],
  },
  lifecycleChecked: { v3: ["minio_ilm_versions_scanned"], v2: ["minio_node_ilm_versions_scanned"] },
  queuedObjects: {
    v3: ["minio_replication_last_minute_queued_count"],
    v2: ["minio_node_replication_last_minute_queued_count", "minio_cluster_replication_last_minute_queued_count"],
  },
  queuedBytes: {
    v3: ["minio_replication_last_minute_queued_bytes"],
    v2: ["minio_node_replication_last_minute_queued_bytes", "minio_cluster_replication_last_minute_queued_bytes"],
  },
  diskTotalBytes: { v1: ["disk_storage_total", "minio_disk_storage_total_bytes"] },
  diskFreeBytes: { v1: ["disk_storage_available", "minio_disk_storage_available_bytes"] },
  diskUsedBytes: { v1: ["disk_storage_used", "minio_disk_storage_used_bytes"] },
  disks: { v1: ["minio_disks_total", "minio_total_disks"] },
  disksOffline: { v1: ["minio_disks_offline", "minio_offline_disks"] },
} as const satisfies Readonly<Record<string, MetricNames>>;

/** By bucket: label `bucket`. */
export const BUCKET_METRICS = {
  sizeBytes: {
    v3: ["minio_cluster_usage_buckets_total_bytes"],
    v2: ["minio_bucket_usage_total_bytes"],
    v1: ["bucket_usage_size"],
  },
  objects: {
    v3: ["minio_cluster_usage_buckets_objects_count"],
    v2: ["minio_bucket_usage_object_total"],
    v1: ["bucket_objects_count"],
  },
  versions: { v3: ["minio_cluster_usage_buckets_versions_count"], v2: ["minio_bucket_usage_version_total"] },
  deleteMarkers: {
    v3: ["minio_cluster_usage_buckets_delete_markers_count"],
    v2: ["minio_bucket_usage_deletemarker_total"],
  },
  quotaBytes: { v3: ["minio_cluster_usage_buckets_quota_total_bytes"], v2: ["minio_bucket_quota_total_bytes"] },
} as const satisfies Readonly<Record<string, MetricNames>>;

/** By bucket, and by node in version 3. */
export const REPLICATION_METRICS = {
  pendingObjects: { v2: ["minio_bucket_replication_pending_count"] },
  pendingBytes: { v2: ["minio_bucket_replication_pending_bytes"] },
  failedObjectsLastHour: {
    v3: ["minio_bucket_replication_last_hour_failed_count"],
    v2: ["minio_bucket_replication_last_hour_failed_count"],
  },
  failedBytesLastHour: {
    v3: ["minio_bucket_replication_last_hour_failed_bytes"],
    v2: ["minio_bucket_replication_last_hour_failed_bytes"],
  },
  failedObjects: {
    v3: ["minio_bucket_replication_total_failed_count"],
    v2: ["minio_bucket_replication_total_failed_count", "minio_bucket_replication_failed_count"],
  },
  failedBytes: {
    v3: ["minio_bucket_replication_total_failed_bytes"],
    v2: ["minio_bucket_replication_total_failed_bytes", "minio_bucket_replication_failed_bytes"],
  },
  sentObjects: {
    v3: ["minio_bucket_replication_sent_count"],
    v2: ["minio_bucket_replication_sent_count"],
  },
  sentBytes: {
    v3: ["minio_bucket_replication_sent_bytes"],
    v2: ["minio_bucket_replication_sent_bytes"],
  },
  latencyMs: {
    v3: ["minio_bucket_replication_latency_ms"],
    v2: ["minio_bucket_replication_latency_ms", "minio_bucket_replication_latency"],
  },
} as const satisfies Readonly<Record<string, MetricNames>>;

const TABLES = [CLUSTER_METRICS, ERASURE_SET_METRICS, NODE_METRICS, BUCKET_METRICS, REPLICATION_METRICS];
const NAMES: ReadonlySet<string> = new Set(
  TABLES.flatMap((table) => Object.values<MetricNames>(table).flatMap((names) => Object.values(names).flat())),
);

/** Whether a family is one that is read; for the parser of expositions. */
export function isBucketMetric(name: string): boolean {
  return NAMES.has(name);
}
