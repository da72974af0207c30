import type { StepFinder, StepSpan } from "../../../../src-shared/logql/metric/step-grid.ts";
import type { SampleColumns, StepTallies } from "./scan-protocol.ts";

/** Columns that grow. Samples come stream by stream. */
export class SampleBuffer {
  #times = new BigInt64Array(1_024);
  #values = new Float64Array(1_024);
  #refs = new Uint32Array(1_024);
  #identities: BigUint64Array | null;
  readonly #hashes: bigint[] = [];
  readonly #ends: number[] = [];
  #count = 0;

  constructor(withIdentities: boolean) {
    this.#identities = withIdentities ? new BigUint64Array(1_024) : null;
  }

  get count(): number {
    return this.#count;
  }

  add(hash: bigint, timestampNs: bigint, value: number, labelRef: number, identity: bigint): void {
    const at = this.#count;
    if (at === this.#times.length) this.#grow();
    this.#times[at] = timestampNs;
    this.#values[at] = value;
    this.#refs[at] = labelRef;
    if (this.#identities !== null) this.#identities[at] = identity;
    this.#count = at + 1;
    const last = this.#hashes.length - 1;
    if (last < 0 || this.#hashes[last] !== hash) {
      this.#hashes.push(hash);
      this.#ends.push(at + 1);
    } else this.#ends[last] = at + 1;
  }

  each(visit: (timestampNs: bigint, value: number, labelRef: number) => void): void {
    for (let at = 0; at < this.#count; at += 1) {
      visit(this.#times[at] ?? 0n, this.#values[at] ?? 0, this.#refs[at] ?? 0);
    }
  }

  finish(): SampleColumns | null {
    if (this.#count === 0) return null;
    return {
      hashes: BigUint64Array.from(this.#hashes),
      ends: Uint32Array.from(this.#ends),
      timestampsNs: this.#times.slice(0, this.#count),
      values: this.#values.slice(0, this.#count),
      labelRefs: this.#refs.slice(0, this.#count),
      identities: this.#identities === null ? null : this.#identities.slice(0, this.#count),
    };
  }

  #grow(): void {
    const length = this.#times.length * 2;
    this.#times = copied(new BigInt64Array(length), this.#times);
    this.#values = copied(new Float64Array(length), this.#values);
    this.#refs = copied(new Uint32Array(length), this.#refs);
    if (this.#identities !== null) this.#identities = copied(new BigUint64Array(length), this.#identities);
  }
}

function copied<Column extends { set(source: Column): void }>(target: Column, source: Column): Column {
  target.set(source);
  return target;
}

/** Adds samples up by step; `null` where that would be larger than the samples are. */
export function stepTallies(buffer: SampleBuffer, labelCount: number, find: StepFinder): StepTallies | null {
  const span: StepSpan = { first: 0, last: 0, offset: 0 };
  let base = Number.POSITIVE_INFINITY;
  let behind = 0;
  buffer.each((timestampNs) => {
    find(timestampNs, span);
    if (span.first < base) base = span.first;
    if (span.last + 2 > behind) behind = span.last + 2;
  });
  if (buffer.count === 0) return { base: 0, width: 0, counts: new Float64Array(), sums: new Float64Array() };
  const width = behind - base;
  if (labelCount * width > 4 * buffer.count + 4_096) return null;
  const counts = new Float64Array(labelCount * width);
  const sums = new Float64Array(labelCount * width);
  buffer.each((timestampNs, value, labelRef) => {
    find(timestampNs, span);
    const first = labelRef * width + span.first - base;
    const after = labelRef * width + span.last + 1 - base;
    counts[first] = (counts[first] ?? 0) + 1;
    counts[after] = (counts[after] ?? 0) - 1;
    sums[first] = (sums[first] ?? 0) + value;
    sums[after] = (sums[after] ?? 0) - value;
  });
  return { base, width, counts, sums };
}
