import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { chunkHead } from "../../../src-main/core/archive/bucket/chunk-head-of-file.ts";
import { decodeChunkBlock } from "../../../src-main/core/archive/bucket/decode-chunk-block.ts";
import { openBucketFolder } from "../../../src-main/core/archive/bucket/open-bucket-folder.ts";
import type { ArchiveBlock } from "../../../src-main/core/archive/archive-block.ts";
import type { ArchiveContents, OpenParts } from "../../../src-main/core/archive/archive-contents.ts";
import { formatChunkKey } from "../../../src-main/core/common/loki-format/chunk-key.ts";
import { hasCode } from "../../../src-shared/errors/app-error.ts";
import { recordedChunks, recordedDamages, unpackLokiBucket, writeObject } from "../../builders/loki-bucket.ts";
import { buildChunk, type ChunkRecipe } from "../../builders/loki-chunk.ts";
import { ManualClock } from "../../builders/manual-clock.ts";
import { RecordingLogger } from "../../builders/recording-logger.ts";
import { temporaryDirectory, type TemporaryDirectory } from "../../builders/temporary-directory.ts";

let directory: TemporaryDirectory;
beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(() => directory[Symbol.dispose]());

/** What the scan's threads do, in this thread. */
function parts(signal = new AbortController().signal): OpenParts {
  return {
    inspector: {
      indexText: () => Promise.reject(new Error("a bucket has no text")),
      chunkHead: async (place) => chunkHead(place),
    },
    workDirectory: directory.file("work"),
    unpackMaxBytes: 0,
    clock: new ManualClock(),
    logger: new RecordingLogger(),
    signal,
  };
}

async function opened(path: string): Promise<ArchiveContents> {
  const outcome = await openBucketFolder([path], {}, parts());
  if (outcome?.kind !== "opened") throw new Error(`${path} was not opened`);
  return outcome.contents;
}

function keyOf({ place }: ArchiveBlock): string {
  return place.kind === "chunk" ? place.key : "";
}

function rowsOf({ place }: ArchiveBlock): number {
  return place.kind === "chunk" ? decodeChunkBlock(place).rowCount : 0;
}

