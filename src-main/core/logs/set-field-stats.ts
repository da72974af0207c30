import { randomUUID } from "node:crypto";
import type { FieldStat } from "../../../src-shared/api/logs.api.ts";
import type { Clock } from "../common/clock.ts";
import type { ResultSet } from "./result-set/result-set.ts";
import { lendPart } from "./scan/part-place.ts";
import type { ScanPool } from "./scan/scan-pool.ts";
import type { CountedField } from "./scan/scan-protocol.ts";

export interface FieldStats {
  readonly fields: FieldStat[];
  readonly scannedRows: number;
  readonly whole: boolean;
}

/** A call counts for no longer than this and says how far it came; the next call goes on from there. */
const BUDGET_MS = 1_500;

/**
 * What fields the rows of one set have and with which values. The counts grow in one worker thread, part by part, so that
 * values are told apart once and not merged; if that thread is lost, counting begins anew.
 */
export class FieldStatsCounter implements AsyncDisposable {
  readonly #set: ResultSet;
  readonly #pool: ScanPool;
  readonly #clock: Clock;
  readonly #session = randomUUID();
  #part = 0;
  /** Rows of that part that were counted. */
  #rowsOfPart = 0;
  #begun = false;
  #running: Promise<unknown> = Promise.resolve();

  constructor(set: ResultSet, pool: ScanPool, clock: Clock) {
    this.#set = set;
    this.#pool = pool;
    this.#clock = clock;
  }

  /** Counts on for a while and answers what is known. Calls wait for each other. */
  count(top: number): Promise<FieldStats> {
    const run = this.#running.then(() => this.#count(top));
    this.#running = run.catch(() => null);
    return run;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#begun) return;
    await this.#running;
    const request = { kind: "fields-forget", session: this.#session } as const;
    await this.#pool.run(() => ({ request, transfer: [], release: () => {} }), { pinned: true });
  }

  async #count(top: number): Promise<FieldStats> {
    const untilMs = this.#clock.nowMs() + BUDGET_MS;
    let more = true;
    while (more && this.#clock.nowMs() < untilMs) more = await this.#countPart();
    const request = { kind: "fields-report", session: this.#session, top } as const;
    const answer = this.#begun
      ? await this.#pool.run(() => ({ request, transfer: [], release: () => {} }), { pinned: true })
      : null;
    if (answer?.kind !== "fields-report") return { fields: [], scannedRows: 0, whole: !more };
    if (!answer.known) {
      this.#restart();
      return await this.#count(top);
    }
    const labels = this.#labelStats(new Map(answer.streamRows), top);
    const fields = [...labels, ...answer.fields.map(fieldStat)].sort((a, b) => b.rows - a.rows);
    return { fields, scannedRows: this.#countedRows(), whole: !more && this.#set.caughtUp };
  }

  /** Counts what is new in the next part; false when there is nothing new. */
  async #countPart(): Promise<boolean> {
    const { store, view } = this.#set;
    if (this.#part >= store.partCount) return false;
    const part = this.#part;
    const bits = view?.partBits(part) ?? null;
    const rows = view === null ? store.part(part).rowCount : (bits?.rows ?? 0);
    if (rows <= this.#rowsOfPart) {
      if (part + 1 >= store.partCount || store.part(part).rowCount > rows) return false;
      this.#part += 1;
      this.#rowsOfPart = 0;
      return true;
    }
    const fromRow = this.#rowsOfPart;
    const begin = !this.#begun;
    this.#begun = true;
    const answer = await this.#pool.run(
      () => {
        const lent = lendPart(store, part, fromRow);
        return {
          request: {
            kind: "fields",
            session: this.#session,
            begin,
            place: lent.place,
            firstRow: lent.firstRow,
            fromRow,
            toRow: rows,
            selected: bits?.words ?? null,
          },
          transfer: lent.transfer,
          release: () => lent.release(),
        };
      },
      { pinned: true },
    );
    if (answer.kind === "fields" && !answer.known) this.#restart();
    else this.#rowsOfPart = rows;
    return true;
  }

  #restart(): void {
    this.#part = 0;
    this.#rowsOfPart = 0;
    this.#begun = false;
  }

  #countedRows(): number {
    const { store } = this.#set;
    if (this.#part >= store.partCount) return this.#set.rowCount;
    return this.#set.rowOf(store.part(this.#part).firstRow + this.#rowsOfPart);
  }

  /** Labels are known exactly from how often each stream was seen. */
  #labelStats(streamRows: ReadonlyMap<number, number>, top: number): FieldStat[] {
    const names = new Map<string, Map<string, number>>();
    for (const [stream, rows] of streamRows) {
      for (const [name, value] of Object.entries(this.#set.store.streams.labels(stream))) {
        const values = names.get(name) ?? new Map<string, number>();
        names.set(name, values);
        values.set(value, (values.get(value) ?? 0) + rows);
      }
    }
    return [...names].map(([name, values]) => ({
      name,
      from: "label" as const,
      rows: [...values.values()].reduce((sum, rows) => sum + rows, 0),
      distinct: values.size,
      exact: true,
      top: [...values]
        .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
        .slice(0, top)
        .map(([value, rows]) => ({ value, rows })),
    }));
  }
}

function fieldStat(field: CountedField): FieldStat {
  return { ...field, top: [...field.top] };
}
