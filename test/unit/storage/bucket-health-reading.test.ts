import { describe, expect, it } from "vitest";
import { readMinio, type MinioNode } from "../../../src-main/core/storage/bucket-health/read-minio.ts";
import { bucketHealthSchema } from "../../../src-shared/model/storage/bucket-health.ts";
import { hasCode } from "../../../src-shared/errors/app-error.ts";
import { exposition, minioNode, readSamples, recordedAnswer, serveMinio } from "../../builders/minio-node.ts";
import { httpAnswer } from "../../builders/scripted-server.ts";

const NOW_MS = 1_800_000_000_000;
const clock = { nowMs: () => NOW_MS, sleep: async () => {}, after: () => () => {} };
const parts = { readSamples, clock };
const never = new AbortController().signal;

const V3_CLUSTER = `# TYPE minio_cluster_health_drives_count gauge
minio_cluster_health_drives_count 8
minio_cluster_health_drives_online_count 8
minio_cluster_health_nodes_online_count 2
minio_cluster_health_capacity_raw_total_bytes 8e+12
minio_cluster_health_capacity_usable_total_bytes 4e+12
minio_cluster_config_standard_parity 2
minio_cluster_usage_objects_count 120
minio_cluster_usage_objects_versions_count 130
minio_cluster_erasure_set_overall_write_quorum 3
minio_cluster_erasure_set_write_quorum{pool_id="0",set_id="0"} 3
minio_cluster_erasure_set_read_quorum{pool_id="0",set_id="0"} 2
minio_cluster_erasure_set_online_drives_count{pool_id="0",set_id="0"} 4
minio_cluster_erasure_set_health{pool_id="0",set_id="0"} 1
minio_cluster_erasure_set_write_quorum{pool_id="0",set_id="1"} 3
minio_cluster_erasure_set_healing_drives_count{pool_id="0",set_id="1"} 1
`;
const V2_CLUSTER = `minio_cluster_disk_total{server="a"} 4
minio_cluster_disk_offline_total{server="a"} 1
minio_cluster_disk_online_total{server="a"} 3
minio_cluster_capacity_usable_free_bytes{server="a"} 25
minio_cluster_capacity_usable_total_bytes{server="a"} 100
minio_heal_objects_errors_total{server="a"} 0
minio_heal_time_last_activity_nano_seconds{server="a"} 9e+09
minio_heal_time_last_activity_nano_seconds{server="b"} 5e+09
minio_node_ilm_expiry_pending_tasks{server="a"} 7
minio_node_ilm_expiry_pending_tasks{server="b"} 5
minio_cluster_replication_link_online{endpoint="x"} 0
minio_cluster_replication_link_online{endpoint="y"} 1
`;
const V2_BUCKET = `minio_bucket_usage_total_bytes{bucket="chunks",server="a"} 900
minio_bucket_usage_object_total{bucket="chunks",server="a"} 3
minio_bucket_replication_latency_ms{bucket="chunks",operation="upload",range="LESS_THAN_1_MiB",server="a",targetArn="t"} 40
minio_bucket_replication_latency_ms{bucket="chunks",operation="upload",range="BETWEEN_1_MiB_AND_5_GiB",server="a",targetArn="t"} 90
minio_bucket_replication_pending_bytes{bucket="chunks",server="a"} 12
minio_bucket_usage_total_bytes{bucket="ruler",server="a"} 10
`;

