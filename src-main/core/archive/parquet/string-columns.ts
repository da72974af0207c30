import type { ColumnChunk, SchemaElement, Statistics } from "hyparquet";
import { type ByteWriter } from "hyparquet-writer";
import type { LabelSet } from "../../../../src-shared/model/labels.ts";
import { NOTHING, writeColumnChunk, type DictionaryPage, type PageValues } from "./column-chunk-writer.ts";
import { bitsFor, BitPacker, constantRun } from "./hybrid-encoding.ts";

/** A column of label sets: row `i` has `sets[refs[i]]`. */
export interface SetColumn {
  readonly sets: readonly LabelSet[];
  readonly refs: Uint32Array;
}

const TEXT: SchemaElement = { name: "text", type: "BYTE_ARRAY" };

/** Distinct texts in the order they were first seen. */
class Dictionary {
  readonly texts: string[] = [];
  readonly #places = new Map<string, number>();

  place(text: string): number {
    const known = this.#places.get(text);
    if (known !== undefined) return known;
    this.#places.set(text, this.texts.length);
    this.texts.push(text);
    return this.texts.length - 1;
  }

  page(): DictionaryPage {
    return { count: this.texts.length, body: plainTexts(this.texts) };
  }
}

/** Texts in PLAIN encoding: a length of four bytes before each. */
export function plainTexts(texts: readonly string[]): Uint8Array {
  const sizes = texts.map((text) => Buffer.byteLength(text));
  const body = Buffer.allocUnsafe(sizes.reduce((sum, size) => sum + size + 4, 0));
  let at = 0;
  for (const [index, text] of texts.entries()) {
    at = body.writeUInt32LE(sizes[index] ?? 0, at);
    at += body.write(text, at);
  }
  return body;
}

/** One label of each row's set, absent where the set has none. */
export function writeLabelColumn(writer: ByteWriter, column: string, label: string, rows: SetColumn): ColumnChunk {
  const dictionary = new Dictionary();
  const places = rows.sets.map((set) => {
    const value = Object.hasOwn(set, label) ? set[label] : undefined;
    return value === undefined ? -1 : dictionary.place(value);
  });
  const levels = new BitPacker(1, rows.refs.length);
  const width = bitsFor(dictionary.texts.length);
  const indexes = new BitPacker(width, rows.refs.length);
  let present = 0;
  for (const ref of rows.refs) {
    const place = places[ref] ?? -1;
    levels.push(place < 0 ? 0 : 1);
    if (place < 0) continue;
    present += 1;
    indexes.push(place);
  }
  const count = rows.refs.length;
  const nulls = count - present;
  const page: PageValues = {
    values: count,
    nulls,
    rows: count,
    repetition: NOTHING,
    definition: nulls === 0 || nulls === count ? constantRun(nulls === 0 ? 1 : 0, count, 1) : levels.finish(),
    body: present === 0 ? NOTHING : withWidth(width, indexes.finish()),
    encoding: present === 0 ? "PLAIN" : "RLE_DICTIONARY",
  };
  return writeColumnChunk(writer, {
    element: { ...TEXT, name: column },
    path: [column],
    dictionary: present === 0 ? null : dictionary.page(),
    pages: [page],
    statistics: { null_count: BigInt(nulls), ...textBounds(dictionary.texts) },
  });
}

/** One text for all rows. */
export function writeConstantColumn(writer: ByteWriter, column: string, text: string, rows: number): ColumnChunk {
  const page: PageValues = {
    values: rows,
    nulls: 0,
    rows,
    repetition: NOTHING,
    definition: NOTHING,
    body: withWidth(1, constantRun(0, rows, 1)),
    encoding: "RLE_DICTIONARY",
  };
  return writeColumnChunk(writer, {
    element: { ...TEXT, name: column },
    path: [column],
    dictionary: { count: 1, body: plainTexts([text]) },
    pages: [page],
    statistics: { null_count: 0n, ...textBounds([text]) },
  });
}

/**
 * A column of maps, two chunks: keys and values. Both share the levels: a row without entries is one place of definition
 * level 0, each entry one of level 1, and all entries of a row but its first have repetition level 1.
 */
