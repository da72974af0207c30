import { parseRowExtra } from "../result-set/row-extra.ts";
import { MARKER_LEVEL, type PackedRows } from "../result-set/packed-rows.ts";
import { hasBit, type RowBitmap } from "./row-bitmap.ts";
import type { CountedField } from "./scan-protocol.ts";

/** Values of one field that are told apart; further ones only count as rows. */
const MAX_VALUES = 10_000;
/** Values of all fields together, so that a hundred identifiers cannot fill the memory. */
const MAX_ALL_VALUES = 100_000;
const MAX_FIELDS = 500;
/** Longer values are counted by their beginning. */
const MAX_VALUE_CHARACTERS = 512;

interface Counted {
  readonly name: string;
  readonly from: "metadata" | "parsed";
  readonly values: Map<string, number>;
  rows: number;
  exact: boolean;
}

export interface CountedRows {
  readonly firstRow: number;
  readonly fromRow: number;
  readonly toRow: number;
  /** By row of the part; `null` for all. */
  readonly selected: RowBitmap | null;
}

/**
 * Counts what rows hold, row by row, in bounded memory: streams exactly, fields of structured metadata and parsed labels
 * with their values until a bound is met; from then on the values known go on being counted and the field says that it is
 * not exact.
 */
export class FieldCounter {
  readonly #streams = new Map<number, number>();
  readonly #fields = new Map<string, Counted>();
  #values = 0;

  /** Counts rows `[fromRow, toRow)` of a part whose row `firstRow` is the first packed one. */
  add(rows: PackedRows, { firstRow, fromRow, toRow, selected }: CountedRows): void {
    const end = Math.min(rows.rowCount, toRow - firstRow);
    for (let row = Math.max(0, fromRow - firstRow); row < end; row += 1) {
      if (selected !== null && !hasBit(selected, firstRow + row)) continue;
      if (rows.table.level(row) === MARKER_LEVEL) continue;
      const stream = rows.table.stream(row);
      this.#streams.set(stream, (this.#streams.get(stream) ?? 0) + 1);
      const extra = parseRowExtra(rows.extraOf(row));
      if (extra.m !== undefined) this.#addFields("metadata", extra.m);
      if (extra.p !== undefined) this.#addFields("parsed", extra.p);
    }
  }

  streamRows(): [stream: number, rows: number][] {
    return [...this.#streams];
  }

  report(top: number): CountedField[] {
    return [...this.#fields.values()].map((field) => ({
      name: field.name,
      from: field.from,
      rows: field.rows,
      distinct: field.values.size,
      exact: field.exact,
      top: [...field.values]
        .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
        .slice(0, top)
        .map(([value, rows]) => ({ value, rows })),
    }));
  }

  #addFields(from: "metadata" | "parsed", labels: Readonly<Record<string, string>>): void {
    for (const name of Object.keys(labels)) {
      const field = this.#field(from, name);
      if (field !== null) this.#addValue(field, labels[name] ?? "");
    }
  }

  #addValue(field: Counted, whole: string): void {
    field.rows += 1;
    const value = whole.length > MAX_VALUE_CHARACTERS ? whole.slice(0, MAX_VALUE_CHARACTERS) : whole;
    if (value !== whole) field.exact = false;
    const known = field.values.get(value);
    if (known === undefined && (field.values.size >= MAX_VALUES || this.#values >= MAX_ALL_VALUES)) {
      field.exact = false;
      return;
    }
    if (known === undefined) this.#values += 1;
    field.values.set(value, (known ?? 0) + 1);
  }

  #field(from: "metadata" | "parsed", name: string): Counted | null {
    const key = `${from}/${name}`;
    const known = this.#fields.get(key);
    if (known !== undefined) return known;
    if (this.#fields.size >= MAX_FIELDS) return null;
    const field = { name, from, values: new Map<string, number>(), rows: 0, exact: true };
    this.#fields.set(key, field);
    return field;
  }
}
