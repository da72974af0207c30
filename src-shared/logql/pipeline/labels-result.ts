import type { LabelSet } from "../../model/labels.ts";
import {
  type LabelCategory,
  type LabelsBuilder,
  METADATA_LABEL,
  PARSED_LABEL,
  STREAM_LABEL,
} from "./labels-builder.ts";

/** The labels a line left a pipeline with; what is not asked for is not made. */
export interface LabelsResult {
  /** Of all kinds, sorted by name: what the `stream` of an answer is. */
  readonly labels: LabelSet;
  /** The same by kind, for answers with `categorize-labels`. */
  readonly stream: LabelSet;
  readonly metadata: LabelSet;
  readonly parsed: LabelSet;
  /** Equal for equal `labels`, and in the order of them. */
  readonly key: string;
}

/** Kept for a stream. */
const MAX_CACHED = 500;
/** After so many lines it shows whether label sets repeat; with a field such as a trace id they do not. */
const TRIAL = 2_000;
const MIN_HIT_SHARE = 1 / 8;

/** Labels side by side: cheaper by the million than an object for each. */
export interface LabelColumns {
  readonly names: readonly string[];
  readonly values: readonly string[];
  readonly categories: readonly LabelCategory[];
}

class BuiltLabels implements LabelsResult {
  private readonly columns: LabelColumns;
  private order: readonly number[] | null = null;
  private all: LabelSet | null = null;
  private text: string | null = null;

  constructor(columns: LabelColumns) {
    this.columns = columns;
  }

  get labels(): LabelSet {
    return (this.all ??= this.record(null));
  }

  get stream(): LabelSet {
    return this.record(STREAM_LABEL);
  }

  get metadata(): LabelSet {
    return this.record(METADATA_LABEL);
  }

  get parsed(): LabelSet {
    return this.record(PARSED_LABEL);
  }

  get key(): string {
    if (this.text !== null) return this.text;
    const { names, values } = this.columns;
    let text = "";
    for (const at of this.inOrder()) text += `${names[at]}\u0000${values[at]}\u0001`;
    return (this.text = text);
  }

  private inOrder(): readonly number[] {
    if (this.order !== null) return this.order;
    const { names } = this.columns;
    const order = names.map((_, at) => at);
    order.sort((left, right) => ((names[left] ?? "") < (names[right] ?? "") ? -1 : 1));
    return (this.order = order);
  }

  private record(kind: LabelCategory | null): LabelSet {
    const { names, values, categories } = this.columns;
    const record: Record<string, string> = {};
    for (const at of this.inOrder()) {
      if (kind !== null && categories[at] !== kind) continue;
      const [name = "", value = ""] = [names[at], values[at]];
      if (name === "__proto__") Object.defineProperty(record, name, { value, enumerable: true });
      else record[name] = value;
    }
    return record;
  }
}

/** The results of one stream; equal ones are mostly one object, while they repeat. */
export class LabelsResultCache {
  private readonly known = new Map<string, LabelsResult>();
  private lookups = 0;
  private hits = 0;

  /** The result for what a builder holds now. */
  of(builder: LabelsBuilder): LabelsResult {
    if (this.lookups >= TRIAL && this.hits < this.lookups * MIN_HIT_SHARE) return new BuiltLabels(builder.columns());
    const signature = builder.signature();
    const existing = this.known.get(signature);
    this.lookups++;
    if (existing !== undefined) {
      this.hits++;
      return existing;
    }
    const result = new BuiltLabels(builder.columns());
    if (this.known.size >= MAX_CACHED) this.known.clear();
    this.known.set(signature, result);
    return result;
  }
}
