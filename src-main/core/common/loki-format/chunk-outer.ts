import type { ChunkFinding } from "./chunk-finding.ts";
import { readMetadata, type ChunkMetadata, METADATA_MAX_BYTES } from "./chunk-metadata.ts";
import { readU32 } from "./byte-cursor.ts";
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

/** Reads the outer object (Loki `pkg/storage/chunk/chunk.go`). `part` is `null` where the bytes are no chunk at all. */
export function readOuter(source: ObjectBytes): Read<ChunkOuter> {
  const { sizeBytes } = source;
  if (sizeBytes === 0) return { part: null, findings: [finding("empty", 0)] };
  const begin = source.read(0, 14);
  const stream = begin.subarray(4);
  if (!SNAPPY_STREAM.subarray(0, stream.length).equals(stream) || (stream.length === 0 && sizeBytes >= 4)) {
    return { part: null, findings: [finding("not-a-chunk", 0, { length: sizeBytes })] };
  }
  if (begin.length < 14) return { part: null, findings: [finding("truncated", sizeBytes)] };
  const metaLength = readU32(begin, 0);
  if (metaLength < 14 || metaLength > METADATA_MAX_BYTES) {
    return { part: null, findings: [finding("not-a-chunk", 0, { length: sizeBytes, detail: "metadata length" })] };
  }
  if (metaLength + 4 > sizeBytes) {
    const expected = `at least ${metaLength + 4} bytes`;
    return { part: null, findings: [finding("truncated", sizeBytes, { expected, actual: `${sizeBytes} bytes` })] };
  }
  const lengthAt = dataLengthAt(source, metaLength);
  const findings: ChunkFinding[] = [];
  const reading = readMetadata(source.read(4, lengthAt));
  if (!reading.ok) {
    findings.push(
      finding("metadata-unreadable", 4 + reading.atByte, { length: lengthAt - 4, detail: reading.problem }),
    );
  } else if (!LOKI_ENCODINGS.includes(reading.metadata.encoding)) {
    findings.push(finding("encoding-unknown", 4, { expected: "129", actual: String(reading.metadata.encoding) }));
  }
  const dataStart = lengthAt + 4;
  const promised = readU32(source.read(lengthAt, dataStart), 0);
  const present = Math.max(0, sizeBytes - dataStart);
  if (promised > present) {
    const values = { expected: `${dataStart + promised} bytes`, actual: `${sizeBytes} bytes` };
    findings.push(finding("truncated", sizeBytes, values));
  } else if (promised < present) {
    findings.push(finding("trailing-bytes", dataStart + promised, { length: present - promised }));
  }
  return {
    part: {
      metadata: reading.ok ? reading.metadata : null,
      dataStart,
      dataBytes: Math.min(promised, present),
      promisedDataBytes: promised,
    },
    findings,
  };
}
