import type { LabelSet } from "../../../../src-shared/model/labels.ts";

/** The streams of one result set, each once. A stream's number is its place in the order of first appearance. */
export class StreamTable {
  readonly #streams: LabelSet[] = [];
  readonly #numbers = new Map<string, number>();

  get size(): number {
    return this.#streams.length;
  }

  get all(): readonly LabelSet[] {
    return this.#streams;
  }

  labels(number: number): LabelSet {
    return this.#streams[number] ?? {};
  }

  /** The set's numbers of a batch's streams. */
  numbersOf(streams: readonly LabelSet[]): Uint32Array {
    return Uint32Array.from(streams, (labels) => this.#numberOf(labels));
  }

  #numberOf(labels: LabelSet): number {
    const key = streamKey(labels);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#streams.length;
    this.#streams.push(labels);
    this.#numbers.set(key, number);
    return number;
  }
}

/** A text that is the same for equal sets of labels and only for them. */
export function streamKey(labels: LabelSet): string {
  return JSON.stringify(
    Object.keys(labels)
      .sort()
      .map((name) => [name, labels[name]]),
  );
}
