import type { BlockRows } from "../archive-block.ts";
import type { LineProbe } from "./line-probes.ts";
import { probeRows } from "./probe-rows.ts";
import type { BlockRef } from "./scan-protocol.ts";

export interface ScopeOptions {
  readonly block: BlockRef;
  /** The first instant that belongs to the scope, and the first that no longer does. */
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly takes: (labels: Readonly<Record<string, string>>) => boolean;
  readonly probes: readonly LineProbe[];
}

const TAKEN = 1;
const LEFT = 2;

/** The rows of a block that a query has to look at. */
export interface BlockScope {
  /** Ascending row numbers: in the range, of a stream that is taken, not refused by a probe. */
  readonly picked: Uint32Array;
  /** How many rows were in range and stream, and the bytes of their lines. */
  readonly lines: number;
  readonly bytes: number;
}

export function scopeOf(rows: BlockRows, { block, takes, probes, ...range }: ScopeOptions): BlockScope {
  const { sorted } = block;
  const startNs = range.startNs > block.minNs ? range.startNs : block.minNs;
  const endNs = range.endNs <= block.maxNs ? range.endNs : block.maxNs + 1n;
  const { rowCount, timestampsNs, streamRefs, lineStarts, lineEnds } = rows;
  const nothing: BlockScope = { picked: new Uint32Array(), lines: 0, bytes: 0 };
  const from = sorted ? firstFrom(timestampsNs, startNs) : 0;
  const to = sorted ? firstFrom(timestampsNs, endNs) : rowCount;
  if (to <= from) return nothing;
  const taken = new Uint8Array(rows.streams.length);
  const mask = new Uint8Array(rowCount);
  let lines = 0;
  let bytes = 0;
  for (let row = from; row < to; row += 1) {
    const ref = streamRefs[row] ?? 0;
    // A block may name many more streams than it has: each is asked about when its first row comes.
    const verdict = taken[ref] || (taken[ref] = takes(rows.streams[ref] ?? {}) ? TAKEN : LEFT);
    if (verdict === LEFT) continue;
    if (!sorted) {
      const time = timestampsNs[row] ?? 0n;
      if (time < startNs || time >= endNs) continue;
    }
    mask[row] = 1;
    lines += 1;
    bytes += (lineEnds[row] ?? 0) - (lineStarts[row] ?? 0);
  }
  const picked = new Uint32Array(probeRows(rows, probes, mask, from, to));
  let count = 0;
  for (let row = from; row < to; row += 1) if (mask[row] === 1) picked[count++] = row;
  return { picked, lines, bytes };
}

/** The first row at or behind an instant, of rows ascending in time. */
function firstFrom(timestampsNs: BigInt64Array, atNs: bigint): number {
  let low = 0;
  let high = timestampsNs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((timestampsNs[middle] ?? 0n) < atNs) low = middle + 1;
    else high = middle;
  }
  return low;
}
