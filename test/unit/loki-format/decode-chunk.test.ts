import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checksumText } from "../../../src-main/core/common/loki-format/chunk-finding.ts";
import { readChunkHead } from "../../../src-main/core/common/loki-format/chunk-head.ts";
import { asLabelName } from "../../../src-main/core/common/loki-format/chunk-symbols.ts";
import { decodeChunk, type DecodedChunk } from "../../../src-main/core/common/loki-format/decode-chunk.ts";
import type { ChunkCodec } from "../../../src-main/core/common/loki-format/decompress.ts";
import { bytesInMemory } from "../../../src-main/core/common/loki-format/object-bytes.ts";
import { buildChunk, type BuiltChunk, type ChunkEntry, type ChunkRecipe } from "../../builders/loki-chunk.ts";

const CODECS: readonly ChunkCodec[] = [
  "none",
  "gzip",
  "lz4-64k",
  "snappy",
  "lz4-256k",
  "lz4-1M",
  "lz4",
  "flate",
  "zstd",
];
const VERSIONS = [1, 2, 3, 4] as const;
const START = 1_795_354_897_453_591_789n;

function entriesOf({ rows }: DecodedChunk): readonly ChunkEntry[] {
  return Array.from({ length: rows?.rowCount ?? 0 }, (_, row) => {
    const metadata = rows?.metadata?.(row);
    return {
      timestampNs: rows?.timestampsNs[row] ?? 0n,
      line: Buffer.from(rows?.bytes.subarray(rows.lineStarts[row], rows.lineEnds[row]) ?? []),
      ...(metadata === undefined ? {} : { metadata }),
    };
  });
}

function plainEntry(at: number, line: string, metadata?: Readonly<Record<string, string>>): ChunkEntry {
  const base = { timestampNs: START + BigInt(at) * 1_000_000n, line: Buffer.from(line) };
  return metadata === undefined ? base : { ...base, metadata };
}

const THREE_BLOCKS: ChunkRecipe = {
  version: 4,
  codec: "snappy",
  tenant: "acme",
  labels: { app: "checkout", level: "error" },
  blocks: [0, 10, 20].map((first) =>
    Array.from({ length: 10 }, (_, at) => plainEntry(first + at, `line ${first + at}`, { trace: `t${at % 3}` })),
  ),
};

function damaged(chunk: BuiltChunk, change: (bytes: Buffer) => void): DecodedChunk {
  const bytes = Buffer.from(chunk.bytes);
  change(bytes);
  return decodeChunk(bytes, chunk.key);
}

function kinds(decoded: { readonly findings: DecodedChunk["findings"] }): readonly string[] {
  return decoded.findings.map(({ kind }) => kind);
}

const labelName = fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,8}$/).filter((name) => name !== "__proto__");
const labelSet = fc.dictionary(labelName, fc.string({ minLength: 1, maxLength: 12, unit: "grapheme" }), {
  minKeys: 1,
  maxKeys: 4,
});
const anEntry = fc.record({
  gapNs: fc.bigInt(0n, 10n ** 12n),
  line: fc.uint8Array({ maxLength: 200 }),
  metadata: fc.option(labelSet, { nil: undefined }),
});

