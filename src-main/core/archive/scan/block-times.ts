import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { BlockProblem, BlockRows } from "../archive-block.ts";
import type { BlockRef } from "./scan-protocol.ts";
import { timeHalves } from "./time-halves.ts";

export interface CheckedBlock {
  readonly rows: BlockRows;
  readonly block: BlockRef;
}

/**
 * Holds a block's rows against what was told of it: rows outside of its times are left out and are a problem of it, as a
 * file may say of itself what it likes; rows that are not ascending are sorted.
 */
export function checkedBlock(rows: BlockRows, block: BlockRef): CheckedBlock {
  const { outside, ascending } = look(rows.timestampsNs, block.minNs, block.maxNs);
  const sorted = block.sorted && ascending;
  if (outside === 0) return { rows, block: sorted === block.sorted ? block : { ...block, sorted } };
  const part = block.place.kind === "chunk" ? block.place.key : block.place.file;
  const error = new AppError("archive.damaged", { part, problem: "rows outside of the times that are told of them" });
  const problem: BlockProblem = {
    part,
    error: error.toWire(),
    count: outside,
    startNs: block.minNs,
    endNs: block.maxNs,
  };
  const { rowCount, timestampsNs, streams, streamRefs, bytes, lineStarts, lineEnds, metadata, parsed } = rows;
  const withProblem: BlockRows = {
    rowCount,
    timestampsNs,
    streams,
    streamRefs,
    bytes,
    lineStarts,
    lineEnds,
    metadata,
    parsed,
    // What a decoder finds may grow while its rows are read.
    get problems() {
      return [...rows.problems, problem];
    },
  };
  return { rows: withProblem, block: { ...block, sorted } };
}

function look(
  timestampsNs: BigInt64Array,
  minNs: bigint,
  maxNs: bigint,
): { readonly outside: number; readonly ascending: boolean } {
  const halves = timeHalves(timestampsNs);
  const [minHigh, minLow] = [Number(minNs >> 32n), Number(minNs & 0xffffffffn)];
  const [maxHigh, maxLow] = [Number(maxNs >> 32n), Number(maxNs & 0xffffffffn)];
  let outside = 0;
  let ascending = true;
  let beforeHigh = -2_147_483_648;
  let beforeLow = 0;
  for (let at = 0; at < halves.length; at += 2) {
    const high = halves[at + 1] ?? 0;
    const low = (halves[at] ?? 0) >>> 0;
    if (high < beforeHigh || (high === beforeHigh && low < beforeLow)) ascending = false;
    if (high < minHigh || (high === minHigh && low < minLow) || high > maxHigh || (high === maxHigh && low > maxLow)) {
      outside += 1;
    }
    beforeHigh = high;
    beforeLow = low;
  }
  return { outside, ascending };
}
