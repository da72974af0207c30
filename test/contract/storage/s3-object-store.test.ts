import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../../src-main/core/common/clock.ts";
import type { ObjectStore, ObjectVersion } from "../../../src-main/core/storage/object-store.ts";
import { openS3ObjectStore } from "../../../src-main/core/storage/open-s3-object-store.ts";
import type { S3StoreOptions } from "../../../src-main/core/storage/s3-store-options.ts";
import { missingRadosgwPrograms, startRadosgw, type Radosgw } from "../../builders/radosgw.ts";
import { describeObjectStore, listAll, signal, textOf } from "./object-store.contract.ts";

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

  describeObjectStore("S3", async () => {
    const store = await open("plain");
    return { store, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() };
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
