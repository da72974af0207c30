import type { LabelSet } from "../../../../src-shared/model/labels.ts";
import type { RowExtra } from "../../../../src-shared/model/log-batch.ts";
import type { RowSpan } from "./row-group-buffer.ts";
import type { SetColumn } from "./string-columns.ts";

export interface GroupExtras {
  readonly metadata: SetColumn;
  readonly parsed: SetColumn;
}

/** Structured metadata and parsed labels of the rows of a row group; set 0, the empty one, where a row has none. */
export function groupExtras(spans: readonly RowSpan[], rows: number): GroupExtras {
  const reader = new ExtrasReader(rows);
  for (const span of spans) reader.add(span);
  return reader.extras;
}

/** Texts after which it is known whether they come again. */
const SAMPLED_TEXTS = 1_000;

class ExtrasReader {
  readonly #metadata: LabelSet[] = [{}];
  readonly #parsed: LabelSet[] = [{}];
  readonly #metadataRefs: Uint32Array;
  readonly #parsedRefs: Uint32Array;
  readonly #known = new Map<string, RowPlaces>();
  #row = 0;
  #texts = 0;

  constructor(rows: number) {
    this.#metadataRefs = new Uint32Array(rows);
    this.#parsedRefs = new Uint32Array(rows);
  }

  get extras(): GroupExtras {
    return {
      metadata: { sets: this.#metadata, refs: this.#metadataRefs },
      parsed: { sets: this.#parsed, refs: this.#parsedRefs },
    };
  }

  add(span: RowSpan): void {
    const { batch, from, to } = span;
    if (batch.extraOffsets[from] !== batch.extraOffsets[to]) {
      const repeated = this.#texts < SAMPLED_TEXTS || this.#known.size * 2 < this.#texts;
      if (repeated) this.#addKnown(span);
      else this.#addAll(span);
    }
    this.#row += to - from;
  }

  /** One by one, equal texts once. */
  #addKnown({ batch, from, to }: RowSpan): void {
    const bytes = bufferOf(batch.extraBytes);
    for (let row = from; row < to; row += 1) {
      const start = batch.extraOffsets[row] ?? 0;
      const end = batch.extraOffsets[row + 1] ?? 0;
      if (start === end) continue;
      const text = bytes.toString("utf8", start, end);
      let places = this.#known.get(text);
      if (places === undefined) {
        // The contract of `LogBatch`: written by this program's own sources.
        places = this.#keep(JSON.parse(text) as RowExtra);
        this.#known.set(text, places);
      }
      this.#texts += 1;
      this.#put(row - from, places);
    }
  }

  /** Texts that are never the same (trace ids): all of a span as one JSON array, which takes half the time. */
  #addAll({ batch, from, to }: RowSpan): void {
    const source = batch.extraBytes;
    const first = batch.extraOffsets[from] ?? 0;
    const last = batch.extraOffsets[to] ?? 0;
    const array = Buffer.allocUnsafe(last - first + (to - from) + 1);
    const rows: number[] = [];
    let at = 0;
    for (let row = from; row < to; row += 1) {
      const start = batch.extraOffsets[row] ?? 0;
      const end = batch.extraOffsets[row + 1] ?? 0;
      if (start === end) continue;
      array[at] = rows.length === 0 ? 0x5b : 0x2c;
      array.set(source.subarray(start, end), at + 1);
      at += 1 + end - start;
      rows.push(row - from);
    }
    array[at] = 0x5d;
    // As above: objects of our own, one behind the other.
    const extras = JSON.parse(array.toString("utf8", 0, at + 1)) as RowExtra[];
    for (const [index, extra] of extras.entries()) this.#put(rows[index] ?? 0, this.#keep(extra));
  }

  #keep({ m, p }: RowExtra): RowPlaces {
    return {
      m: m === undefined || isEmpty(m) ? 0 : this.#metadata.push(m) - 1,
      p: p === undefined || isEmpty(p) ? 0 : this.#parsed.push(p) - 1,
    };
  }

  #put(row: number, { m, p }: RowPlaces): void {
    this.#metadataRefs[this.#row + row] = m;
    this.#parsedRefs[this.#row + row] = p;
  }
}

interface RowPlaces {
  readonly m: number;
  readonly p: number;
}

function isEmpty(set: LabelSet): boolean {
  for (const name in set) if (Object.hasOwn(set, name)) return false;
  return true;
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
