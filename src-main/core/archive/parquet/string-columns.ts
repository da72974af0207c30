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
  if (texts.length === 0) return NOTHING;
  // Encoded in one go with room for the lengths: ten times as fast as one by one, for ASCII, where lengths are known.
  const joined = `${ROOM}${texts.join(ROOM)}`;
  const body = Buffer.from(joined);
  if (body.length === joined.length) {
    let at = 0;
    for (const text of texts) {
      writeLength(body, at, text.length);
      at += 4 + text.length;
    }
    return body;
  }
  const sized = Buffer.allocUnsafe(body.length);
  let at = 0;
  for (const text of texts) {
    const size = sized.write(text, at + 4);
    writeLength(sized, at, size);
    at += 4 + size;
  }
  return sized;
}

const ROOM = "\0\0\0\0";

function writeLength(bytes: Uint8Array, at: number, length: number): void {
  bytes[at] = length & 0xff;
  bytes[at + 1] = (length >>> 8) & 0xff;
  bytes[at + 2] = (length >>> 16) & 0xff;
  bytes[at + 3] = length >>> 24;
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
  const used = new Uint8Array(rows.sets.length);
  for (const ref of rows.refs) used[ref] = 1;
  const keys = rows.sets.map((set, index) => (used[index] === 1 ? Object.keys(set) : []));
  const values = rows.sets.map((set, index) => (keys[index] ?? []).map((key) => set[key] ?? ""));
  let entries = 0;
  let empty = 0;
  for (const ref of rows.refs) {
    const size = keys[ref]?.length ?? 0;
    entries += size;
    if (size === 0) empty += 1;
  }
  const shape = mapLevels(rows.refs, keys, entries, empty);
  const chunk = (leaf: "key" | "value", texts: readonly (readonly string[])[]): ColumnChunk => {
    const indexed = indexedTexts(rows.refs, texts, entries);
    return writeColumnChunk(writer, {
      element: { ...TEXT, name: leaf },
      path: [column, "key_value", leaf],
      dictionary: indexed?.dictionary ?? null,
      pages: [
        indexed === null
          ? { ...shape, body: plainTexts(textsOf(rows.refs, texts)), encoding: "PLAIN" }
          : { ...shape, body: indexed.body, encoding: "RLE_DICTIONARY" },
      ],
      statistics: undefined,
    });
  };
  return [chunk("key", keys), chunk("value", values)];
}

/** As many texts tell whether they come again. */
const SAMPLED_TEXTS = 4_096;

/** A dictionary and indexes into it; `null` where texts hardly come again (trace ids), so that it is no gain. */
function indexedTexts(
  refs: Uint32Array,
  texts: readonly (readonly string[])[],
  entries: number,
): { readonly dictionary: DictionaryPage; readonly body: Uint8Array } | null {
  const sample = new Set<string>();
  let sampled = 0;
  for (const ref of refs) {
    for (const text of texts[ref] ?? []) sample.add(text);
    sampled += texts[ref]?.length ?? 0;
    if (sampled >= SAMPLED_TEXTS) break;
  }
  if (sampled === 0 || sample.size * 2 > sampled + 16) return null;
  const dictionary = new Dictionary();
  const places = texts.map((set) => set.map((text) => dictionary.place(text)));
  const width = bitsFor(dictionary.texts.length);
  const packer = new BitPacker(width, entries);
  for (const ref of refs) {
    const row = places[ref];
    if (row === undefined) continue;
    for (const place of row) packer.push(place);
  }
  return { dictionary: dictionary.page(), body: withWidth(width, packer.finish()) };
}

function textsOf(refs: Uint32Array, texts: readonly (readonly string[])[]): string[] {
  const answer: string[] = [];
  for (const ref of refs) {
    for (const text of texts[ref] ?? []) answer.push(text);
  }
  return answer;
}

function mapLevels(
  refs: Uint32Array,
  sets: readonly (readonly string[])[],
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
    const size = sets[ref]?.length ?? 0;
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