describe("the health of a MinIO cluster", () => {
  it("is read of a server of 2019 that has the oldest metrics, no cluster probe and no bucket figures", async () => {
    await using server = await serveMinio({
      "/minio/health/live": recordedAnswer("2019-health-live"),
      "/minio/health/ready": recordedAnswer("2019-health-ready"),
      "/minio/health/cluster": recordedAnswer("2019-health-cluster"),
      "/minio/health/cluster/read": recordedAnswer("2019-health-cluster"),
      "/minio/health/cluster?maintenance=true": recordedAnswer("2019-health-cluster"),
      "/minio/metrics/v3/cluster": recordedAnswer("2019-v2-metrics-cluster"),
      "/minio/v2/metrics/cluster": recordedAnswer("2019-v2-metrics-cluster"),
      "/minio/prometheus/metrics": recordedAnswer("2019-prometheus-metrics"),
    });
    const health = await readMinio([minioNode(server.url)], ["chunks"], parts, never);
    expect(bucketHealthSchema.parse(health)).toEqual(health);
    expect(health.generations).toEqual(["v1"]);
    expect(health.attempts.map(({ generation, outcome, status }) => [generation, outcome, status])).toEqual([
      ["v3", "unsupported", 403],
      ["v2", "unsupported", 403],
      ["v1", "read", 200],
    ]);
    expect(health.probes).toMatchObject({ live: { state: "ok" }, ready: { state: "ok" } });
    expect(health.probes.clusterWrite).toEqual({ state: "unsupported", status: 403 });
    const recorded = /^minio_disk_storage_used_bytes (\d+)/m.exec(recordedAnswer("2019-prometheus-metrics").toString());
    expect(health.capacity.usedBytes).toBe(Number(recorded?.[1]));
    expect(health.capacity.usableFreeBytes).toBeNull();
    expect(health.drives).toEqual({ total: 1, online: 1, offline: 0, healing: null, parity: null });
    expect(health.buckets).toEqual([]);
  });

  it("takes what version 3 leaves out beside its companion for zero, and nothing else", async () => {
    await using server = await serveMinio({
      "/minio/health/live": httpAnswer(200, {}),
      "/minio/health/cluster": httpAnswer(503, { "X-Minio-Write-Quorum": "3" }),
      "/minio/health/cluster?maintenance=true": httpAnswer(412, { "X-Minio-Healing-Drives": "1" }),
      "/minio/metrics/v3/cluster": exposition(V3_CLUSTER),
      "/minio/metrics/v3/cluster/usage/buckets?buckets=chunks": exposition(
        'minio_cluster_usage_buckets_total_bytes{bucket="chunks"} 77\n',
      ),
      "/minio/metrics/v3/ilm": exposition('minio_ilm_expiry_pending_tasks{server="a"} 4\n'),
    });
    const health = await readMinio([minioNode(server.url)], ["chunks"], parts, never);
    expect(health.generations).toEqual(["v3"]);
    expect(health.drives).toEqual({ total: 8, online: 8, offline: 0, healing: 1, parity: 2 });
    expect(health.nodes).toEqual({ online: 2, offline: 0 });
    // Full to the last byte: no series of free bytes, and total bytes beside.
    expect(health.capacity).toMatchObject({ usableTotalBytes: 4e12, usableFreeBytes: 0, deleteMarkers: 0 });
    expect(health.capacity.usedBytes).toBeNull();
    expect(health.erasureSets).toEqual([
      expect.objectContaining({ pool: "0", set: "0", onlineDrives: 4, healingDrives: 0, healthy: true }),
      expect.objectContaining({ pool: "0", set: "1", onlineDrives: 0, healingDrives: 1, healthy: false }),
    ]);
    expect(health.erasureSets[0]?.writeTolerance).toBeNull();
    expect(health.lifecycle.expiryPending).toBe(4);
    expect(health.lifecycle.transitionPending).toBeNull();
    expect(health.probes.clusterWrite).toEqual({ state: "failing", status: 503 });
    expect(health.probes.maintenance).toEqual({ state: "failing", status: 412 });
    expect(health.probes.clusterRead.state).toBe("unsupported");
    expect(health.quorum).toEqual({ read: 2, write: 3 });
    expect(health.buckets).toEqual([expect.objectContaining({ bucket: "chunks", sizeBytes: 77, objects: null })]);
  });

  it("reads version 2 under the names of before and after 2023, and sums what nodes tell of themselves", async () => {
    await using server = await serveMinio({
      "/minio/v2/metrics/cluster": exposition(V2_CLUSTER),
      "/minio/v2/metrics/bucket": exposition(V2_BUCKET),
    });
    const health = await readMinio([minioNode(server.url), minioNode(server.url)], ["chunks"], parts, never);
    expect(health.generations).toEqual(["v2"]);
    expect(health.drives).toMatchObject({ total: 4, online: 3, offline: 1, healing: null });
    expect(health.capacity).toMatchObject({ usableFreeBytes: 25, usableTotalBytes: 100 });
    expect(health.healing).toEqual({ scannedObjects: null, healedObjects: null, failedObjects: 0, idleSeconds: 5 });
    expect(health.lifecycle.expiryPending).toBe(12);
    expect(health.replication.offlineLinks).toBe(1);
    expect(health.buckets.map(({ bucket, sizeBytes }) => [bucket, sizeBytes])).toEqual([
      ["chunks", 900],
      ["ruler", 10],
    ]);
    expect(health.buckets[0]?.replication).toMatchObject({ latencyMs: 90, pendingBytes: 12, failedObjects: null });
  });

  it("takes nodes' figures of the generation that tells of the most nodes", async () => {
    await using server = await serveMinio({
      "/minio/metrics/v3/cluster": exposition(V3_CLUSTER),
      "/minio/metrics/v3/ilm": exposition('minio_ilm_expiry_pending_tasks{server="a"} 7\n'),
      "/minio/v2/metrics/cluster": exposition(V2_CLUSTER),
    });
    const health = await readMinio([minioNode(server.url)], [], parts, never);
    expect(health.generations).toEqual(["v3", "v2"]);
    expect(health.lifecycle.expiryPending).toBe(12);
    expect(health.drives.total).toBe(8);
  });

  it("tells buckets that only version 2 names beside those of version 3, and failures as none where objects went", async () => {
    await using server = await serveMinio({
      "/minio/metrics/v3/cluster": exposition(V3_CLUSTER),
      "/minio/metrics/v3/cluster/usage/buckets?buckets=chunks": exposition(
        'minio_cluster_usage_buckets_total_bytes{bucket="chunks"} 77\nminio_cluster_usage_buckets_total_bytes{bucket=""} 1\n',
      ),
      "/minio/metrics/v3/bucket/replication?buckets=chunks": exposition(
        'minio_bucket_replication_sent_count{bucket="chunks",server="a"} 6\n',
      ),
      "/minio/v2/metrics/cluster": exposition(V2_CLUSTER),
      "/minio/v2/metrics/bucket": exposition(V2_BUCKET),
    });
    const { buckets } = await readMinio([minioNode(server.url)], ["chunks"], parts, never);
    expect(buckets.map(({ bucket, sizeBytes, objects }) => [bucket, sizeBytes, objects])).toEqual([
      ["chunks", 77, 3],
      ["ruler", 10, null],
    ]);
    expect(buckets[0]?.replication).toMatchObject({ sentObjects: 6, failedObjects: 0, failedObjectsLastHour: 0 });
    expect(buckets[1]?.replication).toMatchObject({ sentObjects: null, failedObjects: null });
  });

  it("goes on to the next node where one does not answer, and tells both", async () => {
    await using server = await serveMinio({ "/minio/metrics/v3/cluster": exposition(V3_CLUSTER) });
    await using gone = await serveMinio({});
    const { url } = gone;
    await gone[Symbol.asyncDispose]();
    const health = await readMinio([minioNode(url), minioNode(server.url)], [], parts, never);
    expect(health.attempts[0]).toMatchObject({ outcome: "failed", code: "storage.unreachable", status: null });
    expect(health).toMatchObject({ nodesAsked: 2, nodesRead: [server.url] });
    expect(health.drives.total).toBe(8);
    expect(health.probes.live.state).toBe("unknown");
  });

  it("knows nothing of a server that only shows its login page or wants a token", async () => {
    await using server = await serveMinio({
      "/minio/metrics/v3/cluster": httpAnswer(200, { "content-type": "text/html" }, "<html>sign in</html>"),
      "/minio/v2/metrics/cluster": httpAnswer(403, { "content-type": "application/xml" }, "<Code>AccessDenied</Code>"),
    });
    const health = await readMinio([minioNode(server.url)], [], parts, never);
    expect(health.attempts.map(({ outcome }) => outcome)).toEqual(["unsupported", "forbidden", "unsupported"]);
    const { checkedAtMs, nodesRead, nodesAsked, generations, attempts, probes, ...figures } = health;
    expect([checkedAtMs, nodesRead, nodesAsked, generations, attempts.length]).toEqual([NOW_MS, [], 1, [], 3]);
    expect(Object.values(probes).map(({ state }) => state)).toEqual(Array.from({ length: 5 }, () => "unsupported"));
    expect(JSON.stringify(figures)).not.toMatch(/\d|true|false/);
  });

  it("leaves out samples that are no numbers", async () => {
    await using server = await serveMinio({
      "/minio/v2/metrics/cluster": exposition(
        "minio_cluster_drive_offline_total NaN\nminio_cluster_drive_total +Inf\n",
      ),
    });
    const { drives } = await readMinio([minioNode(server.url)], [], parts, never);
    expect(drives).toMatchObject({ offline: null, total: null });
  });

  it("ends with the signal, and hides no bug of its port", async () => {
    const cancel = new AbortController();
    const hanging: MinioNode = {
      title: "hanging",
      get: async (_path, signal) =>
        await new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => reject(new Error("aborted")), { once: true });
        }),
    };
    const reading = readMinio([hanging], [], parts, cancel.signal);
    cancel.abort();
    await expect(reading).rejects.toSatisfy((error) => hasCode(error, "request.cancelled"));
    const broken: MinioNode = { title: "broken", get: async () => await Promise.reject(new TypeError("a bug")) };
    await expect(readMinio([broken], [], parts, never)).rejects.toThrow("a bug");
  });
});
