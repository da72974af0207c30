import { JsonMembers } from "./json-members.ts";
import type { LabelSet } from "../../../../src-shared/model/labels.ts";

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Takes the escapes out of a JSON string's inside `[start, end)`, in place, and answers where it now ends: what an escape
 * stands for is never longer than the escape. Other bytes stay as they are, valid UTF-8 or not. A lone surrogate becomes
 * U+FFFD, as Go reads it; an escape that JSON does not have stays as written.
 */
export function unescapeInPlace(bytes: Uint8Array, start: number, end: number): number {
  let from = start;
  while (from < end && bytes[from] !== 92) from += 1;
  let to = from;
  while (from < end) {
    const byte = bytes[from] ?? 0;
    if (byte !== 92) {
      bytes[to++] = byte;
      from += 1;
      continue;
    }
    const kind = bytes[from + 1] ?? 0;
    if (kind === 117) {
      const unit = hex4(bytes, from + 2, end);
      if (unit >= 0) {
        const pair =
          isHigh(unit) && bytes[from + 6] === 92 && bytes[from + 7] === 117 ? hex4(bytes, from + 8, end) : -1;
        if (pair >= 0xdc00 && pair <= 0xdfff) {
          to = putCodePoint(bytes, to, 0x10000 + ((unit - 0xd800) << 10) + (pair - 0xdc00));
          from += 12;
        } else {
          to = putCodePoint(bytes, to, unit >= 0xd800 && unit <= 0xdfff ? 0xfffd : unit);
          from += 6;
        }
        continue;
      }
    }
    const plain = SIMPLE.get(kind);
    if (plain === undefined) {
      bytes[to++] = byte;
      from += 1;
    } else {
      bytes[to++] = plain;
      from += 2;
    }
  }
  return to;
}

/** A JSON string's inside as text. */
export function jsonStringText(bytes: Uint8Array, start: number, end: number): string {
  const copy = bytes.slice(start, end);
  return decoder.decode(copy.subarray(0, unescapeInPlace(copy, 0, copy.length)));
}

/** An object of labels; values that are no strings keep their text as it is written. `null` where it is no object. */
export function jsonLabels(bytes: Uint8Array, start: number, end: number): LabelSet | null {
  const members = new JsonMembers();
  const entries: [string, string][] = [];
  members.start(bytes, start, end);
  while (members.next()) {
    const name = jsonStringText(bytes, members.keyStart, members.keyEnd);
    entries.push([name, jsonScalarText(bytes, members.valueStart, members.valueEnd)]);
  }
  return members.whole ? Object.fromEntries(entries) : null;
}

/** A value's text: a string's inside, anything else as it is written. */
export function jsonScalarText(bytes: Uint8Array, start: number, end: number): string {
  return bytes[start] === 34 ? jsonStringText(bytes, start + 1, end - 1) : decoder.decode(bytes.subarray(start, end));
}

const SIMPLE: ReadonlyMap<number, number> = new Map([
  [34, 34],
  [92, 92],
  [47, 47],
  [98, 8],
  [102, 12],
  [110, 10],
  [114, 13],
  [116, 9],
]);

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function hex4(bytes: Uint8Array, at: number, end: number): number {
  if (at + 4 > end) return -1;
  let value = 0;
  for (let i = at; i < at + 4; i++) {
    const byte = bytes[i] ?? 0;
    const lower = byte | 32;
    const nibble = byte >= 48 && byte <= 57 ? byte - 48 : lower >= 97 && lower <= 102 ? lower - 87 : -1;
    if (nibble < 0) return -1;
    value = value * 16 + nibble;
  }
  return value;
}

function putCodePoint(bytes: Uint8Array, at: number, point: number): number {
  if (point < 0x80) {
    bytes[at] = point;
    return at + 1;
  }
  if (point < 0x800) {
    bytes[at] = 0xc0 | (point >> 6);
    bytes[at + 1] = 0x80 | (point & 63);
    return at + 2;
  }
  if (point < 0x10000) {
    bytes[at] = 0xe0 | (point >> 12);
    bytes[at + 1] = 0x80 | ((point >> 6) & 63);
    bytes[at + 2] = 0x80 | (point & 63);
    return at + 3;
  }
  bytes[at] = 0xf0 | (point >> 18);
  bytes[at + 1] = 0x80 | ((point >> 12) & 63);
  bytes[at + 2] = 0x80 | ((point >> 6) & 63);
  bytes[at + 3] = 0x80 | (point & 63);
  return at + 4;
}
