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

/** Kept for a stream; fields such as trace ids have a value of their own on every line. */
const MAX_CACHED = 500;

interface Found {
  readonly name: string;
  readonly value: string;
  readonly category: LabelCategory;
}

function byName(left: Found, right: Found): number {
  return left.name < right.name ? -1 : left.name > right.name ? 1 : 0;
}

function recordOf(found: readonly Found[]): LabelSet {
  const record: Record<string, string> = {};
  for (const { name, value } of found) {
    if (name === "__proto__") Object.defineProperty(record, name, { value, enumerable: true });
    else record[name] = value;
  }
  return record;
}

class BuiltLabels implements LabelsResult {
  private readonly found: Found[];
  private sorted = false;
  private all: LabelSet | null = null;
  private text: string | null = null;

  constructor(found: Found[]) {
    this.found = found;
  }

  get labels(): LabelSet {
    return (this.all ??= recordOf(this.inOrder()));
  }

  get stream(): LabelSet {
    return this.ofKind(STREAM_LABEL);
  }

  get metadata(): LabelSet {
    return this.ofKind(METADATA_LABEL);
  }

  get parsed(): LabelSet {
    return this.ofKind(PARSED_LABEL);
  }

  get key(): string {
    if (this.text !== null) return this.text;
    let text = "";
    for (const { name, value } of this.inOrder()) text += `${name}\u0000${value}\u0001`;
    return (this.text = text);
  }

  private inOrder(): readonly Found[] {
    if (!this.sorted) this.found.sort(byName);
    this.sorted = true;
    return this.found;
  }

  private ofKind(kind: LabelCategory): LabelSet {
    return recordOf(this.inOrder().filter(({ category }) => category === kind));
  }
}

/** The results of one stream; equal ones are mostly one object. */
export class LabelsResultCache {
  private readonly known = new Map<string, LabelsResult>();

  /** The result for what a builder holds now. */
  of(builder: LabelsBuilder): LabelsResult {
    const signature = builder.signature();
    const existing = this.known.get(signature);
    if (existing !== undefined) return existing;
    const found: Found[] = [];
    builder.forEach((name, value, category) => found.push({ name, value, category }));
    const result = new BuiltLabels(found);
    if (this.known.size >= MAX_CACHED) this.known.clear();
    this.known.set(signature, result);
    return result;
  }
}