describe("chunk objects", () => {
  it("in every format and codec give back every entry to the nanosecond and the byte", () => {
    const blocks = fc.array(fc.array(anEntry, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(
        blocks,
        labelSet,
        fc.constantFrom(...VERSIONS),
        fc.constantFrom(...CODECS),
        fc.bigInt(-(10n ** 9n), 2n * 10n ** 18n),
        (gaps, labels, version, codec, firstNs) => {
          let timestampNs = firstNs < 0n ? 0n : firstNs;
          const written = gaps.map((block) =>
            block.map(({ gapNs, line, metadata }): ChunkEntry => {
              timestampNs += gapNs;
              const kept = version === 4 && metadata !== undefined ? { metadata: { ...metadata } } : {};
              return { timestampNs, line: Buffer.from(line), ...kept };
            }),
          );
          const chunk = buildChunk({ version, codec, tenant: "acme", labels: { ...labels }, blocks: written });
          const decoded = decodeChunk(chunk.bytes, chunk.key);
          expect(decoded.findings).toEqual([]);
          expect(decoded.outer?.metadata?.labels).toEqual({ ...labels });
          expect(entriesOf(decoded)).toEqual(written.flat());
          const head = readChunkHead(bytesInMemory(chunk.bytes), chunk.key);
          expect(head.layout?.blocks.map(({ entries }) => entries)).toEqual(written.map(({ length }) => length));
        },
      ),
      { numRuns: 200 },
    );
  });

  it("with blocks of many frames give back every line, whatever the codec", () => {
    for (const codec of CODECS) {
      const lines = Array.from({ length: 3_000 }, (_, at) => plainEntry(at, `${at} ${"payload ".repeat(at % 40)}`));
      const chunk = buildChunk({ ...THREE_BLOCKS, codec, blocks: [lines.slice(0, 2_000), lines.slice(2_000)] });
      const decoded = decodeChunk(chunk.bytes, chunk.key);
      expect({ codec, findings: decoded.findings }).toEqual({ codec, findings: [] });
      expect(entriesOf(decoded)).toEqual(lines);
    }
  });

  it("times before 1970 and at the ends of 64 bits are exact", () => {
    const times = [-(2n ** 63n), -1n, 0n, 1n, 2n ** 31n, 2n ** 32n, 2n ** 63n - 1n];
    const blocks = [times.map((timestampNs) => ({ timestampNs, line: Buffer.from("x") }))];
    const chunk = buildChunk({ ...THREE_BLOCKS, blocks });
    expect([...(decodeChunk(chunk.bytes, null).rows?.timestampsNs ?? [])]).toEqual(times);
  });

  it("cut at any byte give the whole blocks before, say what is wrong, and never throw", () => {
    const chunk = buildChunk(THREE_BLOCKS);
    const given = new Set<number>();
    for (let length = 0; length < chunk.bytes.length; length++) {
      const decoded = decodeChunk(chunk.bytes.subarray(0, length), chunk.key);
      const whole = chunk.blocks.filter((block) => chunk.dataStart + block.offset + block.length + 4 <= length).length;
      expect(decoded.findings.length).toBeGreaterThan(0);
      expect(entriesOf(decoded)).toEqual(THREE_BLOCKS.blocks.slice(0, whole).flat());
      given.add(decoded.rows?.rowCount ?? 0);
    }
    expect([...given]).toEqual([0, 10, 20, 30]);
  });

  it("cut in the middle give the whole blocks before in every codec whose streams can be found", () => {
    for (const version of VERSIONS) {
      for (const codec of CODECS) {
        const found = version === 1 || !["none", "flate"].includes(codec);
        const chunk = buildChunk({ ...THREE_BLOCKS, version, codec });
        const third = chunk.dataStart + (chunk.blocks[2]?.offset ?? 0);
        const decoded = decodeChunk(chunk.bytes.subarray(0, third + 12), chunk.key);
        expect(kinds(decoded)).toEqual(["key-checksum", "truncated"]);
        const lines = entriesOf(decoded).map(({ line }) => String(line));
        const expected = THREE_BLOCKS.blocks.slice(0, 2).flat();
        expect({ version, codec, lines }).toEqual({
          version,
          codec,
          lines: found ? expected.map(({ line }) => String(line)) : [],
        });
        if (version === 4 && found) expect(entriesOf(decoded)).toEqual(expected);
      }
    }
  });

  it("with any byte changed never give a wrong line", () => {
    for (const codec of ["none", "snappy", "lz4", "zstd"] as const) {
      const chunk = buildChunk({ ...THREE_BLOCKS, codec });
      const lines = new Set(THREE_BLOCKS.blocks.flat().map(({ line }) => Buffer.from(line).toString()));
      for (let at = 0; at < chunk.bytes.length; at++) {
        const decoded = damaged(chunk, (bytes) => bytes.writeUInt8(bytes.readUInt8(at) ^ 0x10, at));
        expect(kinds(decoded)).toContain(
          at < 14 && decoded.outer === null ? decoded.findings[0]?.kind : "key-checksum",
        );
        for (const { line } of entriesOf(decoded)) expect(lines).toContain(Buffer.from(line).toString());
      }
    }
  });

  it("of pure noise are no chunks, whatever comes behind a good beginning", () => {
    const begin = Buffer.from(buildChunk(THREE_BLOCKS).bytes.subarray(0, 60));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.boolean(), (noise, behind) => {
        const decoded = decodeChunk(behind ? Buffer.concat([begin, noise]) : noise, null);
        expect(decoded.findings.length).toBeGreaterThan(0);
      }),
      { numRuns: 300 },
    );
  });
});

