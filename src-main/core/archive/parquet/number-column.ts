import { deltaBinaryUnpack } from "hyparquet/src/delta.js";
import { byteStreamSplit } from "hyparquet/src/encoding.js";
import { checkDeltaHeader, dictionaryIndexes, readerOf } from "./byte-column.ts";
import { openPage, type ColumnPages, type OpenPage } from "./page-scan.ts";
import { ParquetDamage } from "./parquet-damage.ts";

/** A flat column of whole numbers; `nulls[i]` is 1 where row `i` has none, and its number is 0. */
export interface NumberColumn {
  readonly values: BigInt64Array;
  readonly nulls: Uint8Array | null;
}

/** Julian day of 1970-01-01, the epoch of INT96 times. */
const JULIAN_1970 = 2_440_588n;
const NS_PER_DAY = 86_400_000_000_000n;

/**
 * Reads INT32, INT64 or INT96; the last as nanoseconds since 1970, which is all that it is used for.
 * @throws `ParquetDamage`
 */
export function readNumberColumn(column: ColumnPages): NumberColumn {
  const { leaf, rows, pages } = column;
  if (leaf.maxRepetition > 0) throw new ParquetDamage(`${leaf.path.join(".")} is repeated`);
  const values = new BigInt64Array(rows);
  const nulls = leaf.maxDefinition === 0 ? null : new Uint8Array(rows);
  let dictionary: BigInt64Array = new BigInt64Array(0);
  let row = 0;
  for (const page of pages) {
    const open = openPage(page, leaf);
    if (page.kind === "dictionary") {
      dictionary = plainNumbers(open, page.values, leaf.element.type);
      continue;
    }
    const { definition } = open;
    let present = page.values;
    if (definition !== null) for (const level of definition) if (level < leaf.maxDefinition) present -= 1;
    const numbers = pageNumbers(open, present, leaf.element.type, dictionary);
    if (definition === null || present === page.values) {
      values.set(numbers, row);
    } else {
      let next = 0;
      for (const [index, level] of definition.entries()) {
        if (level === leaf.maxDefinition) values[row + index] = numbers[next++] ?? 0n;
        else if (nulls !== null) nulls[row + index] = 1;
      }
    }
    row += page.values;
  }
  return { values, nulls };
}

/**
 * A column of small numbers, none of them null or negative, as 32 bits.
 * @throws `ParquetDamage`
 */
export function readIndexColumn(column: ColumnPages): Uint32Array {
  const { leaf, rows, pages } = column;
  if (leaf.element.type !== "INT32" || leaf.maxDefinition > 0 || pages.some(({ encoding }) => encoding !== "PLAIN")) {
    const { values, nulls } = readNumberColumn(column);
    if (nulls?.includes(1) === true) throw new ParquetDamage(`a null in ${leaf.path.join(".")}`);
    return Uint32Array.from(values, Number);
  }
  const answer = new Uint32Array(rows);
  let row = 0;
  for (const page of pages) {
    const open = openPage(page, leaf);
    checkRoom(open, page.values * 4);
    const end = open.start + page.values * 4;
    answer.set(new Uint32Array(open.bytes.slice(open.start, end).buffer), row);
    row += page.values;
  }
  return answer;
}

function pageNumbers(
  open: OpenPage,
  count: number,
  type: string | undefined,
  dictionary: BigInt64Array,
): BigInt64Array {
  const { encoding } = open.page;
  if (count === 0) return new BigInt64Array(0);
  if (encoding === "PLAIN") return plainNumbers(open, count, type);
  if (encoding === "PLAIN_DICTIONARY" || encoding === "RLE_DICTIONARY") {
    const answer = new BigInt64Array(count);
    for (const [index, place] of dictionaryIndexes(open, count, dictionary.length).entries()) {
      answer[index] = dictionary[place] ?? 0n;
    }
    return answer;
  }
  if (encoding === "DELTA_BINARY_PACKED" && (type === "INT32" || type === "INT64")) {
    const reader = readerOf(open);
    checkDeltaHeader(reader);
    const numbers = type === "INT32" ? new Int32Array(count) : new BigInt64Array(count);
    deltaBinaryUnpack(reader, count, numbers);
    return numbers instanceof BigInt64Array ? numbers : BigInt64Array.from(numbers, BigInt);
  }
  if (encoding === "BYTE_STREAM_SPLIT" && (type === "INT32" || type === "INT64")) {
    checkRoom(open, count * (type === "INT32" ? 4 : 8));
    const numbers = byteStreamSplit(readerOf(open), count, type, undefined);
    return BigInt64Array.from(numbers, (value: number | bigint) => BigInt(value));
  }
  throw new ParquetDamage(`numbers in encoding ${encoding}`);
}

function plainNumbers(open: OpenPage, count: number, type: string | undefined): BigInt64Array {
  const { bytes, start } = open;
  if (type === "INT64") {
    checkRoom(open, count * 8);
    // A copy that begins on a boundary of eight.
    return new BigInt64Array(bytes.slice(start, start + count * 8).buffer);
  }
  const answer = new BigInt64Array(count);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (type === "INT32") {
    checkRoom(open, count * 4);
    for (let index = 0; index < count; index += 1) answer[index] = BigInt(view.getInt32(start + index * 4, true));
    return answer;
  }
  if (type === "INT96") {
    checkRoom(open, count * 12);
    for (let index = 0; index < count; index += 1) {
      const at = start + index * 12;
      const day = BigInt(view.getUint32(at + 8, true)) - JULIAN_1970;
      answer[index] = BigInt.asIntN(64, day * NS_PER_DAY + view.getBigInt64(at, true));
    }
    return answer;
  }
  throw new ParquetDamage(`numbers of type ${type}`);
}

function checkRoom({ bytes, start }: OpenPage, size: number): void {
  if (size > bytes.length - start) throw new ParquetDamage("a page ends early");
}
