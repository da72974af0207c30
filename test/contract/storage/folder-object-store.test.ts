import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FolderObjectStore } from "../../../src-main/core/storage/folder-object-store.ts";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";
import { byBytes, describeObjectStore, listAll, signal } from "./object-store.contract.ts";

describeObjectStore("a folder", async () => {
  const directory = temporaryDirectory();
  return {
    store: new FolderObjectStore(directory.path),
    [Symbol.asyncDispose]: async () => directory[Symbol.dispose](),
  };
});

const segment = fc.stringMatching(/^[a-c!.0é]{1,3}$/u).filter((text) => text !== "." && text !== "..");
const keys = fc
  .uniqueArray(
    fc.array(segment, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/")),
    { maxLength: 25 },
  )
  // A file cannot be a folder as well.
  .map((all) => all.filter((key) => !all.some((other) => other.startsWith(`${key}/`))));

/** What S3 answers for these keys, by its documentation. */
function model(all: readonly string[], prefix: string, startAfter: string) {
  const found = all.filter((key) => key.startsWith(prefix) && byBytes(key, startAfter) > 0).sort(byBytes);
  const groups = new Set<string>();
  const single: string[] = [];
  for (const key of found) {
    const at = key.indexOf("/", prefix.length);
    if (at < 0) single.push(key);
    else groups.add(key.slice(0, at + 1));
  }
  return { found, single, groups: [...groups] };
}

describe("a folder as a bucket", () => {
  it("lists as S3 would, whatever the keys, prefixes, pages and beginnings", async () => {
    await fc.assert(
      fc.asyncProperty(
        keys,
        fc.stringMatching(/^[a-c/]{0,3}$/),
        fc.stringMatching(/^[a-c/!]{0,4}$/),
        fc.integer({ min: 1, max: 5 }),
        async (all, prefix, startAfter, maxKeys) => {
          using directory = temporaryDirectory();
          const store = new FolderObjectStore(directory.path);
          for (const key of all) await store.put(key, Buffer.from(key), {}, signal());
          const expected = model(all, prefix, startAfter);
          const flat = await listAll(store, { prefix, startAfter, maxKeys });
          expect(flat.keys).toEqual(expected.found);
          const grouped = await listAll(store, { prefix, startAfter, maxKeys, delimiter: "/" });
          expect(grouped.keys).toEqual(expected.single);
          expect(grouped.prefixes).toEqual(expected.groups);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("refuses keys that leave the folder, by dots or by links", async () => {
    using directory = temporaryDirectory();
    mkdirSync(directory.file("bucket"));
    writeFileSync(directory.file("secret"), "secret");
    symlinkSync(directory.path, directory.file("bucket/out"));
    const store = new FolderObjectStore(directory.file("bucket"));
    for (const key of [
      "../secret",
      "a/../../secret",
      "out/secret",
      "",
      "a//b",
      "/etc/passwd",
      "a\0b",
      ".kubemate-uploads/x",
    ]) {
      await expect(store.get(key, {}, signal())).rejects.toMatchObject({ code: "storage.key-invalid" });
      await expect(store.put(key, Buffer.from("x"), {}, signal())).rejects.toMatchObject({
        code: "storage.key-invalid",
      });
    }
    for (const prefix of ["../", "out/", ".kubemate-uploads/"]) {
      expect(await listAll(store, { prefix })).toMatchObject({ keys: [], prefixes: [] });
    }
    expect((await listAll(store, { prefix: "" })).keys).toEqual([]);
  });

  it("keeps no versions, and says so", async () => {
    using directory = temporaryDirectory();
    const store = new FolderObjectStore(directory.path);
    expect(await store.versioning()).toBe("off");
    await expect(store.listVersions()).rejects.toMatchObject({ code: "storage.unsupported" });
    await expect(store.head("a", { versionId: "1" }, signal())).rejects.toMatchObject({ code: "storage.unsupported" });
  });
});
