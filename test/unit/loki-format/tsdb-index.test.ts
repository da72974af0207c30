import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { formatChunkKey } from "../../../src-main/core/common/loki-format/chunk-key.ts";
import { parseIndexKey, tableDayMs, type IndexKey } from "../../../src-main/core/common/loki-format/tsdb/index-key.ts";
import {
  readTsdbIndex,
  type TsdbIndexReading,
} from "../../../src-main/core/common/loki-format/tsdb/read-tsdb-index.ts";

const ROOT = join(import.meta.dirname, "../../fixtures/loki-index");
const truth = z
  .record(z.string(), z.record(z.string(), z.array(z.string())))
  .parse(JSON.parse(gunzipSync(readFileSync(join(ROOT, "truth.json.gz"))).toString("utf8")));
const paths = readdirSync(ROOT, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".tsdb.gz"));

interface Read extends TsdbIndexReading {
  readonly keys: Readonly<Record<string, readonly string[]>>;
}

function read(file: Uint8Array, key: IndexKey | null): Read {
  const keys: Record<string, Set<string>> = {};
  const reading = readTsdbIndex(file, key, ({ tenant, fingerprint, chunks }) => {
    const ofTenant = (keys[tenant] ??= new Set());
    for (let at = 0; at < chunks.count; at += 1) {
      const [fromMs = 0, throughMs = 0, checksum = 0] = [chunks.fromMs[at], chunks.throughMs[at], chunks.checksum[at]];
      ofTenant.add(formatChunkKey({ tenant, fingerprint, fromMs, throughMs, checksum }));
    }
  });
  return {
    ...reading,
    keys: Object.fromEntries(Object.entries(keys).map(([tenant, all]) => [tenant, [...all].toSorted()])),
  };
}

function indexFile(path: string): { readonly file: Buffer; readonly key: IndexKey | null } {
  return {
    file: gunzipSync(readFileSync(join(ROOT, path))),
    key: parseIndexKey(path.replace(/^index\//, "")),
  };
}

describe("index files of a real Loki", () => {
  it.each(paths)("name the chunks that Loki's index gateway finds in them: %s", (path) => {
    const { file, key } = indexFile(path);
    const { keys, findings } = read(file, key);
    expect(findings).toEqual([]);
    expect(keys).toEqual(
      Object.fromEntries(Object.entries(truth[path] ?? {}).map(([tenant, all]) => [tenant, all.toSorted()])),
    );
  });
});

describe("damaged index files", () => {
  const { file, key } = indexFile(paths.find((path) => path.includes("/tiny/")) ?? "");
  const whole = read(file, key);

  it("a changed byte is found wherever a checksum covers it, and never makes anything up", () => {
    fc.assert(
      fc.property(fc.nat(file.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const damaged = Buffer.from(file);
        damaged[at] = (damaged[at] ?? 0) ^ change;
        const { keys, findings } = read(damaged, key);
        // Padding is all that no checksum covers.
        if (findings.length === 0) expect(file[at]).toBe(0);
        const known = new Set(Object.values(whole.keys).flat());
        const made = Object.values(keys)
          .flat()
          .filter((each) => !known.has(each));
        // A wrong symbol table may name another tenant; it is told.
        if (made.length > 0) expect(findings.map(({ kind }) => kind)).toContain("symbols-checksum");
      }),
      { numRuns: 2_000 },
    );
  });

  it("a file that is cut is told, wherever", () => {
    fc.assert(
      fc.property(fc.nat(file.length - 1), (length) => {
        const { findings, series } = read(file.subarray(0, length), key);
        expect(findings.length).toBeGreaterThan(0);
        expect(series).toBe(0);
      }),
    );
  });

  it("bytes of any kind end, with findings", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), fc.integer({ min: 1, max: 3 }), (bytes, version) => {
        const dressed = Buffer.concat([Buffer.from([0xba, 0xaa, 0xd7, 0x00, version]), bytes]);
        expect(read(dressed, null).findings.length).toBeGreaterThan(0);
      }),
    );
  });

  it("a file under another's name is told", () => {
    const other = { ...key, checksum: 1, fromMs: 5 } as IndexKey;
    expect(read(file, other).findings.map(({ kind }) => kind)).toEqual(["name-checksum", "name-bounds"]);
  });
});

describe("keys of index objects", () => {
  it("are told apart", () => {
    expect(parseIndexKey("index_20779/acme/1795355222541280671-compactor-1-2-de88f9c6.tsdb.gz")).toEqual({
      kind: "compacted",
      table: "index_20779",
      tenant: "acme",
      createdMs: 1795355222541,
      fromMs: 1,
      throughMs: 2,
      checksum: 0xde88f9c6,
    });
    expect(parseIndexKey("loki_index_20779/1795354853-ingester-a-1-1795354853687219601.tsdb.gz")).toEqual({
      kind: "uploaded",
      table: "loki_index_20779",
      uploader: "ingester-a-1",
      createdMs: 1795354853000,
    });
    expect(parseIndexKey("delete_requests/delete_requests.gz")).toEqual({ kind: "delete-requests" });
    expect(parseIndexKey("index_1/compactor-1600000000.gz")).toEqual({
      kind: "boltdb",
      table: "index_1",
      tenant: null,
    });
    expect(parseIndexKey("index_1/notes.txt")).toBeNull();
    expect(parseIndexKey("alone.tsdb.gz")).toBeNull();
  });

  it("name the day of their table", () => {
    expect(tableDayMs("index_20779")).toBe(20779 * 86_400_000);
    expect(tableDayMs("index")).toBeNull();
  });
});