describe("a copied bucket", () => {
  it("is one block a chunk, with the tenant, labels, bounds and rows that Loki's inspection shows", async () => {
    unpackLokiBucket(directory.file("copy"));
    const contents = await opened(directory.file("copy"));
    const truth = new Map(recordedChunks().map((chunk) => [chunk.key, chunk]));
    expect(contents).toMatchObject({ kind: "bucket", tenants: ["acme", "globex", "tiny"], dropsDuplicates: true });
    expect(contents.formats).toEqual(["loki chunk v4 snappy"]);
    expect(contents.problems).toEqual([]);
    expect(contents.completeness).toEqual({ verdict: "unknown", reasons: [] });
    expect(contents.blocks.map(keyOf).sort()).toEqual([...truth.keys()].sort());
    for (const block of contents.blocks) {
      const chunk = truth.get(keyOf(block));
      if (chunk === undefined) throw new Error(keyOf(block));
      expect({ rows: block.rows, read: rowsOf(block) }).toEqual({ rows: chunk.entries, read: chunk.entries });
      expect(block.tenant).toBe(chunk.tenant);
      expect([{ __name__: "logs", ...block.streams?.[0] }]).toEqual([chunk.labels]);
      const times = [block.minNs, block.maxNs].map((ns) => String((ns / 1_000n) * 1_000n));
      expect(times).toEqual([chunk.first_ts_ns, chunk.last_ts_ns]);
    }
  });

  it("with damage says what each damage is and what it costs, and reads everything else", async () => {
    unpackLokiBucket(directory.file("copy"), "damaged");
    const contents = await opened(directory.file("copy"));
    const unreadable = [
      "zero-byte-chunk",
      "truncated-chunk",
      "bitflip-block",
      "bitflip-metadata",
      "wrong-key-checksum",
      "cross-tenant-chunk",
    ];
    const damages = recordedDamages();
    const lost = damages.filter(({ kind }) => unreadable.includes(kind)).map(({ key }) => key);
    const gone = damages.filter(({ kind }) => kind === "missing-chunk").map(({ key }) => key);
    const added = damages
      .filter(({ kind }) => ["orphan-chunk", "duplicate-chunk"].includes(kind))
      .map(({ key }) => key);
    const whole = recordedChunks().map(({ key }) => key);
    const expected = [...whole.filter((key) => !lost.includes(key) && !gone.includes(key)), ...added];
    expect(contents.blocks.map(keyOf).sort()).toEqual(expected.sort());

    const told = (key: string) =>
      contents.problems
        .filter(({ part }) => part === key)
        .map(({ error }) => String(error.params["problem"] ?? error.code).split(" ")[0]);
    const toldByKind = damages.map(({ kind, key }) => [kind, told(key)]);
    expect(toldByKind).toEqual([
      ["zero-byte-chunk", ["empty"]],
      ["truncated-chunk", ["key-checksum", "truncated"]],
      ["bitflip-block", ["key-checksum", "block-checksum"]],
      ["bitflip-metadata", ["key-checksum", "metadata-unreadable"]],
      ["wrong-key-checksum", ["key-checksum", "key-fingerprint", "key-from", "key-through"]],
      ["missing-chunk", []],
      ["cross-tenant-chunk", ["key-checksum", "key-tenant", "key-fingerprint"]],
      ["orphan-chunk", []],
      ["duplicate-chunk", ["key-through"]],
      ["garbage-object", ["key-checksum", "not-a-chunk"]],
      ["garbage-object", ["archive.not-recognised"]],
    ]);

    expect(contents.completeness.verdict).toBe("incomplete");
    const evidence = contents.completeness.reasons.flatMap((reason) =>
      reason.kind === "lines-missing" ? [[reason.detail, reason.unit, reason.promised, reason.read]] : [],
    );
    const entries = ["bitflip-block", "bitflip-metadata"];
    const promised = damages
      .filter(({ kind }) => kind === "garbage-object" || unreadable.includes(kind))
      .filter(({ key }) => !key.endsWith(".txt"))
      .map(({ kind, key, promised: count }) =>
        entries.includes(kind) ? [key, "entries", count, 0] : [key, "chunks", 1, 0],
      );
    const byKey = (reasons: readonly unknown[]) => reasons.map(String).sort();
    expect(byKey(evidence)).toEqual(byKey(promised));
  });

  it("may be one tenant, one stream or one object of it", async () => {
    unpackLokiBucket(directory.file("copy"));
    const [chunk] = recordedChunks();
    const [tenant = "", fingerprint = "", times = ""] = chunk?.key.split("/") ?? [];
    const streams = recordedChunks().filter(({ key }) => key.startsWith(`${tenant}/${fingerprint}/`)).length;
    const ofTenant = recordedChunks().filter((each) => each.tenant === tenant).length;
    const folder = directory.file("copy");
    for (const [path, blocks] of [
      [join(folder, tenant), ofTenant],
      [join(folder, tenant, fingerprint), streams],
      [join(folder, tenant, fingerprint, times), 1],
    ] as const) {
      const contents = await opened(path);
      expect(contents.tenants).toEqual([tenant]);
      expect(contents.problems).toEqual([]);
      expect(contents.blocks.length).toBe(blocks);
      expect(rowsOf(contents.blocks[0] as ArchiveBlock)).toBeGreaterThan(0);
    }
  });

  it("is found under a prefix, with another delimiter, and renamed", async () => {
    const built = buildChunk(RECIPE);
    const name = formatChunkKey(built.key, { delimiter: "_", flat: false, base64: false });
    const base64 = formatChunkKey(built.key, { delimiter: ":", flat: false, base64: true });
    for (const [folder, key] of [
      ["prefix", `site/loki/${built.name}`],
      ["delimiter", name],
      ["filesystem", base64],
      ["renamed", "bad chunk from Tuesday.bin"],
    ] as const) {
      writeObject(directory.file(folder), key, built.bytes);
      const contents = await opened(directory.file(folder));
      expect({ folder, tenants: contents.tenants, problems: contents.problems }).toEqual({
        folder,
        tenants: ["acme"],
        problems: [],
      });
      expect(contents.blocks).toHaveLength(1);
    }
  });

  it("with a bad block in a chunk gives the chunk's other blocks", async () => {
    const built = buildChunk(RECIPE);
    const bytes = Buffer.from(built.bytes);
    const at = built.dataStart + (built.blocks[0]?.offset ?? 0) + 15;
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    writeObject(directory.file("copy"), built.name, bytes);
    const { blocks, problems, completeness } = await opened(directory.file("copy"));
    expect(blocks.map(({ rows, minNs }) => [rows, minNs])).toEqual([[1, 1_795_354_900_000_000_001n]]);
    expect(problems.map(({ error }) => error.code)).toEqual(["archive.damaged", "archive.damaged"]);
    expect(completeness.verdict).toBe("incomplete");
    const [block] = blocks;
    const rows = block?.place.kind === "chunk" ? decodeChunkBlock(block.place) : null;
    expect(rows?.rowCount).toBe(1);
    expect(rows?.problems.map(({ entriesLost }) => entriesLost)).toEqual([2]);
  });

  it("with a chunk that is cut gives the blocks before the cut, and is not complete", async () => {
    for (const filler of [10, 300_000]) {
      const long = { timestampNs: 1_795_354_897_000_000_000n, line: Buffer.alloc(filler, "x") };
      const recipe = { ...RECIPE, codec: "lz4", blocks: [[long], ...RECIPE.blocks] } as const;
      const built = buildChunk(recipe);
      const last = built.dataStart + (built.blocks.at(-1)?.offset ?? 0);
      const folder = directory.file(`cut-${filler}`);
      writeObject(folder, built.name, built.bytes.subarray(0, last + 10));
      const { blocks, problems, completeness } = await opened(folder);
      expect(blocks.map(({ rows, maxNs }) => [rows, maxNs])).toEqual([[3, 1_795_354_898_000_000_001n]]);
      expect(problems.map(({ error }) => String(error.params["problem"]).split(" ")[0])).toContain("truncated");
      expect(completeness.verdict).toBe("incomplete");
      const [block] = blocks;
      const rows = block?.place.kind === "chunk" ? decodeChunkBlock(block.place) : null;
      expect(rows?.rowCount).toBe(3);
      expect(rows?.problems.map(({ entriesLost }) => entriesLost)).toEqual([undefined]);
    }
  });

  it("whose large chunk is damaged within says so when it is read", async () => {
    const line = Buffer.from(Array.from({ length: 400_000 }, (_, at) => (at * 7919 * (at % 31)) % 251));
    const built = buildChunk({
      ...RECIPE,
      codec: "none",
      blocks: [[{ timestampNs: 1_795_354_897_000_000_000n, line }]],
    });
    const bytes = Buffer.from(built.bytes);
    bytes.writeUInt8(bytes.readUInt8(200_000) ^ 1, 200_000);
    writeObject(directory.file("copy"), built.name, bytes);
    const { blocks, problems } = await opened(directory.file("copy"));
    expect([blocks[0]?.rows, problems]).toEqual([1, []]);
    const [block] = blocks;
    const rows = block?.place.kind === "chunk" ? decodeChunkBlock(block.place) : null;
    expect(rows?.rowCount).toBe(0);
    expect(rows?.problems.map(({ entriesLost }) => entriesLost)).toEqual([1]);
  });
});

