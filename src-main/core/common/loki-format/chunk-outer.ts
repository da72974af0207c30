import type { ChunkFinding } from "./chunk-finding.ts";
import { readMetadata, type ChunkMetadata, METADATA_MAX_BYTES } from "./chunk-metadata.ts";
import { readU32 } from "./byte-cursor.ts";
import { endsSoundly, INNER_MAGIC } from "./chunk-layout.ts";
import type { ObjectBytes } from "./object-bytes.ts";

/** The outer object: lengths and metadata. Offsets count from the object's first byte. */
export interface ChunkOuter {
  readonly metadata: ChunkMetadata | null;
  /** Where the inner chunk begins and how many bytes of it there are. */
  readonly dataStart: number;
  readonly dataBytes: number;
  /** What the length field says, which is more for a truncated object. */
  readonly promisedDataBytes: number;
}

export interface Read<Part> {
  readonly part: Part | null;
  readonly findings: readonly ChunkFinding[];
}

const SNAPPY_STREAM = Buffer.from([0xff, 0x06, 0x00, 0x00, 0x73, 0x4e, 0x61, 0x50, 0x70, 0x59]);
const LOKI_ENCODINGS = [128, 129];

/**
 * Where the data's length field is. `metaLen` counts itself, but objects of old Cortex left it out: then the field that
 * makes data and object end together is the right one, else the usual place.
 */
function dataLengthAt(source: ObjectBytes, metaLength: number): number {
  const usual = metaLength;
  const old = metaLength + 4;
  const fits = (at: number) => {
    const word = source.read(at, at + 4);
    return word.length === 4 && readU32(word, 0) === source.sizeBytes - at - 4;
  };
  return !fits(usual) && fits(old) ? old : usual;
}

function finding(kind: ChunkFinding["kind"], offset: number, more: Partial<ChunkFinding> = {}): ChunkFinding {
  return { kind, offset, length: 0, ...more };
}

/** Metadata of Loki's own takes some hundred bytes; a head whose length is damaged is looked for no further. */
const HEAD_LOOKED_THROUGH = 65_536;

/**
 * Where the data's length field is in an object whose head is damaged: the place whose length leads to the object's end, with
 * the inner chunk's magic number behind it. `null` where there is none: then it is no chunk, or not all of one.
 */
function soundDataLengthAt(source: ObjectBytes): number | null {
  const head = source.read(0, HEAD_LOOKED_THROUGH);
  for (let at = 4; at + 8 <= head.length; at += 1) {
    const leadsToEnd = readU32(head, at) === source.sizeBytes - at - 4;
    if (leadsToEnd && readU32(head, at + 4) === INNER_MAGIC) return at;
  }
  return null;
}

type Head = { readonly lengthAt: number; readonly damaged: string | null } | ChunkFinding;

/** Where the metadata ends. A head with a bit that is wrong is told from what is no chunk by what is behind it. */
function readHead(source: ObjectBytes): Head {
  const { sizeBytes } = source;
  const begin = source.read(0, 14);
  const stream = begin.subarray(4);
  const metaLength = readU32(begin, 0);
  const isLength = metaLength >= 14 && metaLength <= METADATA_MAX_BYTES;
  // Of four bytes that are left, only their value tells.
  const isStream = SNAPPY_STREAM.subarray(0, stream.length).equals(stream) && (sizeBytes !== 4 || isLength);
  if (isStream && begin.length < 14) return finding("truncated", sizeBytes);
  if (isStream && isLength && metaLength + 4 <= sizeBytes) {
    const lengthAt = dataLengthAt(source, metaLength);
    const hasMagic = readU32(source.read(lengthAt + 4, lengthAt + 8), 0) === INNER_MAGIC;
    if (hasMagic) return { lengthAt, damaged: null };
    const sound = soundDataLengthAt(source);
    return sound === null ? { lengthAt, damaged: null } : { lengthAt: sound, damaged: "metadata length" };
  }
  const lengthAt = soundDataLengthAt(source);
  if (lengthAt !== null) return { lengthAt, damaged: isStream ? "metadata length" : "stream identifier" };
  if (isStream && isLength) {
    const expected = `at least ${metaLength + 4} bytes`;
    return finding("truncated", sizeBytes, { expected, actual: `${sizeBytes} bytes` });
  }
  return finding("not-a-chunk", 0, { length: sizeBytes, ...(isStream ? { detail: "metadata length" } : {}) });
}

/** Reads the outer object (Loki `pkg/storage/chunk/chunk.go`). `part` is `null` where the bytes are no chunk at all. */
export function readOuter(source: ObjectBytes): Read<ChunkOuter> {
  const { sizeBytes } = source;
  if (sizeBytes === 0) return { part: null, findings: [finding("empty", 0)] };
  const head = readHead(source);
  if ("kind" in head) return { part: null, findings: [head] };
  const { lengthAt } = head;
  const findings: ChunkFinding[] = [];
  const reading = readMetadata(source.read(4, lengthAt));
  if (head.damaged !== null) {
    findings.push(finding("metadata-unreadable", 0, { length: lengthAt, detail: head.damaged }));
  } else if (!reading.ok) {
    findings.push(
      finding("metadata-unreadable", 4 + reading.atByte, { length: lengthAt - 4, detail: reading.problem }),
    );
  } else if (!LOKI_ENCODINGS.includes(reading.metadata.encoding)) {
    findings.push(finding("encoding-unknown", 4, { expected: "129", actual: String(reading.metadata.encoding) }));
  }
  const dataStart = lengthAt + 4;
  const promised = readU32(source.read(lengthAt, dataStart), 0);
  const present = Math.max(0, sizeBytes - dataStart);
  const isWrongLength = promised !== present && endsSoundly(source, dataStart, present);
  if (isWrongLength) {
    findings.push(finding("data-length", lengthAt, { length: 4, expected: String(present), actual: String(promised) }));
  } else if (promised > present) {
    const values = { expected: `${dataStart + promised} bytes`, actual: `${sizeBytes} bytes` };
    findings.push(finding("truncated", sizeBytes, values));
  } else if (promised < present) {
    findings.push(finding("trailing-bytes", dataStart + promised, { length: present - promised }));
  }
  return {
    part: {
      metadata: reading.ok ? reading.metadata : null,
      dataStart,
      dataBytes: isWrongLength ? present : Math.min(promised, present),
      promisedDataBytes: promised,
    },
    findings,
  };
}
