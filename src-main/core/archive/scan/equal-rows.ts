import type { RowRun } from "./gather-rows.ts";

interface TiedRow {
  readonly run: RowRun;
  readonly hash: bigint;
  readonly identity: bigint;
  /** The place of its block in the archive. */
  readonly order: number;
}

/** Rows of several blocks that have one time, in the order of a merge; of equal ones that of the first block stays. */
export class EqualRows {
  #timeNs: bigint | null = null;
  #rows: TiedRow[] = [];

  get timeNs(): bigint | null {
    return this.#timeNs;
  }

  add(run: RowRun, timeNs: bigint, hash: bigint, identity: bigint, order: number): void {
    this.#timeNs = timeNs;
    this.#rows.push({ run, hash, identity, order });
  }

  /** Gives out, and forgets, the rows that stay. */
  take(): readonly RowRun[] {
    const rows = this.#rows;
    if (rows.length === 0) return [];
    this.#timeNs = null;
    this.#rows = [];
    if (rows.length === 1) return rows.map(({ run }) => run);
    const first = new Map<string, TiedRow>();
    for (const row of rows) {
      const key = `${row.hash} ${row.identity}`;
      const known = first.get(key);
      if (known === undefined || row.order < known.order) first.set(key, row);
    }
    const kept = new Set(first.values());
    return rows.flatMap((row) => (kept.has(row) ? [row.run] : []));
  }
}