const RECIPE: ChunkRecipe = {
  version: 4,
  codec: "snappy",
  tenant: "acme",
  labels: { app: "checkout" },
  blocks: [
    [
      { timestampNs: 1_795_354_897_000_000_001n, line: Buffer.from("first line of the block") },
      { timestampNs: 1_795_354_898_000_000_001n, line: Buffer.from("second") },
    ],
    [{ timestampNs: 1_795_354_900_000_000_001n, line: Buffer.from("third"), metadata: { trace: "t" } }],
  ],
};

describe("what is no bucket", () => {
  it("is left to others: logs, empty folders, names that look like keys", async () => {
    mkdirSync(directory.file("logs/2026"), { recursive: true });
    writeFileSync(directory.file("logs/2026/11-22-13"), "a line\n");
    writeFileSync(directory.file("logs/app.log"), "a line\n");
    expect(await openBucketFolder([directory.file("logs")], {}, parts())).toBeNull();
    expect(await openBucketFolder([directory.file("logs/app.log")], {}, parts())).toBeNull();
    mkdirSync(directory.file("empty"));
    expect(await openBucketFolder([directory.file("empty")], {}, parts())).toBeNull();
  });

  it("as a bucket of which nothing can be read is refused with what is wrong", async () => {
    const { name } = buildChunk(RECIPE);
    writeObject(directory.file("copy"), name, Buffer.alloc(0));
    const refused = await openBucketFolder([directory.file("copy")], {}, parts()).catch((error: unknown) => error);
    expect(hasCode(refused, "archive.damaged") ? refused.params : refused).toEqual({
      part: name,
      problem: "empty at byte 0",
    });
  });

  it("as a chunk that went away between opening and reading is a change", async () => {
    const built = buildChunk(RECIPE);
    const file = writeObject(directory.file("copy"), built.name, built.bytes);
    cpSync(file, directory.file("kept"));
    rmSync(file);
    const read = () => decodeChunkBlock({ kind: "chunk", file, key: built.name });
    expect(read).toThrow(expect.objectContaining({ code: "archive.changed" }));
  });

  it("as an opening that nobody waits for any more ends", async () => {
    unpackLokiBucket(directory.file("copy"));
    const given = new AbortController();
    given.abort(new Error("gone"));
    await expect(openBucketFolder([directory.file("copy")], {}, parts(given.signal))).rejects.toThrow("gone");
  });
});
