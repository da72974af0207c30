import type { ByteCursor } from "../../common/loki-format/byte-cursor.ts";
import { unzigzag, zigzag, type ByteWriter } from "./byte-writer.ts";

/** Kinds 1 to 8: so many bytes of the XOR with the value before. */
const DELTA = 0;
const GONE = 9;
const KINDS = 16;

const scratch = new DataView(new ArrayBuffer(16));

/**
 * One changed series: its key's distance from the key before and how it changed, in one number; then the change. Whole
 * numbers as their difference, others as the lower bytes of the XOR of their IEEE 754 bits, of which neighbours share the
 * upper ones.
 */
export function writeChange(to: ByteWriter, gap: number, before: number, now: number): void {
  const head = zigzag(gap) * KINDS;
  const delta = now - before;
  if (
    Number.isSafeInteger(before) &&
    Number.isSafeInteger(now) &&
    !Object.is(now, -0) &&
    Number.isSafeInteger(delta * 2)
  ) {
    to.uvarint(head + DELTA);
    to.uvarint(zigzag(delta));
    return;
  }
  scratch.setFloat64(0, before);
  scratch.setFloat64(8, now);
  scratch.setUint32(0, scratch.getUint32(0) ^ scratch.getUint32(8));
  scratch.setUint32(4, scratch.getUint32(4) ^ scratch.getUint32(12));
  let first = 0;
  while (first < 7 && scratch.getUint8(first) === 0) first += 1;
  to.uvarint(head + 8 - first);
  for (let at = first; at < 8; at++) to.u8(scratch.getUint8(at));
}

/** A series that the target no longer exports. */
export function writeGone(to: ByteWriter, gap: number): void {
  to.uvarint(zigzag(gap) * KINDS + GONE);
}

/** Applies the next change to an instance's values; gives the key it was about. A change that is none fails the cursor. */
export function readChange(from: ByteCursor, keyBefore: number, values: Map<number, number>): number {
  const head = from.uvarint();
  const kind = head % KINDS;
  const key = keyBefore + unzigzag((head - kind) / KINDS);
  if (kind === GONE) {
    values.delete(key);
  } else if (kind === DELTA) {
    values.set(key, (values.get(key) ?? 0) + unzigzag(from.uvarint()));
  } else if (kind <= 8) {
    scratch.setFloat64(8, 0);
    for (let at = 8 - kind; at < 8; at++) scratch.setUint8(8 + at, from.u8());
    scratch.setFloat64(0, values.get(key) ?? 0);
    scratch.setUint32(0, scratch.getUint32(0) ^ scratch.getUint32(8));
    scratch.setUint32(4, scratch.getUint32(4) ^ scratch.getUint32(12));
    values.set(key, scratch.getFloat64(0));
  } else {
    from.fail();
  }
  return key;
}