describe("a damaged chunk", () => {
  const chunk = buildChunk(THREE_BLOCKS);
  const blockAt = (number: number) => chunk.dataStart + (chunk.blocks[number]?.offset ?? 0);

  it("with one bad block still gives its other blocks, and says which entries are lost", () => {
    const decoded = damaged(chunk, (bytes) => bytes.writeUInt8(bytes.readUInt8(blockAt(1) + 20) ^ 1, blockAt(1) + 20));
    const finding = decoded.findings.find(({ kind }) => kind === "block-checksum");
    expect(kinds(decoded)).toEqual(["key-checksum", "block-checksum"]);
    expect(finding).toMatchObject({
      block: 1,
      offset: blockAt(1),
      length: chunk.blocks[1]?.length,
      entriesLost: 10,
      startNs: START + 10_000_000n,
      endNs: START + 19_000_000n,
    });
    expect(finding?.expected).toBe(
      checksumText(Buffer.from(chunk.bytes).readUInt32BE(blockAt(1) + (chunk.blocks[1]?.length ?? 0))),
    );
    expect(entriesOf(decoded)).toEqual([...(THREE_BLOCKS.blocks[0] ?? []), ...(THREE_BLOCKS.blocks[2] ?? [])]);
  });

  it("whose table has wrong offsets is read where its blocks must be, as Loki does", () => {
    const shifted = buildChunk({ ...THREE_BLOCKS, offsetError: 3 });
    const decoded = decodeChunk(shifted.bytes, shifted.key);
    expect(kinds(decoded)).toEqual(["block-offset", "block-offset", "block-offset"]);
    expect(entriesOf(decoded)).toEqual(THREE_BLOCKS.blocks.flat());
  });

  it("whose structured metadata is broken gives its lines without it", () => {
    const at = chunk.dataStart + 8;
    const decoded = damaged(chunk, (bytes) => bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at));
    expect(kinds(decoded)).toEqual(["key-checksum", "symbols-checksum"]);
    expect(entriesOf(decoded).map(({ line }) => String(line))).toEqual(
      THREE_BLOCKS.blocks.flat().map(({ line }) => String(line)),
    );
    expect(decoded.rows?.metadata).toBeNull();
  });

  it("under another key says what the key says otherwise", () => {
    const key = { tenant: "globex", fingerprint: 1n, fromMs: 5, throughMs: 6, checksum: 7 };
    expect(kinds(decodeChunk(chunk.bytes, key))).toEqual([
      "key-checksum",
      "key-tenant",
      "key-fingerprint",
      "key-from",
      "key-through",
    ]);
    expect(decodeChunk(chunk.bytes, { checksum: chunk.key.checksum }).findings).toEqual([]);
  });

  it("whose labels do not hash to its fingerprint is told, one that Loki mapped is not", () => {
    const other = buildChunk({ ...THREE_BLOCKS, fingerprint: 0xdead_beef_0000n });
    expect(kinds(decodeChunk(other.bytes, other.key))).toEqual(["labels-hash"]);
    const mapped = buildChunk({ ...THREE_BLOCKS, fingerprint: 17n });
    expect(decodeChunk(mapped.bytes, mapped.key).findings).toEqual([]);
  });

  it("with bytes behind its end is read, and the bytes are told", () => {
    const decoded = decodeChunk(Buffer.concat([chunk.bytes, Buffer.from("more")]), null);
    expect(decoded.findings).toMatchObject([{ kind: "trailing-bytes", length: 4, offset: chunk.bytes.length }]);
    expect(decoded.rows?.rowCount).toBe(30);
  });

  it("of old Cortex, whose metadata's length leaves itself out, is read", () => {
    const old = buildChunk({ ...THREE_BLOCKS, version: 1, oldMetadataLength: true });
    const decoded = decodeChunk(old.bytes, old.key);
    expect(decoded.findings).toEqual([]);
    expect(decoded.rows?.rowCount).toBe(30);
  });

  it("with entries out of order is given in order of time, and told", () => {
    const blocks = [[plainEntry(5, "b"), plainEntry(1, "a")], [plainEntry(3, "c")]];
    const mixed = buildChunk({ ...THREE_BLOCKS, blocks });
    const decoded = decodeChunk(mixed.bytes, mixed.key);
    expect(kinds(decoded)).toEqual(["blocks-overlap", "block-unordered"]);
    expect(entriesOf(decoded).map(({ line }) => String(line))).toEqual(["a", "c", "b"]);
  });

  it("whose table counts too few or too many entries is read to its end, and told", () => {
    const [block = []] = THREE_BLOCKS.blocks;
    for (const counted of [2, 99]) {
      const built = buildChunk({ ...THREE_BLOCKS, codec: "none", blocks: [block], countedEntries: counted });
      const decoded = decodeChunk(built.bytes, built.key);
      expect(decoded.findings).toMatchObject([
        {
          kind: "block-count",
          expected: `${counted} entries`,
          actual: "10 entries",
          entriesLost: counted > 10 ? 89 : 0,
        },
      ]);
      expect(entriesOf(decoded)).toEqual(block);
    }
  });

  it("whose entries name metadata that its table has not is read without it, and told", () => {
    const built = buildChunk({ ...THREE_BLOCKS, codec: "none", symbolShift: 100 });
    const decoded = decodeChunk(built.bytes, built.key);
    expect(kinds(decoded)).toEqual(["metadata-reference", "metadata-reference", "metadata-reference"]);
    expect(entriesOf(decoded)).toEqual(
      THREE_BLOCKS.blocks.flat().map(({ timestampNs, line }) => ({ timestampNs, line })),
    );
  });

  it("that would unpack to far more than it says is not unpacked", () => {
    const bomb = plainEntry(0, "0".repeat(40_000_000));
    for (const codec of ["gzip", "snappy", "zstd", "flate", "lz4"] as const) {
      const built = buildChunk({ ...THREE_BLOCKS, codec, blocks: [[bomb]], uncompressedBytes: 1_000 });
      const decoded = decodeChunk(built.bytes, built.key);
      expect(decoded.findings).toMatchObject([{ kind: "block-too-large", entriesLost: 1 }]);
      expect(decoded.rows?.rowCount).toBe(0);
    }
  });
});

describe("names of structured metadata", () => {
  it("read as queries can name them", () => {
    expect(["trace_id", "http.status-code", "1st", "_x", "ünï"].map(asLabelName)).toEqual([
      "trace_id",
      "http_status_code",
      "key_1st",
      "_x",
      "_n_",
    ]);
  });
});
