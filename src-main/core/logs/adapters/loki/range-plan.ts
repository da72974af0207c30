import type { Direction, IndexStats } from "../../../../../src-shared/model/log-query.ts";
import { NS_PER_SECOND, type TimeRange } from "../../../../../src-shared/model/nano-time.ts";

/** Lengths of the parts that a range is cut into, at whole multiples since the epoch: days, hours and so on in UTC. */
const UNITS_NS: readonly bigint[] = [86_400n, 21_600n, 3_600n, 900n, 300n, 60n, 10n].map((s) => s * NS_PER_SECOND);
/** More parts than this are more requests than they are worth. */
const MAX_PARTS = 800n;
/** What the index promises for one part: about ten pages, as the index counts replicas more than once. */
const ENTRIES_PER_PART = 100_000;
/** The same where filters leave most lines out. */
const FILTERED_ENTRIES_PER_PART = 2_000_000;

export interface RangePlanInput {
  readonly range: TimeRange;
  readonly direction: Direction;
  /** What the index promises for the range; `null` when it did not say. */
  readonly promised: IndexStats | null;
  readonly filtered: boolean;
  /** The longest range that the server takes at once, in nanoseconds; `null` for no bound. */
  readonly longestNs: bigint | null;
}

/**
 * The parts of a range that is read to its end, in query order. Days where nothing is known; shorter ones where the index
 * says that a day is much; the range as one where it is little.
 */
export function planParts(input: RangePlanInput): readonly TimeRange[] {
  const { range, promised } = input;
  const lengthNs = range.endNs - range.startNs;
  if (lengthNs <= 0n) return [];
  const perPart = input.filtered ? FILTERED_ENTRIES_PER_PART : ENTRIES_PER_PART;
  const wanted = promised === null ? lengthNs / (UNITS_NS[0] ?? 1n) : BigInt(Math.ceil(promised.entries / perPart));
  const tooLong = input.longestNs !== null && lengthNs > input.longestNs;
  if (wanted <= 1n && !tooLong) return [range];
  const parts = wanted > MAX_PARTS ? MAX_PARTS : wanted < 1n ? 1n : wanted;
  const targetNs = lengthNs / parts;
  const allowed = UNITS_NS.filter((unit) => input.longestNs === null || unit < input.longestNs);
  const affordable = allowed.filter((unit) => lengthNs / unit <= MAX_PARTS);
  // Many parts are dear; parts that the server refuses are worth nothing.
  const unitNs = affordable.find((unit) => unit <= targetNs) ?? affordable.at(-1) ?? allowed[0] ?? NS_PER_SECOND;
  return cutAt(range, unitNs, input.direction);
}

/** A range cut at whole multiples of a length, in query order. */
export function cutAt(range: TimeRange, unitNs: bigint, direction: Direction): readonly TimeRange[] {
  const parts: TimeRange[] = [];
  let startNs = range.startNs;
  while (startNs < range.endNs) {
    const next = (startNs / unitNs + 1n) * unitNs;
    const endNs = next < range.endNs ? next : range.endNs;
    parts.push({ startNs, endNs });
    startNs = endNs;
  }
  return direction === "forward" ? parts : parts.toReversed();
}
