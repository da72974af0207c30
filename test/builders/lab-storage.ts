import { crc32 } from "node:zlib";
import { FolderObjectStore } from "../../src-main/core/storage/folder-object-store.ts";
import { scanBucket, type ScanReport } from "../../src-main/core/storage/integrity/integrity-scan.ts";
import { BucketSet } from "../../src-main/lab/s3/bucket-set.ts";
import { bucketStreams } from "../../src-main/lab/storage/bucket-streams.ts";
import { LabStorage } from "../../src-main/lab/storage/lab-storage.ts";
import type { LabBucket } from "../../src-main/lab/s3/lab-bucket.ts";
import { bankWorkloads } from "../../src-main/lab/traffic/workloads.ts";
import { writeObject } from "./loki-bucket.ts";
import { ManualClock } from "./manual-clock.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

export interface LabStorageForTest {
  readonly clock: ManualClock;
  readonly buckets: BucketSet;
  readonly storage: LabStorage;
  readonly bucket: LabBucket;
}

/** The lab's buckets without a server, at two in the night: their last hours are of two days. */
export function labStorage(historyHours = 4, maxBytes = 512 * 1024 * 1024): LabStorageForTest {
  const clock = new ManualClock(Date.UTC(2026, 10, 20, 2, 7));
  const buckets = new BucketSet(() => clock.nowMs(), maxBytes);
  const streams = bucketStreams({
    workloads: bankWorkloads(),
    seed: 7,
    clock,
    startedMs: clock.nowMs(),
    historyHours,
    ingesters: ["loki-ingester-0", "loki-ingester-1", "loki-ingester-2"],
  });
  const storage = new LabStorage({ buckets, clock, streams, seed: 7 });
  return { clock, buckets, storage, bucket: buckets.get("loki-chunks") };
}

/** A scan of what a listing of the bucket shows. */
export async function scanLabBucket(
  bucket: LabBucket,
  nowMs: number,
  mode: "fast" | "deep" = "fast",
): Promise<ScanReport> {
  using work = temporaryDirectory();
  for (const key of bucket.keys()) {
    const bytes = bucket.latest(key)?.bytes ?? null;
    if (bytes !== null) writeObject(work.path, key, bytes);
  }
  await using store = new FolderObjectStore(work.path);
  return await scanBucket({ store, mode, nowMs }, new AbortController().signal);
}

/** What a bucket shows: keys and the bytes on top. */
export function shown(bucket: LabBucket): ReadonlyMap<string, Buffer> {
  return new Map(
    bucket.keys().flatMap((key) => {
      const bytes = bucket.latest(key)?.bytes ?? null;
      return bytes === null ? [] : [[key, bytes] as const];
    }),
  );
}

/** The same as text to compare: a test of equality walks megabytes byte by byte. */
export function shownSums(bucket: LabBucket): readonly string[] {
  return [...shown(bucket)].map(([key, bytes]) => `${key} ${bytes.length} ${crc32(bytes)}`);
}
