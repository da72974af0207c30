import type { PodRow } from "./pod-rows.ts";

interface Numbered {
  readonly row: PodRow;
  /** Position in its stream, so that of equal times the last written comes first. */
  readonly sequence: number;
}

/** A row costs about this much besides its line. */
const ROW_OVERHEAD_BYTES = 120;

/**
 * The newest rows of many streams: at most `limit` of them and at most `maxBytes` of lines, whatever passes through. For
 * reading backward what the kubelet only gives forward.
 */
export class NewestRows {
  readonly #limit: number;
  readonly #maxBytes: number;
  #rows: Numbered[] = [];
  #bytes = 0;
  #sequence = 0;
  #dropped = 0;

  /** `limit` may be infinite. */
  constructor(limit: number, maxBytes: number) {
    this.#limit = limit;
    this.#maxBytes = maxBytes;
  }

  /** Rows that did not fit. */
  get dropped(): number {
    return this.#dropped;
  }

  add(rows: readonly PodRow[]): void {
    for (const row of rows) {
      this.#rows.push({ row, sequence: (this.#sequence += 1) });
      this.#bytes += row.bytes.length + ROW_OVERHEAD_BYTES;
    }
    if (this.#rows.length > 2 * this.#limit + 1_000 || this.#bytes > 2 * this.#maxBytes) this.#trim();
  }

  /** Newest first. Empties this. */
  take(): PodRow[] {
    this.#trim();
    const rows = this.#rows.map(({ row }) => row);
    this.#rows = [];
    return rows;
  }

  #trim(): void {
    this.#rows.sort((a, b) =>
      a.row.timestampNs === b.row.timestampNs
        ? b.sequence - a.sequence
        : a.row.timestampNs < b.row.timestampNs
          ? 1
          : -1,
    );
    let kept = 0;
    let bytes = 0;
    for (const { row } of this.#rows) {
      const more = row.bytes.length + ROW_OVERHEAD_BYTES;
      if (kept >= this.#limit || (kept > 0 && bytes + more > this.#maxBytes)) break;
      kept += 1;
      bytes += more;
    }
    this.#dropped += this.#rows.length - kept;
    this.#rows.length = kept;
    this.#bytes = bytes;
  }
}
