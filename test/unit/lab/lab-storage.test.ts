import { beforeAll, describe, expect, it } from "vitest";
import { decodeChunk } from "../../../src-main/core/common/loki-format/decode-chunk.ts";
import { goLabelSet } from "../../../src-main/lab/format/go-text.ts";
import { BUCKET_DAMAGES, type BucketDamage } from "../../../src-shared/model/lab-fault.ts";
import { labStorage, scanLabBucket, shown, shownSums } from "../../builders/lab-storage.ts";

/** What a scan says of a damage, where it is not named as the damage is. */
const FINDING: Partial<Record<BucketDamage, string>> = { "dangling-references": "missing-chunk" };
const BUCKET = "loki-chunks";

describe("the lab's bucket", () => {
  it("is whole: a deep scan finds nothing, older tables are compacted and the newest files are of ingesters", async () => {
    const { storage, bucket, clock } = labStorage();
    await storage.settle(BUCKET);
    const report = await scanLabBucket(bucket, clock.nowMs(), "deep");
    expect(report.findings).toEqual([]);
    expect(report.chunks).toBeGreaterThan(80);
    const keys = bucket.keys().filter((key) => key.startsWith("index/"));
    const today = `index_${Math.floor(clock.nowMs() / 86_400_000)}`;
    const uploaded = keys.filter((key) => key.split("/").length === 3);
    expect(new Set(uploaded.map((key) => key.split("/")[1]))).toEqual(new Set([today]));
    expect(keys.filter((key) => key.split("/").length === 4).map((key) => key.split("/")[2])).toEqual(
      expect.arrayContaining(["cards", "retail-bank", "treasury"]),
    );
  });

  it("is the same for the same seed and time", async () => {
    const [one, other] = [labStorage(), labStorage()];
    await Promise.all([one.storage.settle(BUCKET), other.storage.settle(BUCKET)]);
    const chunksOf = ({ bucket }: typeof one) => bucket.keys().filter((key) => !key.includes("."));
    expect(chunksOf(one)).toEqual(chunksOf(other));
  });

  it("gets chunks and their index as time goes on, half an hour after their last line", async () => {
    const { storage, bucket, clock } = labStorage(2);
    await storage.settle(BUCKET);
    const before = bucket.keys().length;
    await clock.advance(20 * 60_000);
    await storage.settle(BUCKET);
    expect(bucket.keys().length).toBeGreaterThan(before + 5);
    expect((await scanLabBucket(bucket, clock.nowMs())).findings).toEqual([]);
    const youngestMs = Math.max(...bucket.keys().map((key) => bucket.latest(key)?.modifiedMs ?? 0));
    expect(youngestMs).toBeLessThanOrEqual(clock.nowMs());
  });

  it("is asked by many at once and written once", async () => {
    const { storage, bucket } = labStorage(1);
    await Promise.all([storage.settle(BUCKET), storage.settle(BUCKET), storage.settle("loki-chunks-dr")]);
    expect(bucket.keys().every((key) => bucket.versionsOf(key).length === 1)).toBe(true);
  });

  it("stops flushing when the store is half full, and takes it up again when there is room", async () => {
    const { storage, buckets, bucket, clock } = labStorage(2, 4 * 1024 * 1024);
    await storage.settle(BUCKET);
    expect(buckets.held.bytes).toBeLessThan(2.5 * 1024 * 1024);
    const held = bucket.keys().length;
    for (const key of bucket.keys()) {
      const ids = bucket.versionsOf(key).map(({ versionId }) => versionId);
      for (const versionId of ids) bucket.removeVersion(key, versionId);
    }
    await clock.advance(60_000);
    await storage.settle(BUCKET);
    expect(bucket.keys().length).toBeGreaterThan(held / 4);
  });
});

