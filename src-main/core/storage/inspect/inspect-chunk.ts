import { formatNanoUtc, NS_PER_MS } from "../../../../src-shared/model/nano-time.ts";
import type { LabelSet } from "../../../../src-shared/model/labels.ts";
import type { ChunkFinding } from "../../common/loki-format/chunk-finding.ts";
import type { ChunkKey } from "../../common/loki-format/chunk-key.ts";
import type { ChunkRows } from "../../common/loki-format/chunk-rows.ts";
import { decodeChunk } from "../../common/loki-format/decode-chunk.ts";
import { hexLines } from "./hex-lines.ts";

const MAX_LINES = 10;
const MAX_LINE_CHARACTERS = 1_000;
const MAX_BLOCKS = 1_000;
const MAX_FINDINGS = 100;
/** Of what is bad, with a little of what is before it. */
const HEX_BYTES = 256;
const HEX_BEFORE_BYTES = 32;

export interface InspectedBlock {
  readonly number: number;
  readonly offset: number;
  readonly bytes: number;
  readonly entries: number;
  readonly from: string;
  readonly through: string;
  readonly sound: boolean;
}

/** What a chunk object says of itself. Times are RFC 3339 in UTC with nanoseconds; plain data for JSON. */
export interface ChunkInspection {
  readonly kind: "chunk";
  readonly key: string;
  readonly sizeBytes: number;
  /** Of the metadata; `null` where it cannot be read. */
  readonly tenant: string | null;
  readonly fingerprint: string | null;
  readonly labels: LabelSet | null;
  readonly from: string | null;
  readonly through: string | null;
  readonly version: number | null;
  readonly codec: string | null;
  readonly blockCount: number;
  readonly blocks: readonly InspectedBlock[];
  /** That could be read and proven. */
  readonly entries: number;
  readonly firstLines: readonly { readonly time: string; readonly line: string }[];
  readonly findings: readonly {
    readonly what: string;
    readonly offset: number;
    readonly block: number | null;
    readonly expected: string | null;
    readonly actual: string | null;
    readonly entriesLost: number | null;
    readonly detail: string | null;
  }[];
  /** Of the object around the first finding that has a place in it. */
  readonly hex: readonly string[];
}

/** Reads a chunk object as far as it can be read. Never throws: what is wrong is among the findings. */
export function inspectChunk(bytes: Uint8Array, key: string, chunk: ChunkKey): ChunkInspection {
  const { outer, layout, rows, findings } = decodeChunk(bytes, chunk);
  const metadata = outer?.metadata ?? null;
  const unsound = new Set(findings.map(({ block }) => block));
  const dataStart = outer?.dataStart ?? 0;
  // The checksum of the whole is broken by whatever else is: it shows no place.
  const bad = findings.find(({ kind }) => kind !== "key-checksum" && kind !== "metas-unreadable");
  return {
    kind: "chunk",
    key,
    sizeBytes: bytes.length,
    tenant: metadata?.tenant ?? null,
    fingerprint: metadata?.fingerprint.toString(16) ?? null,
    labels: metadata === null ? null : { ...metadata.labels },
    from: metadata === null ? null : formatNanoUtc(BigInt(metadata.fromMs) * NS_PER_MS),
    through: metadata === null ? null : formatNanoUtc(BigInt(metadata.throughMs) * NS_PER_MS),
    version: layout?.version ?? null,
    codec: layout?.codec ?? null,
    blockCount: layout?.blocks.length ?? 0,
    blocks: (layout?.blocks ?? []).slice(0, MAX_BLOCKS).map((block) => ({
      number: block.number,
      offset: dataStart + block.offset,
      bytes: block.lengthBytes,
      entries: block.entries,
      from: formatNanoUtc(block.minNs),
      through: formatNanoUtc(block.maxNs),
      sound: !unsound.has(block.number),
    })),
    entries: rows?.rowCount ?? 0,
    firstLines: rows === null ? [] : firstLines(rows),
    findings: findings.slice(0, MAX_FINDINGS).map(plain),
    hex: bad === undefined ? [] : hexAround(bytes, bad.offset),
  };
}

function hexAround(bytes: Uint8Array, offset: number): readonly string[] {
  const start = Math.floor(Math.max(0, Math.min(offset, bytes.length) - HEX_BEFORE_BYTES) / 16) * 16;
  return hexLines(bytes, start, start + HEX_BYTES);
}

function firstLines(rows: ChunkRows): ChunkInspection["firstLines"] {
  const decoder = new TextDecoder();
  return Array.from({ length: Math.min(MAX_LINES, rows.rowCount) }, (_, row) => {
    const start = rows.lineStarts[row] ?? 0;
    // A character has four bytes at most.
    const end = Math.min(rows.lineEnds[row] ?? 0, start + MAX_LINE_CHARACTERS * 4);
    const line = decoder.decode(rows.bytes.subarray(start, end)).slice(0, MAX_LINE_CHARACTERS);
    return { time: formatNanoUtc(rows.timestampsNs[row] ?? 0n), line };
  });
}

function plain(finding: ChunkFinding): ChunkInspection["findings"][number] {
  return {
    what: finding.kind,
    offset: finding.offset,
    block: finding.block ?? null,
    expected: finding.expected ?? null,
    actual: finding.actual ?? null,
    entriesLost: finding.entriesLost ?? null,
    detail: finding.detail ?? null,
  };
}
