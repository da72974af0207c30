import type { SampleColumns } from "./scan-protocol.ts";

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
