import { crc32c } from "@node-rs/crc32";
import { describe, expect, it } from "vitest";
import { checksumText, describeFinding } from "../../../src-main/core/common/loki-format/chunk-finding.ts";
import { formatChunkKey, parseChunkKey } from "../../../src-main/core/common/loki-format/chunk-key.ts";
import type { ChunkRows } from "../../../src-main/core/common/loki-format/chunk-rows.ts";
import { decodeChunk } from "../../../src-main/core/common/loki-format/decode-chunk.ts";
import { recordedChunks, recordedDamages, recordedObjects } from "../../builders/loki-bucket.ts";

function lineOf(rows: ChunkRows, row: number): string {
  return Buffer.from(rows.bytes.subarray(rows.lineStarts[row], rows.lineEnds[row])).toString("utf8");
}

function microseconds(ns: bigint | undefined): string {
  return String(((ns ?? 0n) / 1_000n) * 1_000n);
}

/** Of the table of blocks of a v4 chunk, by the two last numbers of its tail. */
function tableChecksum(chunk: Buffer): string {
  const length = Number(chunk.readBigUInt64BE(chunk.length - 16));
  const offset = Number(chunk.readBigUInt64BE(chunk.length - 8));
  return checksumText(crc32c(chunk.subarray(offset, offset + length)));
}

describe("chunks that a real Loki wrote", () => {
  const objects = recordedObjects("objects.ndjson.gz");

  it("read as Loki's own inspection reads them, with nothing wrong in any", () => {
    const chunks = recordedChunks();
    expect(chunks.length).toBeGreaterThan(200);
    expect(new Set(chunks.map(({ tenant }) => tenant)).size).toBe(3);
    for (const truth of chunks) {
      const bytes = objects.get(truth.key) ?? Buffer.alloc(0);
      const parsed = parseChunkKey(truth.key);
      if (parsed === null) throw new Error(truth.key);
      expect(formatChunkKey(parsed.key)).toBe(truth.key);
      const { outer, layout, rows, findings } = decodeChunk(bytes, parsed.key);
      if (outer?.metadata == null || layout === null || rows === null) throw new Error(truth.key);
      expect(findings).toEqual([]);
      const { dataStart } = outer;
      const last = rows.rowCount - 1;
      const metadata = Object.entries(rows.metadata?.(0) ?? {}).map(([name, value]) => `${name}=${value}`);
      expect({
        key: truth.key,
        tenant: outer.metadata.tenant,
        labels: { __name__: "logs", ...outer.metadata.labels },
        from_ms: outer.metadata.fromMs,
        through_ms: outer.metadata.throughMs,
        metadata_length: dataStart - 4,
        data_length: outer.dataBytes,
        format_version: String(layout.version),
        encoding: layout.codec,
        size: bytes.length,
        blocks: layout.blocks.map(({ offset, lengthBytes, number }) => ({
          n: number,
          position: offset,
          original_length: rows.bytes.length,
          stored: lengthBytes,
          checksum: checksumText(bytes.readUInt32BE(dataStart + offset + lengthBytes)),
          ok:
            crc32c(bytes.subarray(dataStart + offset, dataStart + offset + lengthBytes)) ===
            bytes.readUInt32BE(dataStart + offset + lengthBytes),
        })),
        entries: rows.rowCount,
        first_ts_ns: microseconds(rows.timestampsNs[0]),
        last_ts_ns: microseconds(rows.timestampsNs[last]),
        first_line: lineOf(rows, 0).trimEnd(),
        last_line: lineOf(rows, last).trimEnd(),
        first_structured_metadata: metadata.join(" "),
        blocks_metadata_checksum: `${tableChecksum(bytes.subarray(dataStart))} OK`,
      }).toEqual(truth);
    }
  });

  const EXPECTED: Readonly<Record<string, readonly string[]>> = {
    "zero-byte-chunk": ["empty"],
    "truncated-chunk": ["key-checksum", "truncated"],
    "bitflip-block": ["key-checksum", "block-checksum"],
    "bitflip-metadata": ["key-checksum", "metadata-unreadable"],
    "wrong-key-checksum": ["key-checksum", "key-fingerprint", "key-from", "key-through"],
    "cross-tenant-chunk": ["key-checksum", "key-tenant", "key-fingerprint"],
    "orphan-chunk": [],
    "duplicate-chunk": ["key-through"],
  };

  it("say of each damage what it is, where it is and what it costs", () => {
    const damaged = recordedObjects("damaged-objects.ndjson.gz");
    const seen: string[] = [];
    for (const damage of recordedDamages()) {
      const expected = EXPECTED[damage.kind];
      const bytes = damaged.get(damage.key);
      if (expected === undefined || bytes === undefined) continue;
      const { findings } = decodeChunk(bytes, parseChunkKey(damage.key)?.key ?? null);
      expect({ kind: damage.kind, findings: findings.map(({ kind }) => kind) }).toEqual({
        kind: damage.kind,
        findings: expected,
      });
      seen.push(damage.kind);
    }
    expect(seen.sort()).toEqual(Object.keys(EXPECTED).sort());
  });

  it("a flipped bit in a block names the block, both checksums and the entries that are lost", () => {
    const damage = recordedDamages().find(({ kind }) => kind === "bitflip-block");
    const bytes = recordedObjects("damaged-objects.ndjson.gz").get(damage?.key ?? "") ?? Buffer.alloc(0);
    const { findings, rows } = decodeChunk(bytes, parseChunkKey(damage?.key ?? "")?.key ?? null);
    const finding = findings.find(({ kind }) => kind === "block-checksum");
    expect(finding).toMatchObject({ block: 0, entriesLost: damage?.promised });
    expect(rows?.rowCount).toBe(0);
    expect(finding === undefined ? "" : describeFinding(finding)).toMatch(
      /^block-checksum in block 0 at byte \d+, \d+ bytes: [0-9a-f]{8} instead of [0-9a-f]{8}$/,
    );
  });

  it("garbage under a good key is no chunk", () => {
    for (const { kind, key } of recordedDamages()) {
      const bytes = recordedObjects("damaged-objects.ndjson.gz").get(key);
      if (kind !== "garbage-object" || bytes === undefined) continue;
      const { outer, rows, findings } = decodeChunk(bytes, parseChunkKey(key)?.key ?? null);
      expect(findings.some((finding) => finding.kind === "not-a-chunk")).toBe(true);
      expect([outer, rows]).toEqual([null, null]);
    }
  });
});
