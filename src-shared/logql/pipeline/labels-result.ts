import type { LabelSet } from "../../model/labels.ts";
import { type LabelsBuilder, METADATA_LABEL, PARSED_LABEL, STREAM_LABEL } from "./labels-builder.ts";

/** The labels a line left a pipeline with. Equal label sets of one cache are one object. */
export interface LabelsResult {
  /** Of all kinds, sorted by name: what the `stream` of an answer is. */
  readonly labels: LabelSet;
  /** The same by kind, for answers with `categorize-labels`. */
  readonly stream: LabelSet;
  readonly metadata: LabelSet;
  readonly parsed: LabelSet;
  /** Equal for equal label sets of equal kinds. */
  readonly key: string;
}

/** Results are kept up to this many; fields such as trace ids have a value of their own on every line. */
const MAX_CACHED = 10_000;

function sortedRecord(pairs: readonly (readonly [string, string])[]): LabelSet {
  return Object.fromEntries(pairs.toSorted(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0)));
}

export class LabelsResultCache {
  private readonly known = new Map<string, LabelsResult>();

  /** The result for what a builder holds now. */
  of(builder: LabelsBuilder): LabelsResult {
    const found: [string, string, number][] = [];
    builder.forEach((name, value, category) => found.push([name, value, category]));
    found.sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0));
    let key = "";
    for (const [name, value, category] of found) key += `${category}${name}\u0000${value}\u0001`;
    const existing = this.known.get(key);
    if (existing !== undefined) return existing;
    const kind = (wanted: number): LabelSet =>
      sortedRecord(found.flatMap(([name, value, category]) => (category === wanted ? [[name, value] as const] : [])));
    const result: LabelsResult = {
      labels: Object.fromEntries(found.map(([name, value]) => [name, value])),
      stream: kind(STREAM_LABEL),
      metadata: kind(METADATA_LABEL),
      parsed: kind(PARSED_LABEL),
      key,
    };
    if (this.known.size < MAX_CACHED) this.known.set(key, result);
    return result;
  }
}
