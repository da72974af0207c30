import { rmSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { FolderObjectStore } from "../../../src-main/core/storage/folder-object-store.ts";
import { scanBucket, scanInto, type ScanReport } from "../../../src-main/core/storage/integrity/integrity-scan.ts";
import type { StorageFinding } from "../../../src-shared/model/storage-finding.ts";
import type { GetOptions, ListRequest, ObjectInfo, ObjectPage } from "../../../src-main/core/storage/object-store.ts";
import { writeObject } from "../../builders/loki-bucket.ts";
import { buildChunk, snappyFrames, u32 } from "../../builders/loki-chunk.ts";
import { unpackLokiStorage } from "../../builders/loki-storage.ts";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";

const never = new AbortController().signal;
/** A chunk that the compactor's index names. */
const NAMED = "globex/569d719cbfd4ce6d/1a1fd8c6900:1a1fd90f8f8:d2b21eae";

/** A folder whose listing is not what one would wish, and that may be meddled with behind it. */
class UnrulyStore extends FolderObjectStore {
  page: (page: ObjectPage, request: ListRequest) => ObjectPage = (page) => page;
  beforeGet: (key: string) => void = () => {};

  override async list(request: ListRequest, signal: AbortSignal): Promise<ObjectPage> {
    return this.page(await super.list(request, signal), request);
  }

  override get(key: string, options: GetOptions, signal: AbortSignal) {
    this.beforeGet(key);
    return super.get(key, options, signal);
  }
}

const scan = (store: UnrulyStore) => scanBucket({ store, mode: "fast" }, never);

/** Findings besides the references that Loki itself left behind. */
function told({ findings }: ScanReport): readonly string[] {
  return findings
    .filter(({ kind, severity }) => kind !== "missing-chunk" || severity === "critical")
    .map(({ kind, key }) => `${kind} ${key}`);
}

function infoOf(key: string): ObjectInfo {
  return { key, sizeBytes: 5, etag: "5-2", modifiedMs: 0, versionId: null };
}

describe("a listing", () => {
  let whole: ScanReport;
  const work = temporaryDirectory();
  beforeAll(async () => {
    unpackLokiStorage(work.path, "whole");
    whole = await scan(new UnrulyStore(work.path));
    return () => work[Symbol.dispose]();
  });

  it("that repeats keys and pages counts each object once", async () => {
    const store = new UnrulyStore(work.path);
    const before: ObjectInfo[] = [];
    store.page = (page) => {
      const objects = [...before.slice(-700), ...page.objects, ...page.objects];
      before.push(...page.objects);
      return { ...page, objects };
    };
    expect(await scan(store)).toEqual(whole);
  });

  it("that goes round in circles is the store's failure and not an endless scan", async () => {
    using empty = temporaryDirectory();
    const store = new UnrulyStore(empty.path);
    const tokens = ["eyJhZnRlciI6IiIsImlzUHJlZml4IjpmYWxzZX0", "eyJhZnRlciI6ImEiLCJpc1ByZWZpeCI6ZmFsc2V9"];
    let pages = 0;
    store.page = () => ({ objects: [], prefixes: [], nextToken: tokens[pages++ % 2] ?? null });
    await expect(scan(store)).rejects.toMatchObject({ code: "storage.listing-broken" });
    store.page = () => ({ objects: [], prefixes: [], nextToken: tokens[0] ?? null });
    await expect(scan(store)).rejects.toMatchObject({ code: "storage.listing-broken" });
  });

  it("that skips a chunk loses it not: what an index names is asked for and checked", async () => {
    const store = new UnrulyStore(work.path);
    store.page = (page) => ({ ...page, objects: page.objects.filter(({ key }) => key !== NAMED) });
    const report = await scan(store);
    expect(report.findings).toEqual(whole.findings);
    expect(report.chunks).toBe(whole.chunks);
    writeObject(work.path, NAMED, Buffer.from("no chunk"));
    const damaged = (await scan(store)).findings.find(({ key }) => key === NAMED);
    expect(damaged).toMatchObject({
      kind: "garbage-object",
      entriesLost: 300,
      streams: [{ labels: { app: "checkout" } }],
    });
  });

  it("with keys that nobody can have is told key by key", async () => {
    const store = new UnrulyStore(work.path);
    const odd = ["../ff/1:2:3", "a//b", "a\nb", "\u{1f600}", "x".repeat(1_024)];
    store.page = (page, { token }) =>
      token === undefined ? { ...page, objects: [...odd.map(infoOf), ...page.objects] } : page;
    const { findings } = await scan(store);
    const kinds = odd.map((key) => findings.find((finding) => finding.key === key)?.kind);
    expect(kinds).toEqual(["unreadable-object", ...Array.from({ length: 4 }, () => "garbage-object")]);
  });
});

describe("an object", () => {
  const chunk = buildChunk({
    version: 4,
    codec: "gzip",
    tenant: "acme",
    labels: { app: "a" },
    blocks: [[{ timestampNs: 1_795_354_897_453_591_789n, line: Buffer.from("a line") }]],
  });

  it("that changed since it was listed is read as it is now", async () => {
    using work = temporaryDirectory();
    writeObject(work.path, chunk.name, Buffer.from("not yet"));
    const store = new UnrulyStore(work.path);
    store.page = (page) => {
      writeObject(work.path, chunk.name, chunk.bytes);
      return page;
    };
    expect(told(await scan(store))).toEqual([expect.stringMatching(/^missing-index-of-day /)]);
  });

  it("that changes again and again is a gap and no damage", async () => {
    using work = temporaryDirectory();
    const path = writeObject(work.path, chunk.name, chunk.bytes);
    const store = new UnrulyStore(work.path);
    let length = 0;
    store.beforeGet = () => writeFileSync(path, "x".repeat((length += 1)));
    const findings: StorageFinding[] = [];
    const { gaps } = await scanInto({ store, mode: "fast" }, (finding) => findings.push(finding), never);
    expect(findings).toMatchObject([{ kind: "missing-index-of-day" }]);
    expect(gaps).toEqual([{ key: "object-changed", params: { count: 1, first: chunk.name } }]);
  });

  it("that is deleted after it was listed is missing where an index names it, and nothing where none does", async () => {
    using work = temporaryDirectory();
    unpackLokiStorage(work.path, "whole");
    writeObject(work.path, chunk.name, chunk.bytes);
    const store = new UnrulyStore(work.path);
    store.page = (page) => {
      for (const key of [NAMED, chunk.name]) rmSync(work.file(key), { force: true });
      return page;
    };
    const first = store.page;
    // All pages are listed before anything goes: only then are both keys in the listing.
    const all: ObjectInfo[] = [];
    store.page = (page, request) => {
      all.push(...page.objects);
      return page.nextToken === null ? first({ ...page, objects: all }, request) : { ...page, objects: [] };
    };
    expect(told(await scan(store))).toEqual([`missing-chunk ${NAMED}`]);
  });

  it.each([
    [40, "bitflip-metadata"],
    [100, "garbage-object"],
  ])("whose metadata unpacks to %i MB of JSON is told without unpacking it", async (megabytes, kind) => {
    using work = temporaryDirectory();
    const framed = snappyFrames(Buffer.alloc(megabytes * 2 ** 20, " "));
    writeObject(work.path, chunk.name, Buffer.concat([u32(framed.length + 4), framed, u32(0)]));
    const { findings } = await scan(new UnrulyStore(work.path));
    expect(findings.find(({ key }) => key === chunk.name)?.kind).toBe(kind);
  });

  it("that is a bomb under an index's name is told by the size where unpacking it was stopped", async () => {
    using work = temporaryDirectory();
    const packed = gzipSync(Buffer.alloc(64 * 2 ** 20));
    const key = "index/index_20777/acme/1795355222658276808-compactor-1795168800000-1795170299000-8e64afbc.tsdb.gz";
    writeObject(work.path, key, packed);
    const { findings } = await scan(new UnrulyStore(work.path));
    expect(findings).toMatchObject([
      {
        kind: "corrupt-gz-index",
        key,
        evidence: [{ what: "gzip", actual: `unpacks to more than ${16 * 2 ** 20} bytes` }],
      },
    ]);
  });
});
