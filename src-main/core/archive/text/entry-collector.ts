import type { TextCarry } from "../archive-block.ts";
import type { BlockWindow } from "./block-window.ts";
import type { TextPlace } from "./text-place.ts";
import { RowColumns } from "./row-columns.ts";
import { StreamTable } from "./stream-table.ts";

const EXAMPLE_BYTES = 200;

/** Takes what a reader of a format finds in a block: entries, and what could not be understood. */
export class EntryCollector {
  readonly columns: RowColumns;
  readonly table: StreamTable;
  /** Entries whose text is not in one piece in the window, with their texts. */
  readonly composed: { readonly row: number; readonly pieces: Uint8Array[] }[] = [];
  firstNs: bigint | null = null;
  unreadableLines = 0;
  unreadableExample: string | null = null;
  unrepresentableTimes = 0;
  tooLongLines = 0;
  readonly carryUsed = new Set<"lastNs" | "openParts">();
  openParts: readonly string[] = [];
  date: TextCarry["date"];
  firstDate: TextCarry["date"] = null;
  /** All entries, also those of tenants that were not asked for. */
  entries = 0;
  readonly #tenants: readonly (string | null)[] | null;
  #hasLast: boolean;
  #lastSeconds: number;
  #lastNanos: number;

  constructor(place: TextPlace) {
    const { labels, addedLabels, tenants } = place.reading;
    this.columns = new RowColumns(Math.max(16, Math.ceil((place.end - place.start) / 96)));
    this.table = new StreamTable(labels, addedLabels);
    this.#tenants = tenants;
    const { lastNs, date } = place.carry;
    this.date = date;
    this.#hasLast = lastNs !== null;
    const seconds = lastNs === null ? 0n : floorSeconds(lastNs);
    this.#lastSeconds = Number(seconds);
    this.#lastNanos = Number((lastNs ?? 0n) - seconds * 1_000_000_000n);
  }

  /** Time of the last entry whose time could be read, of those before the block too. */
  get lastNs(): bigint | null {
    return this.#hasLast ? BigInt(this.#lastSeconds) * 1_000_000_000n + BigInt(this.#lastNanos) : null;
  }

  /** An entry with its time; its row, or -1 where its tenant was not asked for. */
  timed(seconds: number, nanos: number, start: number, end: number, stream: number): number {
    this.#lastSeconds = seconds;
    this.#lastNanos = nanos;
    this.#hasLast = true;
    if (this.firstNs === null) this.firstNs = this.lastNs;
    return this.#add(start, end, stream);
  }

  /** An entry at the time of the one before. */
  untimed(start: number, end: number, stream: number): number {
    if (this.firstNs === null) this.carryUsed.add("lastNs");
    return this.#add(start, end, stream);
  }

  /** A line that is not of the file's format: kept as it is, in the stream of lines that name none. */
  unreadable(window: BlockWindow, start: number, end: number): void {
    this.countUnreadable(window, start, end);
    this.untimed(start, end, 0);
  }

  countUnreadable(window: BlockWindow, start: number, end: number): void {
    this.unreadableLines += 1;
    this.unreadableExample ??= window.bytes.toString("utf8", start, Math.min(end, start + EXAMPLE_BYTES));
  }

  carryAfter(): TextCarry {
    return { date: this.date, lastNs: this.lastNs, openParts: this.openParts };
  }

  #add(start: number, end: number, stream: number): number {
    this.entries += 1;
    if (this.#tenants !== null && !this.#tenants.includes(this.table.tenants[stream] ?? null)) return -1;
    return this.columns.add(this.#lastSeconds, this.#lastNanos, start, end, stream);
  }
}

/** Whole seconds since the epoch, rounded down. */
export function floorSeconds(ns: bigint): bigint {
  return ns >= 0n ? ns / 1_000_000_000n : (ns - 999_999_999n) / 1_000_000_000n;
}
