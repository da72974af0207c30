import type { BlockRows } from "../archive-block.ts";
import { metadataKey } from "./row-identity.ts";
import { eachTie } from "./row-order.ts";

/** Up to so many rows of one time are compared with each other; of more, what they are is made a text. */
const FEW = 8;

/**
 * Leaves of equal rows of a block (stream, time, line, metadata) the one that was stored first. `picked` has rows of one
 * time side by side, and keeps its order.
 */
export function withoutDuplicates(rows: BlockRows, picked: Uint32Array): Uint32Array {
  const repeated = new Set<number>();
  const buffer = Buffer.from(rows.bytes.buffer, rows.bytes.byteOffset, rows.bytes.byteLength);
  eachTie(picked, rows.timestampsNs, (from, to) => {
    const tie = picked.slice(from, to).sort();
    if (tie.length <= FEW) compareEach(rows, buffer, tie, repeated);
    else compareByText(rows, buffer, tie, repeated);
  });
  return repeated.size === 0 ? picked : picked.filter((row) => !repeated.has(row));
}

function compareEach(rows: BlockRows, buffer: Buffer, tie: Uint32Array, repeated: Set<number>): void {
  for (const [at, row] of tie.entries()) {
    if (tie.subarray(0, at).some((other) => areEqual(rows, buffer, row, other))) repeated.add(row);
  }
}

function compareByText(rows: BlockRows, buffer: Buffer, tie: Uint32Array, repeated: Set<number>): void {
  const seen = new Set<string>();
  for (const row of tie) {
    const line = buffer.toString("latin1", rows.lineStarts[row], rows.lineEnds[row]);
    const metadata = rows.metadata === null ? "" : metadataKey(rows.metadata(row));
    const text = `${rows.streamRefs[row]} ${line.length} ${line}${metadata}`;
    if (seen.has(text)) repeated.add(row);
    else seen.add(text);
  }
}

function areEqual(rows: BlockRows, buffer: Buffer, left: number, right: number): boolean {
  const { streamRefs, lineStarts, lineEnds, metadata } = rows;
  if (streamRefs[left] !== streamRefs[right]) return false;
  const [from, to] = [lineStarts[left] ?? 0, lineEnds[left] ?? 0];
  const [otherFrom, otherTo] = [lineStarts[right] ?? 0, lineEnds[right] ?? 0];
  if (to - from !== otherTo - otherFrom) return false;
  if (buffer.compare(buffer, otherFrom, otherTo, from, to) !== 0) return false;
  return metadata === null || metadataKey(metadata(left)) === metadataKey(metadata(right));
}
