import { describe, expect, it } from "vitest";
import type { ListRequest, ObjectBody, ObjectStore } from "../../../src-main/core/storage/object-store.ts";

/** An empty store, made anew for each test. */
export interface StoreSubject extends AsyncDisposable {
  readonly store: ObjectStore;
}

const ODD_KEYS = [
  "a b",
  "a!",
  "a%41",
  "a&b<c>",
  "a+b",
  "a-b",
  "a.txt",
  "a/b/c",
  "a/b:c:d",
  "a0",
  "acme/10a13186a325855c/1a2037dac2d:1a2037f2afe:ea414bac",
  "é",
  "日本/語",
  "\u{ff5e}",
  "\u{1f600}",
];

const PATHLESS_KEYS = [
  "/leading",
  "a//b",
  "a/./b",
  "a/../b",
  "trailing/",
  "k".repeat(1_000),
  "日".repeat(333),
  "\\back\\slash",
];

export function signal(): AbortSignal {
  return new AbortController().signal;
}

export async function textOf(body: ObjectBody): Promise<string> {
  await using held = body;
  const chunks: Uint8Array[] = [];
  for await (const chunk of held.chunks) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

/** Every page until there is none. */
export async function listAll(
  store: ObjectStore,
  request: ListRequest,
): Promise<{ readonly keys: readonly string[]; readonly prefixes: readonly string[]; readonly pages: number }> {
  const keys: string[] = [];
  const prefixes: string[] = [];
  let pages = 0;
  for (let token: string | null = null; ;) {
    const page = await store.list(token === null ? request : { ...request, token }, signal());
    keys.push(...page.objects.map(({ key }) => key));
    prefixes.push(...page.prefixes);
    pages++;
    token = page.nextToken;
    if (token === null) return { keys, prefixes, pages };
    expect(page.objects.length + page.prefixes.length).toBeGreaterThan(0);
  }
}

export function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

async function failure(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}

async function fill(store: ObjectStore, keys: readonly string[]): Promise<void> {
  for (const key of keys) await store.put(key, Buffer.from(key), {}, signal());
}

const MIB = 1_048_576;

/** What a scan, an export and a restore rely on, whichever store it is. */
export function describeObjectStore(name: string, open: () => Promise<StoreSubject>): void {
  describe(`${name}, as a store of objects`, () => {
    it("gives back what was put, whole and by ranges", async () => {
      await using subject = await open();
      const { store } = subject;
      const before = Date.now();
      const put = await store.put("a/b:c", Buffer.from("0123456789"), { contentType: "text/plain" }, signal());
      const head = await store.head("a/b:c", {}, signal());
      expect(head).toMatchObject({ key: "a/b:c", sizeBytes: 10, etag: put.etag });
      expect(Math.abs(head.modifiedMs - before)).toBeLessThan(60_000);
      const whole = await store.get("a/b:c", {}, signal());
      expect([whole.lengthBytes, whole.info.sizeBytes, whole.info.etag]).toEqual([10, 10, put.etag]);
      expect(await textOf(whole)).toBe("0123456789");
      for (const [start, end, expected] of [
        [0, 1, "0"],
        [3, 7, "3456"],
        [8, 100, "89"],
        [10, 12, ""],
        [50, 60, ""],
        [4, 4, ""],
      ] as const) {
        const body = await store.get("a/b:c", { range: { start, end } }, signal());
        expect([body.lengthBytes, body.info.sizeBytes]).toEqual([expected.length, 10]);
        expect(await textOf(body)).toBe(expected);
      }
    });

    it("holds objects without bytes, and megabytes", async () => {
      await using subject = await open();
      const { store } = subject;
      await store.put("empty", new Uint8Array(0), {}, signal());
      expect(await textOf(await store.get("empty", {}, signal()))).toBe("");
      expect(await textOf(await store.get("empty", { range: { start: 0, end: 9 } }, signal()))).toBe("");
      const large = Buffer.from("0123456789abcdef".repeat(200_000));
      await store.put("large", large, {}, signal());
      expect(await textOf(await store.get("large", {}, signal()))).toBe(large.toString());
      const body = await store.get("large", {}, signal());
      await body[Symbol.asyncDispose]();
      expect((await store.head("large", {}, signal())).sizeBytes).toBe(large.length);
    });

    it("says of what is not there that it is not found, and deletes it without a word", async () => {
      await using subject = await open();
      const { store } = subject;
      expect(await failure(store.head("no", {}, signal()))).toBe("storage.not-found");
      expect(await failure(store.get("no/such:key", {}, signal()))).toBe("storage.not-found");
      expect(await failure(store.get("no", { range: { start: 1, end: 2 } }, signal()))).toBe("storage.not-found");
      expect(await failure(store.copy({ key: "no" }, "to", signal()))).toBe("storage.not-found");
      await store.delete({ key: "no/such" }, signal());
    });

    it("lists every key once in the order of its bytes, whatever the characters and the pages", async () => {
      await using subject = await open();
      const { store } = subject;
      await fill(store, ODD_KEYS);
      const expected = ODD_KEYS.toSorted(byBytes);
      for (const maxKeys of [1, 4, 1_000]) {
        const listed = await listAll(store, { prefix: "", maxKeys });
        expect(listed.keys).toEqual(expected);
        expect(listed.pages).toBe(Math.max(1, Math.ceil(expected.length / maxKeys)));
      }
      expect((await listAll(store, { prefix: "a/", maxKeys: 2 })).keys).toEqual(
        expected.filter((key) => key.startsWith("a/")),
      );
      expect((await listAll(store, { prefix: "a/b:" })).keys).toEqual(["a/b:c:d"]);
      expect((await listAll(store, { prefix: "nothing/" })).keys).toEqual([]);
      for (const key of expected) expect(await textOf(await store.get(key, {}, signal()))).toBe(key);
    });

    it("goes on behind a key, there or not", async () => {
      await using subject = await open();
      const { store } = subject;
      await fill(store, ODD_KEYS);
      const expected = ODD_KEYS.toSorted(byBytes);
      for (const startAfter of ["a+b", "a/b", "a/b:c:d", "b", "zzz"]) {
        const { keys } = await listAll(store, { prefix: "", startAfter, maxKeys: 3 });
        expect({ startAfter, keys }).toEqual({
          startAfter,
          keys: expected.filter((key) => byBytes(key, startAfter) > 0),
        });
      }
    });

    it("groups keys by a delimiter, also across pages", async () => {
      await using subject = await open();
      const { store } = subject;
      await fill(store, ["acme/1/x", "acme/1/y", "acme/2/x", "acme/zz", "b", "globex/1/x", "globex.txt"]);
      for (const maxKeys of [1, 2, 1_000]) {
        const root = await listAll(store, { prefix: "", delimiter: "/", maxKeys });
        expect(root).toMatchObject({ keys: ["b", "globex.txt"], prefixes: ["acme/", "globex/"] });
        const acme = await listAll(store, { prefix: "acme/", delimiter: "/", maxKeys });
        expect(acme).toMatchObject({ keys: ["acme/zz"], prefixes: ["acme/1/", "acme/2/"] });
      }
    });

    it("puts where nothing is, and reads what has not changed, if that is asked for", async () => {
      await using subject = await open();
      const { store } = subject;
      const first = await store.put("lease", Buffer.from("mine"), { ifAbsent: true }, signal());
      expect(await failure(store.put("lease", Buffer.from("theirs"), { ifAbsent: true }, signal()))).toBe(
        "storage.changed",
      );
      expect(await textOf(await store.get("lease", { ifMatch: first.etag }, signal()))).toBe("mine");
      await store.put("lease", Buffer.from("later"), {}, signal());
      expect(await failure(store.get("lease", { ifMatch: first.etag }, signal()))).toBe("storage.changed");
    });

    it("takes an object in parts, goes on with an upload that was left, and shows nothing before the end", async () => {
      await using subject = await open();
      const { store } = subject;
      const upload = await store.beginUpload("big/object", { contentType: "application/x-test" }, signal());
      const first = Buffer.alloc(5 * MIB, "a");
      await store.uploadPart(upload, 1, Buffer.alloc(5 * MIB, "x"), signal());
      const kept = await store.uploadPart(upload, 1, first, signal());
      expect(await failure(store.head("big/object", {}, signal()))).toBe("storage.not-found");
      expect((await listAll(store, { prefix: "" })).keys).toEqual([]);

      const known = { key: upload.key, uploadId: upload.uploadId };
      expect(await store.listUploads("big/", signal())).toEqual([known]);
      expect(await store.listParts(known, signal())).toEqual([kept]);
      const last = await store.uploadPart(known, 2, Buffer.from("end"), signal());
      const put = await store.completeUpload(known, [kept, last], signal());
      const head = await store.head("big/object", {}, signal());
      expect([head.sizeBytes, head.etag]).toEqual([5 * MIB + 3, put.etag]);
      expect(
        await textOf(await store.get("big/object", { range: { start: 5 * MIB - 1, end: 5 * MIB + 9 } }, signal())),
      ).toBe("aend");
      expect(await store.listUploads("", signal())).toEqual([]);
      expect(await failure(store.listParts(known, signal()))).toBe("storage.upload-unknown");
      expect(await failure(store.uploadPart(known, 3, Buffer.from("x"), signal()))).toBe("storage.upload-unknown");
    });

    it("forgets an upload that is aborted", async () => {
      await using subject = await open();
      const { store } = subject;
      const upload = await store.beginUpload("gone", {}, signal());
      const part = await store.uploadPart(upload, 1, Buffer.from("part"), signal());
      await store.abortUpload(upload, signal());
      expect(await store.listUploads("", signal())).toEqual([]);
      expect(await failure(store.completeUpload(upload, [part], signal()))).toBe("storage.upload-unknown");
      expect(await failure(store.head("gone", {}, signal()))).toBe("storage.not-found");
    });

    it("copies and deletes", async () => {
      await using subject = await open();
      const { store } = subject;
      await store.put("from/é +:%", Buffer.from("bytes"), {}, signal());
      await store.put("to/x", Buffer.from("old"), {}, signal());
      await store.copy({ key: "from/é +:%" }, "to/x", signal());
      expect(await textOf(await store.get("to/x", {}, signal()))).toBe("bytes");
      await store.delete({ key: "from/é +:%" }, signal());
      expect((await listAll(store, { prefix: "" })).keys).toEqual(["to/x"]);
    });

    it("ends what nobody waits for any more", async () => {
      await using subject = await open();
      const { store } = subject;
      await store.put("key", Buffer.alloc(4 * MIB), {}, signal());
      const gone = AbortSignal.abort();
      expect(await failure(store.list({ prefix: "" }, gone))).toBe("request.cancelled");
      expect(await failure(store.put("key", Buffer.from("x"), {}, gone))).toBe("request.cancelled");
      const abort = new AbortController();
      await using body = await store.get("key", {}, abort.signal);
      const read = async () => {
        for await (const chunk of body.chunks) if (chunk.length > 0) abort.abort();
      };
      expect(await failure(read())).toBe("request.cancelled");
    });
  });
}

/** Of stores whose keys may have what no path can: empty parts, dots, parts of almost a kilobyte. */
export function describeOddKeys(name: string, open: () => Promise<StoreSubject>): void {
  describe(`${name}, whatever the keys`, () => {
    it("holds keys that no path can be, up to a kilobyte", async () => {
      await using subject = await open();
      const { store } = subject;
      await fill(store, PATHLESS_KEYS);
      const { keys } = await listAll(store, { prefix: "", maxKeys: 3 });
      expect(keys).toEqual(PATHLESS_KEYS.toSorted(byBytes));
      for (const key of PATHLESS_KEYS) {
        expect(await textOf(await store.get(key, {}, signal()))).toBe(key);
        await store.copy({ key }, "copy", signal());
        await store.delete({ key }, signal());
      }
      expect((await listAll(store, { prefix: "" })).keys).toEqual(["copy"]);
    });
  });
}
