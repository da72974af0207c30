import type { Direction } from "../../../../src-shared/model/log-query.ts";
import type { LabelSet } from "../../../../src-shared/model/labels.ts";
import type { ArchiveBlock } from "../archive-block.ts";
import type { ArchiveContents } from "../archive-contents.ts";
import type { Deduplication } from "./scan-protocol.ts";
import { sharedRanges } from "./shared-ranges.ts";

/** A block that a query has to read. */
export interface PlannedBlock {
  readonly block: ArchiveBlock;
  /** Its place in the archive, which decides between equal times of a stream. */
  readonly order: number;
  readonly dedupe: Deduplication | null;
}

export interface PlanOptions {
  readonly contents: ArchiveContents;
  readonly tenant: string;
  /** The first instant, and the first that no longer belongs; `null` for no bound. */
  readonly startNs: bigint | null;
  readonly endNs: bigint | null;
  /** Whether the query takes a stream. */
  readonly takes: (labels: LabelSet) => boolean;
  readonly direction: Direction;
}

/** The blocks that can hold rows of a query, in its direction. */
export function planBlocks({
  contents,
  tenant,
  startNs,
  endNs,
  takes,
  direction,
}: PlanOptions): readonly PlannedBlock[] {
  const verdicts = new Map<LabelSet, boolean>();
  const isTaken = (labels: LabelSet): boolean => {
    let verdict = verdicts.get(labels);
    if (verdict === undefined) {
      verdict = takes(labels);
      verdicts.set(labels, verdict);
    }
    return verdict;
  };
  const chosen = contents.blocks
    .map((block, order) => ({ block, order }))
    .filter(
      ({ block }) =>
        block.tenant === tenant &&
        (startNs === null || block.maxNs >= startNs) &&
        (endNs === null || block.minNs < endNs) &&
        (block.streams === null || block.streams.some(isTaken)),
    )
    .sort((left, right) => timeOrder(left.block.minNs, right.block.minNs) || left.order - right.order);
  const secret = crypto.getRandomValues(new Uint8Array(16));
  const shared = contents.dropsDuplicates ? sharedRanges(chosen.map(({ block }) => block)) : null;
  const planned = chosen.map((item, index) => ({
    ...item,
    dedupe: shared === null ? null : { shared: shared[index] ?? [], secret },
  }));
  if (direction === "forward") return planned;
  return planned.sort((left, right) => timeOrder(right.block.maxNs, left.block.maxNs) || right.order - left.order);
}

function timeOrder(left: bigint, right: bigint): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/**
 * How many blocks, in a query's direction, hold as many rows as it needs, going by what is told of them. Only for queries
 * without filters.
 */
export function enoughBlocks(
  planned: readonly PlannedBlock[],
  limit: number,
  range: { readonly startNs: bigint; readonly endNs: bigint },
  takes: (labels: LabelSet) => boolean,
  direction: Direction,
): number {
  let rows = 0;
  let reach: bigint | null = null;
  for (const [index, { block, dedupe }] of planned.entries()) {
    const isBehind = reach !== null && (direction === "forward" ? block.minNs > reach : block.maxNs < reach);
    if (rows >= limit && isBehind) return index;
    const isWhole =
      dedupe === null &&
      block.rows !== null &&
      block.minNs >= range.startNs &&
      block.maxNs < range.endNs &&
      block.streams !== null &&
      block.streams.every(takes);
    if (!isWhole) continue;
    rows += block.rows;
    const end = direction === "forward" ? block.maxNs : block.minNs;
    if (reach === null || (direction === "forward" ? end > reach : end < reach)) reach = end;
  }
  return planned.length;
}