describe("damage of the lab's bucket", () => {
  // Each test leaves the bucket as it was: that is what the first of them are about.
  const { storage, bucket, clock } = labStorage(3);

  beforeAll(() => storage.settle(BUCKET));

  it.each(BUCKET_DAMAGES)("%s is found as what it is, and gone when it is switched off", async (damage) => {
    const before = shownSums(bucket);
    storage.setFault(`bucket-damage:${damage}`, true);
    await storage.settled();
    const { findings } = await scanLabBucket(bucket, clock.nowMs());
    expect(new Set(findings.map(({ kind }) => kind))).toEqual(new Set([FINDING[damage] ?? damage]));
    storage.setFault(`bucket-damage:${damage}`, false);
    await storage.settled();
    expect(shownSums(bucket)).toEqual(before);
  });

  it("can be undone from versions: what was there is still kept below", async () => {
    const before = shown(bucket);
    storage.setFault("bucket-damage:missing-chunk", true);
    storage.setFault("bucket-damage:bitflip-block", true);
    await storage.settled();
    const touched = bucket.keys().filter((key) => bucket.latest(key)?.bytes !== before.get(key));
    expect(touched).toHaveLength(6);
    for (const key of touched) expect(bucket.versionsOf(key)[1]?.bytes).toBe(before.get(key));
    storage.setFault("bucket-damage:missing-chunk", false);
    storage.setFault("bucket-damage:bitflip-block", false);
    await storage.settled();
  });

  it("leaves alone what somebody has brought back, and puts back what somebody has moved away", async () => {
    const before = shown(bucket);
    const sums = shownSums(bucket);
    storage.setFault("bucket-damage:truncated-chunk", true);
    await storage.settled();
    const [restored = "", moved = ""] = bucket.keys().filter((key) => bucket.latest(key)?.bytes !== before.get(key));
    const copy = bucket.put(restored, { bytes: Buffer.from(before.get(restored) ?? "") });
    bucket.remove(moved);
    storage.setFault("bucket-damage:truncated-chunk", false);
    await storage.settled();
    expect(bucket.latest(restored)).toBe(copy);
    expect(shownSums(bucket)).toEqual(sums);
  });

  it("loses lines of the streams whose chunk is gone, for as long as it is", async () => {
    const before = shown(bucket);
    storage.setFault("bucket-damage:missing-chunk", true);
    await storage.settled();
    const gone = [...before.keys()].filter((key) => bucket.latest(key)?.bytes == null);
    expect(gone).toHaveLength(3);
    for (const key of gone) {
      const bytes = before.get(key) ?? Buffer.alloc(0);
      const { outer } = decodeChunk(bytes, null);
      const labels = outer?.metadata?.labels ?? {};
      const text = goLabelSet(labels);
      const tenant = key.split("/", 1)[0] ?? "";
      const fromMs = Number.parseInt(key.split("/")[2]?.split(":")[0] ?? "", 16);
      expect(storage.lost(tenant, text, fromMs)).toBe(true);
      bucket.put(key, { bytes: Buffer.from(bytes) });
      expect(storage.lost(tenant, text, fromMs)).toBe(false);
    }
    storage.setFault("bucket-damage:missing-chunk", false);
    await storage.settled();
  });
});

describe("the lab's DR copy", () => {
  it("has what was there so long ago, and no damage", async () => {
    const { storage, bucket, buckets, clock } = labStorage(3);
    await storage.settle("loki-chunks-dr");
    const dr = buckets.get("loki-chunks-dr");
    const writtenBy = (atMs: number) =>
      bucket.keys().filter((key) => (bucket.versionsOf(key).at(-1)?.modifiedMs ?? 0) <= atMs);
    expect([...shown(dr).keys()]).toEqual(writtenBy(clock.nowMs() - 5 * 60_000));
    const before = shown(dr);
    storage.setFault("bucket-damage:zero-byte-chunk", true);
    storage.setFault("bucket-damage:missing-chunk", true);
    await storage.settled();
    await clock.advance(6 * 60_000);
    await storage.settle("loki-chunks-dr");
    for (const [key, bytes] of before) expect(dr.latest(key)?.bytes).toBe(bytes);
    expect([...shown(dr).values()].every(({ length }) => length > 0)).toBe(true);
  });

  it("lags behind as far as it is told, and catches up again", async () => {
    const { storage, buckets } = labStorage(3);
    await storage.settle("loki-chunks-dr");
    const dr = buckets.get("loki-chunks-dr");
    const near = shown(dr).size;
    storage.setFault("dr-lag:60", true);
    await storage.settle("loki-chunks-dr");
    expect(shown(dr).size).toBeLessThan(near);
    storage.setFault("dr-lag:60", false);
    await storage.settle("loki-chunks-dr");
    expect(shown(dr).size).toBe(near);
  });
});