export function writeMapColumn(writer: ByteWriter, column: string, rows: SetColumn): ColumnChunk[] {
  const keys = new Dictionary();
  const values = new Dictionary();
  const sizes = new Uint32Array(rows.sets.length);
  const used = new Uint8Array(rows.sets.length);
  const keyPlaces: (readonly number[])[] = [];
  const valuePlaces: (readonly number[])[] = [];
  for (const ref of rows.refs) used[ref] = 1;
  for (const [index, set] of rows.sets.entries()) {
    const names = used[index] === 1 ? Object.keys(set) : [];
    sizes[index] = names.length;
    keyPlaces.push(names.map((name) => keys.place(name)));
    valuePlaces.push(names.map((name) => values.place(set[name] ?? "")));
  }
  let entries = 0;
  let empty = 0;
  for (const ref of rows.refs) {
    const size = sizes[ref] ?? 0;
    entries += size;
    if (size === 0) empty += 1;
  }
  const shape = mapLevels(rows.refs, sizes, entries, empty);
  const chunk = (
    leaf: "key" | "value",
    dictionary: Dictionary,
    places: readonly (readonly number[])[],
  ): ColumnChunk => {
    // A dictionary of nearly all values (trace ids) is no gain.
    const indexed = entries > 0 && dictionary.texts.length * 2 <= entries;
    const body = indexed
      ? packedPlaces(rows.refs, places, entries, bitsFor(dictionary.texts.length))
      : plainTexts(placedTexts(rows.refs, places, dictionary.texts));
    return writeColumnChunk(writer, {
      element: { ...TEXT, name: leaf },
      path: [column, "key_value", leaf],
      dictionary: indexed ? dictionary.page() : null,
      pages: [{ ...shape, body, encoding: indexed ? "RLE_DICTIONARY" : "PLAIN" }],
      statistics: undefined,
    });
  };
  return [chunk("key", keys, keyPlaces), chunk("value", values, valuePlaces)];
}

function mapLevels(
  refs: Uint32Array,
  sizes: Uint32Array,
  entries: number,
  empty: number,
): Omit<PageValues, "body" | "encoding"> {
  const places = entries + empty;
  const counts = { values: places, nulls: empty, rows: refs.length };
  if (entries === 0) {
    return { ...counts, repetition: constantRun(0, places, 1), definition: constantRun(0, places, 1) };
  }
  const repetition = new BitPacker(1, places);
  const definition = new BitPacker(1, places);
  for (const ref of refs) {
    const size = sizes[ref] ?? 0;
    repetition.push(0);
    definition.push(size === 0 ? 0 : 1);
    for (let entry = 1; entry < size; entry += 1) {
      repetition.push(1);
      definition.push(1);
    }
  }
  return {
    ...counts,
    repetition: repetition.finish(),
    definition: empty === 0 ? constantRun(1, places, 1) : definition.finish(),
  };
}

function packedPlaces(
  refs: Uint32Array,
  places: readonly (readonly number[])[],
  entries: number,
  width: number,
): Uint8Array {
  const packer = new BitPacker(width, entries);
  for (const ref of refs) {
    const row = places[ref];
    if (row === undefined) continue;
    for (const place of row) packer.push(place);
  }
  return withWidth(width, packer.finish());
}

function placedTexts(refs: Uint32Array, places: readonly (readonly number[])[], texts: readonly string[]): string[] {
  const answer: string[] = [];
  for (const ref of refs) {
    for (const place of places[ref] ?? []) answer.push(texts[place] ?? "");
  }
  return answer;
}

function withWidth(width: number, run: Uint8Array): Uint8Array {
  const body = new Uint8Array(run.length + 1);
  body[0] = width;
  body.set(run, 1);
  return body;
}

/** Bounds in the order of the bytes, as the format wants; the library cuts them to 16 bytes. */
function textBounds(texts: readonly string[]): Pick<Statistics, "min_value" | "max_value"> {
  let min: Buffer | undefined;
  let max: Buffer | undefined;
  for (const text of texts) {
    const bytes = Buffer.from(text);
    if (min === undefined || bytes.compare(min) < 0) min = bytes;
    if (max === undefined || bytes.compare(max) > 0) max = bytes;
  }
  return min === undefined || max === undefined ? {} : { min_value: min, max_value: max };
}
