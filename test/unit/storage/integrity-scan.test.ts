import { readFileSync, rmSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FolderObjectStore } from "../../../src-main/core/storage/folder-object-store.ts";
import { scanBucket, type ScanReport } from "../../../src-main/core/storage/integrity/integrity-scan.ts";
import { checkChunk } from "../../../src-main/core/storage/integrity/check-chunk.ts";
import { parseChunkKey } from "../../../src-main/core/common/loki-format/chunk-key.ts";
import { recordedDamages, recordedObjects, writeObject } from "../../builders/loki-bucket.ts";
import { INDEX_DAMAGES, unpackLokiStorage } from "../../builders/loki-storage.ts";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";

const never = new AbortController().signal;

async function scan(folder: string, mode: "fast" | "deep" = "fast"): Promise<ScanReport> {
  await using store = new FolderObjectStore(folder);
  return scanBucket({ store, mode }, never);
}

function told({ findings }: ScanReport): readonly string[] {
  return findings.map(({ kind, key }) => `${kind} ${key}`).toSorted();
}

/** What real Loki was seen to stumble over; the index names sixty chunks that were deleted long before. */
function documented(report: ScanReport): readonly string[] {
  return told({
    ...report,
    findings: report.findings.filter(({ kind, severity }) => kind !== "missing-chunk" || severity === "critical"),
  });
}

describe.each(["fast", "deep"] as const)("a %s scan of a recorded bucket", (mode) => {
  it("finds nothing in a whole one but the references that Loki itself left behind", async () => {
    using work = temporaryDirectory();
    unpackLokiStorage(work.path, "whole");
    const report = await scan(work.path, mode);
    expect(report.findings).toHaveLength(60);
    expect(new Set(report.findings.map(({ kind, severity }) => `${kind} ${severity}`))).toEqual(
      new Set(["missing-chunk warning"]),
    );
    expect(report).toMatchObject({ chunks: 1806, indexFiles: 19, references: 3595 });
  });

  it("finds each damage that was done, by its name, and nothing besides", async () => {
    using work = temporaryDirectory();
    unpackLokiStorage(work.path, "damaged");
    const report = await scan(work.path, mode);
    const ofChunks = recordedDamages().map(({ kind, key }) => `${kind} ${key}`);
    expect(documented(report)).toEqual(
      [
        ...ofChunks,
        `corrupt-gz-index ${INDEX_DAMAGES.corrupt}`,
        "missing-index-of-day index/index_20777/globex/",
        `duplicate-index-file ${INDEX_DAMAGES.copy}`,
      ].toSorted(),
    );
    const lost = report.findings.filter(({ severity, entriesLost }) => severity === "critical" && entriesLost !== null);
    expect(lost.map(({ entriesLost }) => entriesLost)).toEqual(Array.from({ length: 7 }, () => 300));
    const unindexed = report.findings.find(({ kind }) => kind === "missing-index-of-day");
    expect(unindexed).toMatchObject({ tenant: "globex", chunks: 2, streamCount: 2, severity: "critical" });
  });
});

describe("a scan", () => {
  it("names the stream of a chunk that is gone, by what the index knows", async () => {
    using work = temporaryDirectory();
    unpackLokiStorage(work.path, "whole");
    const key = "globex/569d719cbfd4ce6d/1a1fd8c6900:1a1fd90f8f8:d2b21eae";
    rmSync(work.file(key));
    const found = (await scan(work.path)).findings.find((finding) => finding.key === key);
    expect(found).toMatchObject({
      kind: "missing-chunk",
      severity: "critical",
      tenant: "globex",
      entriesLost: 300,
      fromMs: 1795255200000,
      throughMs: 1795255499000,
      streams: [{ fingerprint: "569d719cbfd4ce6d", labels: { app: "checkout", pod: "checkout-old-0" } }],
    });
  });

  it("tells objects of others and leaves Loki's own alone", async () => {
    using work = temporaryDirectory();
    writeObject(work.path, "loki_cluster_seed.json", Buffer.from("{}"));
    writeObject(work.path, "index/delete_requests/delete_requests.gz", Buffer.from("x"));
    writeObject(work.path, "rules/acme/bnM/Z3I", Buffer.from("x"));
    writeObject(work.path, "acme/notes.txt", Buffer.from("x"));
    expect(told(await scan(work.path))).toEqual(["garbage-object acme/notes.txt"]);
  });

  it("an index that does not check is told, and what it names is still compared", async () => {
    using work = temporaryDirectory();
    unpackLokiStorage(work.path, "whole");
    const { gunzipSync, gzipSync } = await import("node:zlib");
    const path = work.file(INDEX_DAMAGES.copied);
    const index = gunzipSync(readFileSync(path));
    index[40] = (index[40] ?? 0) ^ 1;
    writeFileSync(path, gzipSync(index));
    const report = await scan(work.path);
    expect(documented(report)).toEqual([`corrupt-index ${INDEX_DAMAGES.copied}`]);
  });
});

describe("a chunk", () => {
  const objects = [...recordedObjects("objects.ndjson.gz")].filter(([key]) => parseChunkKey(key) !== null).slice(0, 40);

  it.each(["fast", "deep"] as const)("with any byte changed is found by a %s check", (mode) => {
    fc.assert(
      fc.property(fc.nat(objects.length - 1), fc.nat(), fc.integer({ min: 1, max: 255 }), (which, place, change) => {
        const [key = "", bytes = Buffer.alloc(0)] = objects[which] ?? [];
        const parsed = parseChunkKey(key);
        if (parsed === null) throw new Error("no chunk");
        expect(checkChunk(bytes, parsed.key, mode)).toBeNull();
        const damaged = Buffer.from(bytes);
        damaged[place % bytes.length] = (damaged[place % bytes.length] ?? 0) ^ change;
        expect(checkChunk(damaged, parsed.key, mode)?.kind).toMatch(/bitflip|garbage|truncated|wrong-key|cross-tenant/);
      }),
      { numRuns: 300 },
    );
  });
});
