import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ObjectStore } from "../../../src-main/core/storage/object-store.ts";
import type { S3StoreOptions } from "../../../src-main/core/storage/s3-store-options.ts";
import { type LabS3, startLabS3 } from "../../builders/lab-s3.ts";
import { describeObjectStore, listAll, signal, textOf } from "./object-store.contract.ts";

const MIB = 1_048_576;

describe("S3 by the lab", () => {
  let lab: LabS3;
  let stores = 0;

  beforeAll(async () => {
    lab = await startLabS3();
  });

  afterAll(async () => {
    await lab?.[Symbol.asyncDispose]();
  });

  function open(bucket: string, options: Partial<S3StoreOptions> = {}): Promise<ObjectStore> {
    // A prefix of its own makes every test's store an empty one.
    return lab.open(bucket, { prefix: `site ${(stores += 1)}/loki`, ...options });
  }

  describeObjectStore("S3", async () => {
    const store = await open("loki-scratch");
    return { store, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() };
  });

  describeObjectStore("S3 with versions", async () => {
    const store = await open("loki-chunks");
    return { store, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() };
  });

  it("tells whether a bucket keeps versions", async () => {
    await using plain = await open("loki-scratch");
    await using versioned = await open("loki-chunks");
    expect([await plain.versioning(signal()), await versioned.versioning(signal())]).toEqual(["off", "enabled"]);
  });

  it.each([1, 2, 1_000])(
    "lists versions and delete markers by pages of %i, newest first, and brings one back",
    async (maxKeys) => {
      await using store = await open("loki-chunks");
      const first = await store.put("b/chunk:1", Buffer.from("good"), {}, signal());
      const second = await store.put("b/chunk:1", Buffer.from("damaged"), {}, signal());
      await store.put("a", Buffer.from("a"), {}, signal());
      const deleted = await store.delete({ key: "b/chunk:1" }, signal());
      expect(deleted.isDeleteMarker).toBe(true);
      await expect(store.get("b/chunk:1", {}, signal())).rejects.toMatchObject({ code: "storage.not-found" });
      expect((await listAll(store, { prefix: "" })).keys).toEqual(["a"]);
      const seen: (readonly [string, string, boolean])[] = [];
      for (let token: string | null = null; ;) {
        const request = { prefix: "", maxKeys };
        const page = await store.listVersions(token === null ? request : { ...request, token }, signal());
        seen.push(
          ...page.versions.map(({ key, versionId, isDeleteMarker }) => [key, versionId, isDeleteMarker] as const),
        );
        token = page.nextToken;
        if (token === null) break;
      }
      expect(seen).toEqual([
        ["a", expect.any(String), false],
        ["b/chunk:1", deleted.versionId, true],
        ["b/chunk:1", second.versionId, false],
        ["b/chunk:1", first.versionId, false],
      ]);
      const versionId = first.versionId ?? "";
      await store.copy({ key: "b/chunk:1", versionId }, "b/chunk:1", signal());
      expect(await textOf(await store.get("b/chunk:1", {}, signal()))).toBe("good");
      await store.delete({ key: "b/chunk:1", versionId }, signal());
      await expect(store.head("b/chunk:1", { versionId }, signal())).rejects.toMatchObject({
        code: "storage.not-found",
      });
    },
  );

  it("copies in parts what is too large for one request", async () => {
    await using store = await open("loki-scratch", { singleCopyMaxBytes: 6 * MIB, copyPartBytes: 5 * MIB });
    const bytes = Buffer.from("0123456789abcdef".repeat((12 * MIB) / 16));
    await store.put("large é", bytes, {}, signal());
    await store.copy({ key: "large é" }, "copy", signal());
    expect((await store.head("copy", {}, signal())).etag).toMatch(/-3$/);
    expect(await textOf(await store.get("copy", {}, signal()))).toBe(bytes.toString());
    expect(await store.listUploads("", signal())).toEqual([]);
  });

  it("says what is wrong with bucket and credentials", async () => {
    await using nowhere = await open("no-such-bucket");
    await expect(nowhere.list({ prefix: "" }, signal())).rejects.toMatchObject({ code: "storage.bucket-unknown" });
    for (const credentials of [
      { ...lab.keys.loki, secretAccessKey: "wrong-secret" },
      { ...lab.keys.loki, accessKeyId: "nobody" },
    ]) {
      await using store = await open("loki-scratch", { credentials: async () => credentials });
      await expect(store.list({ prefix: "" }, signal())).rejects.toMatchObject({ code: "storage.credentials-refused" });
    }
  });

  it("takes no more than it may hold, and again where something has gone", async () => {
    await using small = await startLabS3(3 * MIB);
    await using store = await small.open("loki-scratch", { attempts: 1 });
    await store.put("one", Buffer.alloc(2 * MIB), {}, signal());
    await expect(store.put("two", Buffer.alloc(2 * MIB), {}, signal())).rejects.toMatchObject({ code: "storage.full" });
    await store.copy({ key: "one" }, "same bytes", signal());
    await store.delete({ key: "one" }, signal());
    await store.delete({ key: "same bytes" }, signal());
    await store.put("two", Buffer.alloc(2 * MIB), {}, signal());
    expect(small.buckets.held.bytes).toBe(2 * MIB);
  });
});
