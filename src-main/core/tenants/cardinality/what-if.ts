import type { LabelChange } from "../../../../src-shared/model/tenants/cardinality.ts";
import { DistinctCounter } from "./distinct-counter.ts";
import type { SeriesTable } from "./series-table.ts";

export type { LabelChange };

/** How many streams there would be. `low` and `high` are `after` where the table holds every series. */
export interface StreamPrediction {
  readonly before: number;
  readonly after: number;
  /** What was seen: there are no fewer. */
  readonly low: number;
  /** There are no more, but for one sample in a hundred thousand. */
  readonly high: number;
}

/** exp(-Z²/2) is one in a hundred thousand. */
const Z = 4.8;

/**
 * Streams before and behind changes, where the table holds `table.share` of all series, by their hash, so that streams are in or
 * out as a whole. What merges is estimated by Chao's lower bound (A. Chao 1984: d + f1²/(2·f2) of the kinds seen once and
 * twice), because a stream seen once may merge with one that is not in the sample. `high` is Chernoff's bound: each stream
 * behind the changes is seen with a probability of `share` at least, independently of the others, so d ≥ share·D − Z·√(share·D).
 */
export function predictStreams(table: SeriesTable, changes: readonly LabelChange[]): StreamPrediction {
  const { share, size } = table;
  const counter = countKinds(table, changes);
  const seen = counter.count;
  if (share >= 1) return { before: size, after: seen, low: seen, high: seen };
  const before = Math.round(size / share);
  const high = Math.ceil(Math.min(mostExpected(seen), mostExpected(size)) / share);
  const [once, twice] = [counter.cameTimes(1), counter.cameTimes(2)];
  const unseen = twice > 0 ? once ** 2 / (2 * twice) : (once * (once - 1)) / 2;
  // The bound also holds for all series together, which are no fewer than what is left of them.
  return { before, after: Math.max(seen, Math.min(before, high, Math.round(seen + unseen))), low: seen, high };
}

/** The largest expectation that so many sightings leave believable: the x of seen = x − Z·√x. */
function mostExpected(seen: number): number {
  return seen + Z ** 2 / 2 + Z * Math.sqrt(seen + Z ** 2 / 4);
}

function countKinds(table: SeriesTable, changes: readonly LabelChange[]): DistinctCounter {
  const { cells, starts, valueEnds } = table.columns;
  const pairCount = valueEnds.length;
  const high = new Uint32Array(pairCount);
  const low = new Uint32Array(pairCount);
  for (let pair = 0; pair < pairCount; pair += 1) {
    high[pair] = table.high(pair);
    low[pair] = table.low(pair);
  }
  // What is gone adds nothing; values in one bucket add the same.
  const byName = new Map(changes.map((change) => [change.label, change]));
  for (const [at, { name, firstPair, values }] of table.labels.entries()) {
    const change = byName.get(name);
    if (change === undefined) continue;
    for (let pair = firstPair; pair < firstPair + values; pair += 1) {
      const kept = change.kind === "hash" ? bucketOf(table, pair, at, change.buckets) : null;
      high[pair] = kept === null ? 0 : table.high(kept);
      low[pair] = kept === null ? 0 : table.low(kept);
    }
  }
  const counter = new DistinctCounter(table.size, table.share < 1);
  for (let number = 0; number < table.size; number += 1) {
    const end = starts[number + 1] ?? 0;
    let highSum = 0;
    let lowSum = 0;
    for (let at = starts[number] ?? 0; at < end; at += 1) {
      const pair = cells[at] ?? 0;
      highSum = (highSum + (high[pair] ?? 0)) | 0;
      lowSum = (lowSum + (low[pair] ?? 0)) | 0;
    }
    counter.add(highSum, lowSum);
  }
  return counter;
}

/** A number behind all pairs, one for each bucket of each label. */
function bucketOf(table: SeriesTable, pair: number, label: number, buckets: number): number {
  return table.columns.valueEnds.length + label * 65_536 + (table.low(pair ^ 0x5bd1_e995) % buckets);
}
