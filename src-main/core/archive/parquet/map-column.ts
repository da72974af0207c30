import type { LabelSet } from "../../../../src-shared/model/labels.ts";
import { NO_VALUE, type ByteColumn } from "./byte-column.ts";
import { ParquetDamage } from "./parquet-damage.ts";

/** A column of maps from text to text. */
export interface MapColumn {
  /** `undefined` for a row without entries. Rows with equal entries of a dictionary may share one object. */
  at(row: number): LabelSet | undefined;
}

/** Text of a value; decoded once where values are few. */
export function textReader({ bytes, starts, ends, refs }: ByteColumn): (value: number) => string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decode = (value: number) => buffer.toString("utf8", starts[value], ends[value]);
  if (starts.length * 2 > refs.length) return decode;
  const known: (string | undefined)[] = Array.from({ length: starts.length });
  return (value) => (known[value] ??= decode(value));
}

/**
 * Puts keys and values of a MAP column together. A null value is an empty text: a label cannot be absent and there.
 * @throws `ParquetDamage` where keys and values do not pair
 */
export function mapColumn(rows: number, keys: ByteColumn, values: ByteColumn): MapColumn {
  const { repetition } = keys;
  if (repetition === null || keys.refs.length !== values.refs.length) {
    throw new ParquetDamage("keys and values do not pair");
  }
  const begins = new Uint32Array(rows + 1);
  let row = -1;
  for (const [place, level] of repetition.entries()) {
    if (level !== 0) continue;
    row += 1;
    if (row < rows) begins[row] = place;
  }
  if (row + 1 !== rows) throw new ParquetDamage(`maps of ${row + 1} rows instead of ${rows}`);
  begins[rows] = repetition.length;
  const keyText = textReader(keys);
  const valueText = textReader(values);
  return {
    at: (wanted) => {
      const begin = begins[wanted] ?? 0;
      const end = begins[wanted + 1] ?? begin;
      const entries: [string, string][] = [];
      for (let place = begin; place < end; place += 1) {
        const key = keys.refs[place] ?? NO_VALUE;
        const value = values.refs[place] ?? NO_VALUE;
        if (key !== NO_VALUE) entries.push([keyText(key), value === NO_VALUE ? "" : valueText(value)]);
      }
      return entries.length === 0 ? undefined : Object.fromEntries(entries);
    },
  };
}
