import { AppError } from "../../../src-shared/errors/app-error.ts";
import { MARKER_LEVEL } from "./result-set/packed-rows.ts";
import type { ResultSet } from "./result-set/result-set.ts";
import { parseRowExtra } from "./result-set/row-extra.ts";
import { streamKey } from "./result-set/stream-table.ts";
import type { LooseRow } from "./row-list.ts";

/** The row that a context is asked for, and which of several equal ones it is, counted in the order of time. */
export interface Anchor {
  readonly row: LooseRow;
  readonly ordinal: number;
}

/** Rows of one nanosecond that are looked through for equal ones. */
const MAX_EQUAL_ROWS = 10_000;

/** @throws `logs.row-unknown` for a row that is not there or is a marker. */
export async function anchorOf(set: ResultSet, row: number): Promise<Anchor> {
  const storeRow = set.storeRow(row);
  const anchor = storeRow === -1 ? null : await looseRow(set, storeRow);
  if (anchor === null) throw new AppError("logs.row-unknown", { row });
  // Earlier in time is further up in a set that was read forward, further down in one read backward.
  const step = set.direction === "forward" ? -1 : 1;
  let ordinal = 0;
  for (let count = 1; count <= MAX_EQUAL_ROWS; count += 1) {
    const other = storeRow + step * count;
    if (other < 0 || other >= set.store.rowCount) break;
    if ((await set.store.timestampAt(other)) !== anchor.timestampNs) break;
    const neighbour = await looseRow(set, other);
    if (neighbour !== null && isSameEntry(neighbour, anchor)) ordinal += 1;
  }
  return { row: anchor, ordinal };
}

/**
 * The anchor's place among the rows of its nanosecond as the source has them; -1 when it is not among them. A pipeline may
 * have rewritten line or labels of the set's row, so what agrees less is taken where nothing agrees wholly.
 */
export function placeOf(anchor: Anchor, equals: readonly LooseRow[]): number {
  const agreements: ((row: LooseRow) => boolean)[] = [
    (row) => isSameEntry(row, anchor.row),
    (row) => isSameStream(row, anchor.row) && row.line.equals(anchor.row.line),
    (row) => row.line.equals(anchor.row.line),
    (row) => isSameStream(row, anchor.row),
  ];
  for (const agrees of agreements) {
    const places = equals.flatMap((row, place) => (agrees(row) ? [place] : []));
    if (places.length > 0) return places[Math.min(anchor.ordinal, places.length - 1)] ?? -1;
  }
  return -1;
}

function isSameStream(a: LooseRow, b: LooseRow): boolean {
  return streamKey(a.labels) === streamKey(b.labels);
}

/** Parsed labels are the pipeline's and say nothing of the entry. */
function isSameEntry(a: LooseRow, b: LooseRow): boolean {
  return isSameStream(a, b) && a.line.equals(b.line) && metadataKey(a) === metadataKey(b);
}

function metadataKey(row: LooseRow): string {
  return streamKey(parseRowExtra(row.extra).m ?? {});
}

async function looseRow(set: ResultSet, storeRow: number): Promise<LooseRow | null> {
  const found: LooseRow[] = [];
  await set.store.visit([storeRow], Infinity, (stored) => {
    if (stored.level === MARKER_LEVEL) return;
    found.push({
      timestampNs: stored.timestampNs,
      labels: set.store.streams.labels(stored.stream),
      line: Buffer.from(stored.line),
      extra: Buffer.from(stored.extra),
      level: stored.level,
    });
  });
  return found[0] ?? null;
}
