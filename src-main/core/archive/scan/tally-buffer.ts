import type { StepSpan } from "../../../../src-shared/logql/metric/step-grid.ts";
import { SampleBuffer } from "./sample-buffer.ts";
import type { SampleColumns, StepTallies } from "./scan-protocol.ts";

/** Samples that are added up by step, or given as they are where the steps would be more than they. */
export class TallyBuffer {
  readonly #rows: Uint32Array;
  readonly #firsts: Int32Array;
  readonly #lasts: Int32Array;
  readonly #values: Float64Array;
  readonly #refs: Uint32Array;
  #count = 0;
  #base = Number.POSITIVE_INFINITY;
  #behind = 0;

  constructor(maxCount: number) {
    this.#rows = new Uint32Array(maxCount);
    this.#firsts = new Int32Array(maxCount);
    this.#lasts = new Int32Array(maxCount);
    this.#values = new Float64Array(maxCount);
    this.#refs = new Uint32Array(maxCount);
  }

  add(row: number, { first, last }: StepSpan, value: number, labelRef: number): void {
    const at = this.#count;
    this.#rows[at] = row;
    this.#firsts[at] = first;
    this.#lasts[at] = last;
    this.#values[at] = value;
    this.#refs[at] = labelRef;
    this.#count = at + 1;
    if (first < this.#base) this.#base = first;
    if (last + 2 > this.#behind) this.#behind = last + 2;
  }

  /** `null` where the samples themselves are less. */
  tallies(labelCount: number): StepTallies | null {
    const count = this.#count;
    if (count === 0) return { base: 0, width: 0, counts: new Float64Array(), sums: new Float64Array() };
    const base = this.#base;
    const width = this.#behind - base;
    if (labelCount * width > 4 * count + 4_096) return null;
    const counts = new Float64Array(labelCount * width);
    const sums = new Float64Array(labelCount * width);
    for (let at = 0; at < count; at += 1) {
      const from = (this.#refs[at] ?? 0) * width - base;
      const first = from + (this.#firsts[at] ?? 0);
      const after = from + (this.#lasts[at] ?? 0) + 1;
      const value = this.#values[at] ?? 0;
      counts[first] = (counts[first] ?? 0) + 1;
      counts[after] = (counts[after] ?? 0) - 1;
      sums[first] = (sums[first] ?? 0) + value;
      sums[after] = (sums[after] ?? 0) - value;
    }
    return { base, width, counts, sums };
  }

  samples(timestampsNs: BigInt64Array, hashOf: (row: number) => bigint): SampleColumns | null {
    const buffer = new SampleBuffer(false);
    for (let at = 0; at < this.#count; at += 1) {
      const row = this.#rows[at] ?? 0;
      buffer.add(hashOf(row), timestampsNs[row] ?? 0n, this.#values[at] ?? 0, this.#refs[at] ?? 0, 0n);
    }
    return buffer.finish();
  }
}
