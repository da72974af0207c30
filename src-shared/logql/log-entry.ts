import type { LabelSet } from "../model/labels.ts";

/** A log entry as the evaluator takes it. `labels` are the stream's; entries of one stream should share the object. */
export interface LogEntry {
  readonly timestampNs: bigint;
  readonly labels: LabelSet;
  /** Structured metadata. */
  readonly metadata?: LabelSet | undefined;
  readonly line: string;
}

/** A stream with its entries in ascending order of time, and within one time in the order they were stored. */
export interface LogStream {
  readonly labels: LabelSet;
  readonly entries: Iterable<StreamEntry>;
}

export interface StreamEntry {
  readonly timestampNs: bigint;
  readonly metadata?: LabelSet | undefined;
  readonly line: string;
}

function entryOrder(left: StreamEntry, right: StreamEntry): number {
  return left.timestampNs < right.timestampNs ? -1 : left.timestampNs > right.timestampNs ? 1 : 0;
}

function labelsKey(labels: LabelSet): string {
  return JSON.stringify(Object.entries(labels).toSorted(([left], [right]) => (left < right ? -1 : 1)));
}

/** Sorts entries of any order into streams. */
export function groupByStream(entries: Iterable<LogEntry>): readonly LogStream[] {
  const byObject = new Map<LabelSet, StreamEntry[]>();
  const byKey = new Map<string, { readonly labels: LabelSet; readonly entries: StreamEntry[] }>();
  for (const entry of entries) {
    let list = byObject.get(entry.labels);
    if (list === undefined) {
      const key = labelsKey(entry.labels);
      const stream = byKey.get(key) ?? { labels: entry.labels, entries: [] };
      byKey.set(key, stream);
      list = stream.entries;
      byObject.set(entry.labels, list);
    }
    list.push(entry);
  }
  const streams = [...byKey.values()];
  for (const stream of streams) stream.entries.sort(entryOrder);
  return streams;
}
