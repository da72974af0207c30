import type { Direction } from "../../../../src-shared/model/log-query.ts";
import type { StreamOrder } from "./scan-protocol.ts";
import { timeHalves } from "./time-halves.ts";

export interface RowOrder {
  readonly direction: Direction;
  readonly streamOrder: StreamOrder;
}

interface OrderedColumns {
  readonly timestampsNs: BigInt64Array;
  readonly streamRefs: Uint32Array;
}

/** Sorts row numbers, given ascending, by time in the direction, then by the rank of their streams, then as they are stored. */
export function orderRows(
  picked: Uint32Array,
  { timestampsNs, streamRefs }: OrderedColumns,
  ranks: Uint32Array,
  { direction, streamOrder }: RowOrder,
): void {
  if (!isAscending(picked, timestampsNs)) sortByTime(picked, timestampsNs);
  const rowSign = direction === "backward" ? -1 : 1;
  const rankSign = streamOrder === "ascending" ? 1 : rowSign;
  if (direction === "backward") picked.reverse();
  const tieOrder = (left: number, right: number): number =>
    rankSign * ((ranks[streamRefs[left] ?? 0] ?? 0) - (ranks[streamRefs[right] ?? 0] ?? 0)) || rowSign * (left - right);
  eachTie(picked, timestampsNs, (from, to) => picked.subarray(from, to).sort(tieOrder));
}

/** Sorts row numbers, given ascending, by their stream's rank, then by time, then as they are stored. */
export function orderByStream(
  picked: Uint32Array,
  { timestampsNs, streamRefs }: OrderedColumns,
  ranks: Uint32Array,
): Uint32Array {
  const starts = new Uint32Array(ranks.length + 1);
  const rankOf = (row: number): number => ranks[streamRefs[row] ?? 0] ?? 0;
  for (const row of picked) starts[rankOf(row) + 1] = (starts[rankOf(row) + 1] ?? 0) + 1;
  for (let at = 1; at < starts.length; at += 1) starts[at] = (starts[at] ?? 0) + (starts[at - 1] ?? 0);
  const ordered = new Uint32Array(picked.length);
  const next = starts.slice();
  for (const row of picked) {
    const rank = rankOf(row);
    const at = next[rank] ?? 0;
    ordered[at] = row;
    next[rank] = at + 1;
  }
  for (let rank = 0; rank < ranks.length; rank += 1) {
    const part = ordered.subarray(starts[rank], starts[rank + 1]);
    if (!isAscending(part, timestampsNs)) sortByTime(part, timestampsNs);
  }
  return ordered;
}

/** Calls back for every run of two and more rows of one time. */
export function eachTie(
  picked: Uint32Array,
  timestampsNs: BigInt64Array,
  visit: (from: number, to: number) => void,
): void {
  const halves = timeHalves(timestampsNs);
  let from = 0;
  for (let at = 1; at <= picked.length; at += 1) {
    if (at < picked.length) {
      const [one, other] = [2 * (picked[at] ?? 0), 2 * (picked[from] ?? 0)];
      if (halves[one] === halves[other] && halves[one + 1] === halves[other + 1]) continue;
    }
    if (at - from > 1) visit(from, at);
    from = at;
  }
}

function isAscending(picked: Uint32Array, timestampsNs: BigInt64Array): boolean {
  const halves = timeHalves(timestampsNs);
  for (let at = 1; at < picked.length; at += 1) {
    const row = 2 * (picked[at] ?? 0);
    const before = 2 * (picked[at - 1] ?? 0);
    const [high = 0, highBefore = 0] = [halves[row + 1], halves[before + 1]];
    if (high < highBefore) return false;
    if (high === highBefore && (halves[row] ?? 0) >>> 0 < (halves[before] ?? 0) >>> 0) return false;
  }
  return true;
}

function sortByTime(picked: Uint32Array, timestampsNs: BigInt64Array): void {
  picked.sort((left, right) => {
    const [a = 0n, b = 0n] = [timestampsNs[left], timestampsNs[right]];
    return a < b ? -1 : a > b ? 1 : left - right;
  });
}
