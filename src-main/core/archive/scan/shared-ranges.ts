import type { ArchiveBlock } from "../archive-block.ts";

type Range = readonly [fromNs: bigint, toNs: bigint];

/** Whether instants lie in ranges that are ascending and apart; both ends belong to them. */
export class SharedRanges {
  readonly #ranges: readonly Range[];

  constructor(ranges: readonly Range[]) {
    this.#ranges = ranges;
  }

  has(timestampNs: bigint): boolean {
    let low = 0;
    let high = this.#ranges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const range = this.#ranges[middle];
      if (range === undefined || range[0] > timestampNs) high = middle;
      else if (range[1] < timestampNs) low = middle + 1;
      else return true;
    }
    return false;
  }
}

/** For each block, ascending by `minNs`, the parts of its time in which other blocks have rows too. */
export function sharedRanges(blocks: readonly Pick<ArchiveBlock, "minNs" | "maxNs">[]): readonly (readonly Range[])[] {
  const shared: Range[][] = blocks.map(() => []);
  // Every instant that two blocks have is either in the overlap of a block with the one that reached furthest before it…
  let reach = -1;
  for (const [index, block] of blocks.entries()) {
    const furthest = blocks[reach];
    if (furthest !== undefined && furthest.maxNs >= block.minNs) {
      shared[index]?.push([block.minNs, furthest.maxNs < block.maxNs ? furthest.maxNs : block.maxNs]);
    }
    if (furthest === undefined || block.maxNs > furthest.maxNs) reach = index;
  }
  // …or in the overlap with one that begins later.
  const later: Range[] = [];
  for (let index = blocks.length - 1; index >= 0; index -= 1) {
    const block = blocks[index];
    if (block === undefined) continue;
    const own = shared[index] ?? [];
    for (let at = later.length - 1; at >= 0; at -= 1) {
      const [from, to] = later[at] ?? [0n, 0n];
      if (from > block.maxNs) break;
      own.push([from, to < block.maxNs ? to : block.maxNs]);
    }
    shared[index] = mergedRanges(own);
    insertRange(later, [block.minNs, block.maxNs]);
  }
  return shared;
}

/** Keeps ranges merged; the earliest is the last one. The new one begins no later than any. */
function insertRange(ranges: Range[], [from, to]: Range): void {
  let end = to;
  for (let last = ranges.at(-1); last !== undefined && last[0] <= end; last = ranges.at(-1)) {
    if (last[1] > end) end = last[1];
    ranges.pop();
  }
  ranges.push([from, end]);
}

function mergedRanges(ranges: readonly Range[]): Range[] {
  const merged: Range[] = [];
  for (const range of ranges.toSorted((left, right) => (left[0] < right[0] ? -1 : left[0] > right[0] ? 1 : 0))) {
    const last = merged.at(-1);
    if (last !== undefined && range[0] <= last[1]) {
      if (range[1] > last[1]) merged[merged.length - 1] = [last[0], range[1]];
    } else merged.push(range);
  }
  return merged;
}
