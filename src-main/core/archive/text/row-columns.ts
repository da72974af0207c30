const [FIRST_BYTE] = new Uint8Array(new Uint32Array([1]).buffer);
/** Which half of a 64-bit number comes first on this machine. */
const LOW = FIRST_BYTE === 1 ? 0 : 1;
const TWO_32 = 2 ** 32;

/** Rows as columns that grow. */
export class RowColumns {
  count = 0;
  starts: Uint32Array;
  ends: Uint32Array;
  streamRefs: Uint32Array;
  times: BigInt64Array;
  #halves: Int32Array;
  /** The parts of the last row's whole seconds. */
  #seconds = Number.NaN;
  #upper = 0;
  #lower = 0;
  /** The place of a row's structured metadata, `[2 × row]` to `[2 × row + 1]`; empty where it has none. */
  metadata: Uint32Array | null = null;
  /** The same for labels that a pipeline had added. */
  parsed: Uint32Array | null = null;

  constructor(capacity: number) {
    this.starts = new Uint32Array(capacity);
    this.ends = new Uint32Array(capacity);
    this.streamRefs = new Uint32Array(capacity);
    this.times = new BigInt64Array(capacity);
    this.#halves = new Int32Array(this.times.buffer);
  }

  /**
   * Adds a row. The time is seconds and nanoseconds since the epoch; their product is put together from numbers, because
   * big integers would cost an allocation a row.
   */
  add(seconds: number, nanos: number, start: number, end: number, stream: number): number {
    const row = this.count;
    if (row === this.starts.length) this.#grow();
    this.count = row + 1;
    this.starts[row] = start;
    this.ends[row] = end;
    if (stream !== 0) this.streamRefs[row] = stream;
    if (seconds !== this.#seconds) {
      const high = Math.floor(seconds / 65_536);
      const highNs = high * 1e9;
      this.#upper = Math.floor(highNs / 65_536);
      this.#lower = (highNs - this.#upper * 65_536) * 65_536 + (seconds - high * 65_536) * 1e9;
      this.#seconds = seconds;
    }
    const lower = this.#lower + nanos;
    const carry = Math.floor(lower / TWO_32);
    this.#halves[2 * row + LOW] = (lower - carry * TWO_32) | 0;
    this.#halves[2 * row + 1 - LOW] = (this.#upper + carry) | 0;
    return row;
  }

  setMetadata(row: number, start: number, end: number): void {
    this.metadata ??= new Uint32Array(2 * this.starts.length);
    this.metadata[2 * row] = start;
    this.metadata[2 * row + 1] = end;
  }

  setParsed(row: number, start: number, end: number): void {
    this.parsed ??= new Uint32Array(2 * this.starts.length);
    this.parsed[2 * row] = start;
    this.parsed[2 * row + 1] = end;
  }

  #grow(): void {
    const capacity = 2 * this.starts.length;
    this.starts = grown(this.starts, capacity);
    this.ends = grown(this.ends, capacity);
    this.streamRefs = grown(this.streamRefs, capacity);
    if (this.metadata !== null) this.metadata = grown(this.metadata, 2 * capacity);
    if (this.parsed !== null) this.parsed = grown(this.parsed, 2 * capacity);
    const times = new BigInt64Array(capacity);
    times.set(this.times);
    this.times = times;
    this.#halves = new Int32Array(times.buffer);
  }
}

function grown(column: Uint32Array, capacity: number): Uint32Array {
  const next = new Uint32Array(capacity);
  next.set(column);
  return next;
}
