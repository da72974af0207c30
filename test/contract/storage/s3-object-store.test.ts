import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../../src-main/core/common/clock.ts";
import type { ObjectStore, ObjectVersion } from "../../../src-main/core/storage/object-store.ts";
import { openS3ObjectStore, openS3Requests } from "../../../src-main/core/storage/open-s3-object-store.ts";
import { bucketIndex } from "../../../src-main/core/storage/bucket-index.ts";
import { S3ObjectStore } from "../../../src-main/core/storage/s3-object-store.ts";
import { openBuckets } from "../../../src-main/core/storage/stores/open-buckets.ts";
import type { S3StoreOptions } from "../../../src-main/core/storage/s3-store-options.ts";
import { missingRadosgwPrograms, startRadosgw, type Radosgw } from "../../builders/radosgw.ts";
import { byBytes, describeObjectStore, describeOddKeys, listAll, signal, textOf } from "./object-store.contract.ts";

// On a developer's machine without Ceph the suite is left out by name; the build's machine must have it.
const missing = missingRadosgwPrograms();
const leftOut = missing.length > 0 && process.env["CI"] !== "true";

const MIB = 1_048_576;

describe.skipIf(leftOut)(`S3 by radosgw${leftOut ? `, left out: no ${missing.join(", ")}` : ""}`, () => {
  let gateway: Radosgw;
  let stores = 0;

  beforeAll(async () => {
    gateway = await startRadosgw();
    await using client = disposable(new S3Client(clientOptions()));
    await client.send(new CreateBucketCommand({ Bucket: "plain" }));
    await client.send(new CreateBucketCommand({ Bucket: "versioned" }));
    await client.send(new CreateBucketCommand({ Bucket: "second" }));
    await client.send(new CreateBucketCommand({ Bucket: "third" }));
    const VersioningConfiguration = { Status: "Enabled" } as const;
    await client.send(new PutBucketVersioningCommand({ Bucket: "versioned", VersioningConfiguration }));
  }, 120_000);

  afterAll(async () => {
    await gateway?.[Symbol.asyncDispose]();
  });

  function clientOptions() {
    const { endpoint, accessKeyId, secretAccessKey } = gateway;
    return { endpoint, region: "us-east-1", forcePathStyle: true, credentials: { accessKeyId, secretAccessKey } };
  }

  function disposable(client: S3Client): S3Client & AsyncDisposable {
    return Object.assign(client, { [Symbol.asyncDispose]: async () => client.destroy() });
  }

  function open(bucket: string, options: Partial<S3StoreOptions> = {}): Promise<ObjectStore> {
    const { endpoint, accessKeyId, secretAccessKey } = gateway;
    // A prefix of its own makes every test's store an empty one.
    return openS3ObjectStore({
      bucket,
      prefix: `site ${(stores += 1)}/loki`,
      endpoint,
      credentials: async () => ({ accessKeyId, secretAccessKey }),
      clock: systemClock,
      attempts: 2,
      ...options,
    });
  }

  const openPlain = async () => {
    const store = await open("plain");
    return { store, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() };
  };
  describeObjectStore("S3", openPlain);
  describeOddKeys("S3", openPlain);

  /** As a site's store is opened: several buckets, below a prefix, its listings guarded. */
  async function openSeveral(options: Partial<S3StoreOptions> = {}) {
    const { endpoint, accessKeyId, secretAccessKey } = gateway;
    const prefix = `several ${(stores += 1)}`;
    const common = { prefix, endpoint, clock: systemClock, attempts: 2, ...options };
    const credentials = async () => ({ accessKeyId, secretAccessKey });
    const one = (bucket: string) => openS3Requests({ ...common, bucket, credentials });
    const buckets = [await one("plain"), await one("second"), await one("third")] as const;
    const dispose = async () => buckets.forEach(({ client }) => client.destroy());
    return { buckets, ...openBuckets({ buckets, [Symbol.asyncDispose]: dispose }) };
  }

  describeObjectStore("several buckets of S3", openSeveral);
  describeOddKeys("several buckets of S3", openSeveral);
  describeObjectStore("several buckets of S3 with a chunk delimiter", () => openSeveral({ chunkDelimiter: "_" }));

  it("spreads keys over its buckets as Loki does, and sees what Loki would see", async () => {
    await using subject = await openSeveral();
    const { store, buckets } = subject;
    const keys = Array.from({ length: 12 }, (_, at) => `acme/${at.toString(16)}/1a2037dac2d:1a2037f2afe:ea414bac`);
    for (const key of keys) await store.put(key, Buffer.from(key), {}, signal());
    const [{ prefix }] = buckets;
    const held = await Promise.all(
      buckets.map(async (requests, bucket) => {
        const { keys: found } = await listAll(new S3ObjectStore(requests), { prefix: "" });
        expect(found.every((key) => bucketIndex(prefix + key, 3) === bucket)).toBe(true);
        return found.length;
      }),
    );
    expect(held.reduce((sum, count) => sum + count, 0)).toBe(12);
    expect(held.filter((count) => count > 0).length).toBeGreaterThan(1);
    // What lies in a bucket that Loki does not look into for it is not there for Loki either.
    const [stray = ""] = keys;
    const other = buckets[(bucketIndex(prefix + stray, 3) + 1) % 3];
    if (other !== undefined) await new S3ObjectStore(other).put(stray, Buffer.from("stray"), {}, signal());
    await store.delete({ key: stray }, signal());
    expect((await listAll(store, { prefix: "acme/", maxKeys: 5 })).keys).toEqual(keys.slice(1).toSorted(byBytes));
    expect(await store.versioning(signal())).toBe("off");
  });

  it("writes a delimiter where Loki was told to, and reads chunks by their own names", async () => {
    await using plain = await open("plain", { prefix: "delimited" });
    await using loki = await open("plain", { prefix: "delimited", chunkDelimiter: "-" });
    const key = "a-b/10a13186a325855c/1a2037dac2d:1a2037f2afe:ea414bac";
    await loki.put(key, Buffer.from("chunk"), {}, signal());
    await loki.put("index/index_20000/1-2-3.tsdb.gz", Buffer.from("index"), {}, signal());
    expect((await listAll(loki, { prefix: "" })).keys).toEqual([key, "index/index_20000/1-2-3.tsdb.gz"]);
    expect((await listAll(plain, { prefix: "a-b/" })).keys).toEqual([key.replaceAll(":", "-")]);
    expect((await listAll(loki, { prefix: "a-b/10a13186a325855c/1a2037dac2d:" })).keys).toEqual([key]);
  });

  it("tells whether a bucket keeps versions", async () => {
    await using plain = await open("plain");
    await using versioned = await open("versioned");
    expect([await plain.versioning(signal()), await versioned.versioning(signal())]).toEqual(["off", "enabled"]);
  });

  it("lists versions and delete markers, newest first, and brings a version back", async () => {
    await using store = await open("versioned");
    const first = await store.put("b/chunk:1", Buffer.from("good"), {}, signal());
    const second = await store.put("b/chunk:1", Buffer.from("damaged"), {}, signal());
    await store.put("a", Buffer.from("a"), {}, signal());
    const deleted = await store.delete({ key: "b/chunk:1" }, signal());
    expect(deleted.isDeleteMarker).toBe(true);
    await expect(store.get("b/chunk:1", {}, signal())).rejects.toMatchObject({ code: "storage.not-found" });
    expect((await listAll(store, { prefix: "" })).keys).toEqual(["a"]);

    const versions: ObjectVersion[] = [];
    for (let token: string | null = null; ;) {
      const request = { prefix: "", maxKeys: 2 };
      const page = await store.listVersions(token === null ? request : { ...request, token }, signal());
      versions.push(...page.versions);
      token = page.nextToken;
      if (token === null) break;
    }
    expect(
      versions.map(({ key, versionId, sizeBytes, isLatest, isDeleteMarker }) => [
        key,
        versionId,
        sizeBytes,
        isLatest,
        isDeleteMarker,
      ]),
    ).toEqual([
      ["a", expect.any(String), 1, true, false],
      ["b/chunk:1", deleted.versionId, 0, true, true],
      ["b/chunk:1", second.versionId, 7, false, false],
      ["b/chunk:1", first.versionId, 4, false, false],
    ]);

    const good = first.versionId ?? "";
    expect(await textOf(await store.get("b/chunk:1", { versionId: good }, signal()))).toBe("good");
    expect((await store.head("b/chunk:1", { versionId: good }, signal())).versionId).toBe(good);
    const copied = await store.copy({ key: "b/chunk:1", versionId: good }, "b/chunk:1", signal());
    expect(await textOf(await store.get("b/chunk:1", {}, signal()))).toBe("good");
    await store.delete({ key: "b/chunk:1", versionId: copied.versionId ?? "" }, signal());
    await expect(store.head("b/chunk:1", {}, signal())).rejects.toMatchObject({ code: "storage.not-found" });
    await expect(store.head("b/chunk:1", { versionId: deleted.versionId ?? "" }, signal())).rejects.toMatchObject({
      code: "storage.not-found",
    });
  });

  it("copies in parts what is too large for one request", async () => {
    await using store = await open("plain", { singleCopyMaxBytes: 6 * MIB, copyPartBytes: 5 * MIB });
    const bytes = Buffer.from("0123456789abcdef".repeat((12 * MIB) / 16));
    await store.put("large é", bytes, {}, signal());
    await store.copy({ key: "large é" }, "copy", signal());
    expect((await store.head("copy", {}, signal())).etag).toMatch(/-3$/);
    expect(await textOf(await store.get("copy", {}, signal()))).toBe(bytes.toString());
    expect(await store.listUploads("", signal())).toEqual([]);
  });

  it("keeps below its prefix: others' keys are neither seen nor reached", async () => {
    await using store = await open("plain", { prefix: "mine" });
    await using other = await open("plain", { prefix: "mine-too" });
    await other.put("x", Buffer.from("theirs"), {}, signal());
    await store.put("x", Buffer.from("mine"), {}, signal());
    expect((await listAll(store, { prefix: "" })).keys).toEqual(["x"]);
    expect(await textOf(await other.get("x", {}, signal()))).toBe("theirs");
    expect(store.title).toBe("s3://plain/mine");
  });

  it("says what is wrong with bucket and credentials, and never shows them", async () => {
    await using nowhere = await open("no-such-bucket");
    await expect(nowhere.list({ prefix: "" }, signal())).rejects.toMatchObject({ code: "storage.bucket-unknown" });
    for (const credentials of [
      { accessKeyId: gateway.accessKeyId, secretAccessKey: "wrong-secret" },
      { accessKeyId: "nobody", secretAccessKey: gateway.secretAccessKey },
    ]) {
      await using store = await open("plain", { credentials: async () => credentials });
      const error: unknown = await store.list({ prefix: "" }, signal()).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: "storage.credentials-refused" });
      expect(JSON.stringify(error)).not.toMatch(new RegExp(`wrong-secret|${gateway.secretAccessKey}`));
    }
  });
});
