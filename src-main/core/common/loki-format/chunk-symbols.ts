import { crc32c } from "@node-rs/crc32";
import { ByteCursor, readU32 } from "./byte-cursor.ts";
import { checksumText, type ChunkFinding } from "./chunk-finding.ts";
import { decompress, type ChunkCodec } from "./decompress.ts";

/** Names and values of structured metadata, by reference number; decoded to text when first asked for. */
export interface SymbolTable {
  readonly count: number;
  value(reference: number): string;
  /** As a label name: what Loki would have made of it on reading. */
  name(reference: number): string;
}

export const NO_SYMBOLS: SymbolTable = { count: 0, value: () => "", name: () => "" };

const SYMBOLS_MAX_BYTES = 64 * 1_048_576;

/**
 * A name of structured metadata as a query can name it: other characters become `_`, a leading digit gets `key_` before it,
 * as Loki's label namer for OTLP does. Names that are labels already stay as they are.
 */
export function asLabelName(name: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return name;
  const clean = name.replace(/[^A-Za-z0-9_]/gu, "_");
  return /^[0-9]/.test(clean) ? `key_${clean}` : clean;
}

function table(plain: Uint8Array, count: number): SymbolTable | null {
  if (count > plain.length) return null;
  const cursor = new ByteCursor(plain);
  const starts = new Uint32Array(count);
  const ends = new Uint32Array(count);
  for (let reference = 0; reference < count; reference++) {
    const length = cursor.uvarint();
    starts[reference] = cursor.at;
    cursor.take(length);
    ends[reference] = cursor.at;
  }
  if (cursor.failed || cursor.left !== 0) return null;
  const values: (string | undefined)[] = [];
  const names: (string | undefined)[] = [];
  const decoder = new TextDecoder();
  const value = (reference: number) =>
    (values[reference] ??= decoder.decode(plain.subarray(starts[reference], ends[reference])));
  return { count, value, name: (reference) => (names[reference] ??= asLabelName(value(reference))) };
}

/**
 * Reads the section of structured metadata of a v4 chunk: `section` holds it with the checksum behind it, and lies at byte
 * `at` of the object. The table is `null` where it cannot be read or its checksum is wrong.
 */
export function readSymbols(
  section: Uint8Array,
  codec: ChunkCodec,
  at: number,
): { readonly table: SymbolTable | null; readonly finding: ChunkFinding | null } {
  const length = section.length - 4;
  const unreadable = (detail: string) => ({
    table: null,
    finding: { kind: "symbols-unreadable", offset: at, length: Math.max(0, length), detail } as const,
  });
  if (length < 1) return unreadable("the section is too short");
  const body = section.subarray(0, length);
  const stored = readU32(section, length);
  const actual = crc32c(body);
  if (stored !== actual) {
    const values = { expected: checksumText(stored), actual: checksumText(actual) };
    return { table: null, finding: { kind: "symbols-checksum", offset: at, length, ...values } };
  }
  const cursor = new ByteCursor(body);
  const count = cursor.uvarint();
  if (cursor.failed) return unreadable("the count is no number");
  if (count === 0) return { table: NO_SYMBOLS, finding: null };
  const plain = decompress(codec, body.subarray(cursor.at), SYMBOLS_MAX_BYTES);
  if (!plain.ok) return unreadable(plain.problem);
  const read = table(plain.bytes, count);
  return read === null ? unreadable(`${count} symbols do not fit`) : { table: read, finding: null };
}
