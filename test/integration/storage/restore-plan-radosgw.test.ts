import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../../src-main/core/common/clock.ts";
import { FolderObjectStore } from "../../../src-main/core/storage/folder-object-store.ts";
import type { ObjectStore, ObjectVersion } from "../../../src-main/core/storage/object-store.ts";
import { openS3ObjectStore } from "../../../src-main/core/storage/open-s3-object-store.ts";
import type { RestoreItem } from "../../../src-shared/model/storage/restore.ts";
import { missingRadosgwPrograms, startRadosgw, type Radosgw } from "../../builders/radosgw.ts";
import { itemsOf, openedStore, planned, unpackOldDays } from "../../builders/restore-planning.ts";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";

// On a developer's machine without Ceph the suite is left out by name; the build's machine must have it.
const missing = missingRadosgwPrograms();
const leftOut = missing.length > 0 && process.env["CI"] !== "true";
const signal = new AbortController().signal;

async function bytesOf(store: ObjectStore, key: string, versionId?: string): Promise<Buffer> {
  await using body = await store.get(key, versionId === undefined ? {} : { versionId }, signal);
  const pieces: Uint8Array[] = [];
  for await (const piece of body.chunks) pieces.push(piece);
  return Buffer.concat(pieces);
}

async function versionsOf(store: ObjectStore): Promise<readonly ObjectVersion[]> {
  const versions: ObjectVersion[] = [];
  let token: string | null = null;
  do {
    const request = token === null ? { prefix: "" } : { prefix: "", token };
    // oxlint-disable-next-line no-await-in-loop -- a page names the next one
    const page = await store.listVersions(request, signal);
    versions.push(...page.versions);
    token = page.nextToken;
  } while (token !== null);
  return versions;
}

describe.skipIf(leftOut)(`a restore plan from versions${leftOut ? `, left out: no ${missing.join(", ")}` : ""}`, () => {
  const work = temporaryDirectory();
  let gateway: Radosgw;
  let bucket: ObjectStore;
  let chunks: readonly string[] = [];
  /** Of every object before anything was done to it. */
  let originals = new Map<string, ObjectVersion>();
  let asOfMs = 0;

  beforeAll(async () => {
    gateway = await startRadosgw();
    const { endpoint, accessKeyId, secretAccessKey } = gateway;
    const credentials = { accessKeyId, secretAccessKey };
    const client = new S3Client({ endpoint, region: "us-east-1", forcePathStyle: true, credentials });
    await client.send(new CreateBucketCommand({ Bucket: "loki" }));
    await client.send(
      new PutBucketVersioningCommand({ Bucket: "loki", VersioningConfiguration: { Status: "Enabled" } }),
    );
    client.destroy();
    bucket = await openS3ObjectStore({
      bucket: "loki",
      prefix: "site one",
      endpoint,
      credentials: async () => credentials,
      clock: systemClock,
    });
    chunks = unpackOldDays(work.file("whole"));
    const folder = new FolderObjectStore(work.file("whole"));
    const { objects } = await folder.list({ prefix: "" }, signal);
    for (const { key } of objects) await bucket.put(key, await bytesOf(folder, key), {}, signal);
    const versions = await versionsOf(bucket);
    originals = new Map(versions.map((version) => [version.key, version]));
    asOfMs = Math.max(...versions.map(({ modifiedMs }) => modifiedMs));
  });

  afterAll(async () => {
    await bucket?.[Symbol.asyncDispose]();
    await gateway?.[Symbol.asyncDispose]();
    work[Symbol.dispose]();
  });

  async function plan(atMs: number): Promise<readonly RestoreItem[]> {
    const kept = await planned(
      work.file("plans"),
      { bucket: openedStore("bucket", bucket) },
      { source: { kind: "versions", asOfMs: atMs } },
    );
    return await itemsOf(kept);
  }

  it("is empty where nothing was done", async () => {
    expect(await plan(asOfMs)).toEqual([]);
  });

  it("names exactly what was overwritten, cut short and deleted, with the version of before", async () => {
    const [overwritten = "", truncated = "", deleted = "", gone = "", again = "", same = ""] = chunks;
    const keys = [...originals.keys()];
    const [compacted = "", lostIndex = ""] = keys.filter((key) => /\/\d+-compactor-/.test(key));
    const [uploaded = ""] = keys.filter((key) => key.includes("-ingester-"));
    const original = await bytesOf(bucket, truncated);
    await bucket.put(overwritten, Buffer.from("something else"), {}, signal);
    await bucket.put(truncated, original.subarray(0, original.length - 10), {}, signal);
    await bucket.delete({ key: deleted }, signal);
    await bucket.put(gone, Buffer.alloc(0), {}, signal);
    await bucket.delete({ key: gone }, signal);
    await bucket.put(again, Buffer.from("damaged once"), {}, signal);
    await bucket.put(again, Buffer.from("damaged twice"), {}, signal);
    // Ingesters write the same chunk again, and nothing is wrong with that.
    await bucket.put(same, await bytesOf(bucket, same), {}, signal);
    await bucket.put(compacted, (await bytesOf(bucket, compacted)).subarray(0, 300), {}, signal);
    await bucket.delete({ key: lostIndex }, signal);
    await bucket.delete({ key: uploaded }, signal);

    const items = await plan(asOfMs);
    const told = new Map(items.map((item) => [item.key, item]));
    const expected = [overwritten, truncated, deleted, gone, again, compacted, lostIndex, uploaded];
    expect([...told.keys()].toSorted()).toEqual(expected.toSorted());
    for (const { key, action, sourceVersionId, sourceEtag, sizeBytes } of items) {
      const before = originals.get(key);
      expect({ sourceVersionId, sourceEtag, sizeBytes }).toEqual({
        sourceVersionId: before?.versionId,
        sourceEtag: before?.etag,
        sizeBytes: before?.sizeBytes,
      });
      const isThere = [overwritten, truncated, again, compacted].includes(key);
      expect(action).toBe(isThere ? "replace" : "undelete");
    }
    expect(items.map(({ kind }) => kind)).toEqual([
      ...Array.from({ length: 5 }, () => "chunk"),
      ...Array.from({ length: 3 }, () => "index"),
    ]);
  });

  it("tries older versions where the one of that time was damaged already", async () => {
    const [overwritten = ""] = chunks;
    const versions = (await versionsOf(bucket)).filter(({ key }) => key === overwritten);
    const damagedAtMs = Math.max(...versions.map(({ modifiedMs }) => modifiedMs));
    await bucket.delete({ key: overwritten }, signal);
    const item = (await plan(damagedAtMs)).find(({ key }) => key === overwritten);
    expect(item).toMatchObject({ sourceVersionId: originals.get(overwritten)?.versionId, action: "undelete" });
  });

  it("is empty again once every object is as it was", async () => {
    for (const { key, sourceVersionId } of await plan(asOfMs)) {
      await bucket.copy({ key, versionId: sourceVersionId ?? "" }, key, signal);
    }
    expect(await plan(asOfMs)).toEqual([]);
  });
});
