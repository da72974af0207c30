import type { BucketSet } from "./bucket-set.ts";
import type { S3Reply } from "./s3-reply.ts";

const GIB = 1024 ** 3;
/** Two drives of 100 GiB without parity: what the chart's claims are. */
const DRIVE_BYTES = 100 * GIB;
const DRIVES = 2;
const SERVER = "minio-0.minio-headless.loki.svc.cluster.local:9000";

/** What the drives hold besides what is really in memory: a cluster that has been in use. */
const OTHERS_BYTES = 61 * GIB;

interface Sample {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/** `/minio/health/…` and the metrics of version 2 and 3; `null` for another path. `down`: the drives have gone. */
export function minioPage(
  path: string,
  query: ReadonlyMap<string, string>,
  buckets: BucketSet,
  down: boolean,
): S3Reply | null {
  switch (path) {
    case "/minio/health/live":
    case "/minio/health/ready":
      return probe(true);
    case "/minio/health/cluster":
    case "/minio/health/cluster/read":
      return probe(!down);
    case "/minio/v2/metrics/cluster":
      return exposition([...clusterV2(buckets, down), ...nodeV2(buckets)]);
    case "/minio/v2/metrics/node":
      return exposition(nodeV2(buckets));
    case "/minio/v2/metrics/bucket":
      return exposition(bucketsV2(buckets));
  }
  if (!path.startsWith("/minio/metrics/v3/")) return null;
  return exposition(pageV3(path.slice("/minio/metrics/v3/".length), query, buckets, down));
}

function probe(healthy: boolean): S3Reply {
  const headers = { "X-Minio-Write-Quorum": "2", "X-Minio-Storage-Class-Defaults": "true" };
  return { status: healthy ? 200 : 503, headers, body: "" };
}

function pageV3(path: string, query: ReadonlyMap<string, string>, buckets: BucketSet, down: boolean): Sample[] {
  if (path === "scanner") return scanner(buckets, "minio_scanner");
  if (path === "cluster/usage/buckets" || path === "bucket/replication") {
    const wanted = (query.get("buckets") ?? "").split(",");
    return path === "bucket/replication" ? [] : bucketsV3(buckets, wanted);
  }
  if (path === "ilm")
    return ["expiry_pending", "transition_active", "transition_pending"].map((name) => ({
      name: `minio_ilm_${name}_tasks`,
      labels: { server: SERVER },
      value: 0,
    }));
  return path === "cluster" || path.startsWith("cluster/") ? clusterV3(buckets, down) : [];
}

interface Capacity {
  readonly total: number;
  readonly free: number;
  readonly used: number;
  readonly objects: number;
  readonly versions: number;
  readonly markers: number;
}

function capacity(buckets: BucketSet): Capacity {
  const usages = buckets.list().map((bucket) => bucket.usage());
  const sum = (of: (usage: (typeof usages)[number]) => number) => usages.reduce((total, each) => total + of(each), 0);
  const total = DRIVES * DRIVE_BYTES;
  const used = sum(({ bytes }) => bytes);
  return {
    total,
    used,
    free: total - OTHERS_BYTES - used,
    objects: sum(({ objects }) => objects),
    versions: sum(({ versions }) => versions),
    markers: sum(({ markers }) => markers),
  };
}

function clusterV3(buckets: BucketSet, down: boolean): Sample[] {
  const { total, free, used, objects, versions, markers } = capacity(buckets);
  const online = down ? 0 : DRIVES;
  const set = { pool_id: "0", set_id: "0" };
  return [
    ...samples("minio_cluster_health_capacity", {
      raw_total_bytes: total,
      raw_free_bytes: free,
      usable_total_bytes: total,
      usable_free_bytes: free,
    }),
    ...samples("minio_cluster_health", {
      drives_count: DRIVES,
      drives_online_count: online,
      drives_offline_count: DRIVES - online,
      nodes_online_count: 1,
      nodes_offline_count: 0,
    }),
    ...samples("minio_cluster_usage_objects", {
      total_bytes: used,
      count: objects,
      versions_count: versions,
      delete_markers_count: markers,
      since_last_update_seconds: 30,
    }),
    ...samples("minio_cluster_erasure_set", { overall_write_quorum: 1, overall_health: down ? 0 : 1 }),
    ...samples(
      "minio_cluster_erasure_set",
      {
        online_drives_count: online,
        healing_drives_count: 0,
        read_quorum: 1,
        write_quorum: 1,
        read_tolerance: online,
        write_tolerance: online,
        health: down ? 0 : 1,
      },
      set,
    ),
    ...samples("minio_cluster_config", { standard_parity: 0, rrs_parity: 0 }),
  ];
}

function clusterV2(buckets: BucketSet, down: boolean): Sample[] {
  const { total, free, used, objects, versions, markers } = capacity(buckets);
  const online = down ? 0 : DRIVES;
  return [
    ...samples("minio_cluster_capacity", {
      raw_total_bytes: total,
      raw_free_bytes: free,
      usable_total_bytes: total,
      usable_free_bytes: free,
    }),
    ...samples("minio_cluster", {
      drive_total: DRIVES,
      drive_online_total: online,
      drive_offline_total: DRIVES - online,
      nodes_online_total: 1,
      nodes_offline_total: 0,
      write_quorum: 1,
      health_status: down ? 0 : 1,
      usage_total_bytes: used,
      usage_object_total: objects,
      usage_version_total: versions,
      usage_deletemarker_total: markers,
    }),
    ...samples(
      "minio_cluster_health_erasure_set",
      { online_drives: online, healing_drives: 0, read_quorum: 1, write_quorum: 1, status: down ? 0 : 1 },
      { pool: "0", set: "0" },
    ),
  ];
}

function nodeV2(buckets: BucketSet): Sample[] {
  const labels = { server: SERVER };
  return [
    ...samples("minio_heal", { objects_total: 0, objects_heal_total: 0, objects_errors_total: 0 }, labels),
    ...scanner(buckets, "minio_node_scanner"),
    ...samples(
      "minio_node_ilm",
      { expiry_pending_tasks: 0, transition_pending_tasks: 0, transition_active_tasks: 0 },
      labels,
    ),
  ];
}

function scanner(buckets: BucketSet, prefix: string): Sample[] {
  const { objects, versions } = capacity(buckets);
  const scans = buckets.list().length;
  return samples(
    prefix,
    { bucket_scans_started: scans, bucket_scans_finished: scans, objects_scanned: objects, versions_scanned: versions },
    { server: SERVER },
  );
}

function bucketsV2(buckets: BucketSet): Sample[] {
  return buckets.list().flatMap((bucket) => {
    const { bytes, objects, versions, markers } = bucket.usage();
    const values = { total_bytes: bytes, object_total: objects, version_total: versions, deletemarker_total: markers };
    return samples("minio_bucket_usage", values, { bucket: bucket.name });
  });
}

function bucketsV3(buckets: BucketSet, wanted: readonly string[]): Sample[] {
  return buckets
    .list()
    .filter(({ name }) => wanted.includes(name))
    .flatMap((bucket) => {
      const { bytes, objects, versions, markers } = bucket.usage();
      const values = {
        total_bytes: bytes,
        objects_count: objects,
        versions_count: versions,
        delete_markers_count: markers,
      };
      return samples("minio_cluster_usage_buckets", values, { bucket: bucket.name });
    });
}

function samples(
  prefix: string,
  values: Readonly<Record<string, number>>,
  labels: Readonly<Record<string, string>> = {},
): Sample[] {
  return Object.entries(values).map(([name, value]) => ({ name: `${prefix}_${name}`, labels, value }));
}

function exposition(list: readonly Sample[]): S3Reply {
  const lines = [...Map.groupBy(list, ({ name }) => name)].flatMap(([name, each]) => [
    `# TYPE ${name} gauge`,
    ...each.map(({ labels = {}, value }) => {
      const pairs = Object.entries(labels).map(([label, text]) => `${label}="${text}"`);
      return `${name}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${value}`;
    }),
  ]);
  return {
    status: 200,
    headers: { "Content-Type": "text/plain; version=0.0.4; charset=utf-8" },
    body: `${lines.join("\n")}\n`,
  };
}
