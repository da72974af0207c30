import type { LabelSet } from "../../../../src-shared/model/labels.ts";
import type { TextBlockIndex } from "../archive-contents.ts";
import type { TextPlace } from "./text-place.ts";
import { readTextBlock } from "./read-text-block.ts";

const MAX_STREAMS = 1_000;

/** What a block of a text file holds, without its rows. Runs in a worker thread; throws `archive.changed`. */
export function indexTextBlock(place: TextPlace): TextBlockIndex {
  const { rows, found } = readTextBlock(place);
  const used = usedStreams(rows.streamRefs, rows.streams.length);
  const streams: { tenant: string | null; labels: LabelSet }[] = [];
  const tenants = new Set<string | null>();
  for (let ref = 0; ref < rows.streams.length; ref++) {
    if (used[ref] !== 1) continue;
    const tenant = found.table.tenants[ref] ?? null;
    tenants.add(tenant);
    if (streams.length <= MAX_STREAMS) streams.push({ tenant, labels: rows.streams[ref] ?? {} });
  }
  return {
    rows: rows.rowCount,
    lineBytes: totalBytes(rows.lineStarts, rows.lineEnds),
    ...timeBounds(rows.timestampsNs),
    streams: streams.length > MAX_STREAMS ? null : streams,
    tenants: [...tenants],
    firstNs: found.firstNs,
    firstDate: found.firstDate,
    carryAfter: found.carryAfter(),
    carryUsed: [...found.carryUsed],
    tooLongLines: found.tooLongLines,
    unreadableLines: found.unreadableLines,
    unreadableExample: found.unreadableExample,
    unrepresentableTimes: found.unrepresentableTimes,
  };
}

function usedStreams(refs: Uint32Array, count: number): Uint8Array {
  const used = new Uint8Array(count);
  for (let row = 0; row < refs.length; row++) used[refs[row] ?? 0] = 1;
  return used;
}

function totalBytes(starts: Uint32Array, ends: Uint32Array): number {
  let total = 0;
  for (let row = 0; row < starts.length; row++) total += (ends[row] ?? 0) - (starts[row] ?? 0);
  return total;
}

function timeBounds(times: BigInt64Array): {
  readonly minNs: bigint | null;
  readonly maxNs: bigint | null;
  readonly sorted: boolean;
} {
  if (times.length === 0) return { minNs: null, maxNs: null, sorted: true };
  let min = 0;
  let max = 0;
  let sorted = true;
  for (let row = 1; row < times.length; row++) {
    const time = times[row] ?? 0n;
    if (time < (times[row - 1] ?? 0n)) sorted = false;
    if (time < (times[min] ?? 0n)) min = row;
    if (time > (times[max] ?? 0n)) max = row;
  }
  return { minNs: times[min] ?? null, maxNs: times[max] ?? null, sorted };
}
