import type { CardinalityDay } from "./cardinality-desk.ts";

/** Whose days. */
export interface HistoryOf {
  readonly site: string;
  readonly tenant: string;
}

/**
 * Streams and values of tenants by day. A day has the figures of its last sample of all streams; samples with a selector are no
 * part of it. Several processes may write at a time.
 */
export interface CardinalityHistory extends AsyncDisposable {
  /** Sets a day, or sets it anew. At most `MOST_LABELS_OF_DAY` labels are kept, those with the most values. */
  record(of: HistoryOf, day: CardinalityDay): Promise<void>;
  /** Oldest first; at most so many, the newest ones. */
  days(of: HistoryOf, most: number): Promise<readonly CardinalityDay[]>;
  /** Forgets days before one. */
  purge(beforeDay: string): Promise<number>;
}

export const MOST_LABELS_OF_DAY = 100;

/** Labels of a day as they are kept. */
export function keptLabels(labels: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  const all = Object.entries(labels).toSorted(([a, one], [b, other]) => other - one || (a < b ? -1 : 1));
  return Object.fromEntries(all.slice(0, MOST_LABELS_OF_DAY));
}
