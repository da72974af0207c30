import type { LeafColumn, ParquetFooter } from "./parquet-footer.ts";

export type TimeUnit = "s" | "ms" | "us" | "ns";

/** Which columns of a file could be what, by their types and names alone. */
export interface FoundColumns {
  readonly time: { readonly column: number; readonly unit: TimeUnit | null; readonly local: boolean } | null;
  readonly line: number | null;
  /** Texts and whole numbers beside them, by names that are there once. */
  readonly others: readonly { readonly name: string; readonly column: number }[];
  readonly maps: readonly { readonly name: string; readonly keys: number; readonly values: number }[];
  /** Names of columns that this program does not read. */
  readonly unread: readonly string[];
}

const TIME_NAMES = [
  "timestamp",
  "ts",
  "time",
  "@timestamp",
  "_time",
  "datetime",
  "event_time",
  "eventtime",
  "observed_timestamp",
  "created_at",
  "date",
];
const LINE_NAMES = ["line", "message", "msg", "body", "log", "text", "raw", "_raw", "content"];

/** A unit of `null` is to be told from the numbers: an INT64 whose name alone says that it is a time. */
export function findForeignColumns(footer: ParquetFooter): FoundColumns {
  const flat = footer.leaves.filter(({ path, maxRepetition }) => path.length === 1 && maxRepetition === 0);
  const time = findTime(flat);
  const line = byName(flat.filter(isText), LINE_NAMES);
  const rest = flat.filter((leaf) => leaf !== time?.leaf && leaf !== line);
  const readable = rest.filter((leaf) => isText(leaf) || isWholeNumber(leaf));
  const maps = findMaps(footer);
  const inMaps = new Set(maps.flatMap(({ keys, values }) => [keys, values]));
  const read = new Set(readable.map(({ index }) => index));
  return {
    time: time === null ? null : { column: time.leaf.index, unit: time.unit, local: time.local },
    line: line?.index ?? null,
    others: uniqueNames(readable),
    maps,
    unread: [
      ...new Set(
        footer.leaves
          .filter((leaf) => leaf !== time?.leaf && leaf !== line && !read.has(leaf.index) && !inMaps.has(leaf.index))
          .map(({ top }) => top.name),
      ),
    ],
  };
}

function findTime(
  flat: readonly LeafColumn[],
): { readonly leaf: LeafColumn; readonly unit: TimeUnit | null; readonly local: boolean } | null {
  const typed = flat.filter((leaf) => typedUnit(leaf) !== null);
  const leaf = byName(typed, TIME_NAMES) ?? byName(flat.filter(isPlainInt64), TIME_NAMES) ?? typed[0] ?? null;
  if (leaf === null) return null;
  return { leaf, unit: typedUnit(leaf), local: isLocal(leaf) };
}

/** Instants by their type: TIMESTAMP old and new, and INT96, which is nothing else. */
function typedUnit({ element }: LeafColumn): TimeUnit | null {
  if (element.type === "INT96") return "ns";
  if (element.type !== "INT64") return null;
  const logical = element.logical_type;
  if (logical?.type === "TIMESTAMP") {
    if (logical.unit === "NANOS") return "ns";
    return logical.unit === "MICROS" ? "us" : "ms";
  }
  if (element.converted_type === "TIMESTAMP_MILLIS") return "ms";
  return element.converted_type === "TIMESTAMP_MICROS" ? "us" : null;
}

/** Said to be a time by the wall clock. INT96 and the old types were instants in UTC. */
function isLocal({ element }: LeafColumn): boolean {
  return element.logical_type?.type === "TIMESTAMP" && !element.logical_type.isAdjustedToUTC;
}

function isPlainInt64({ element }: LeafColumn): boolean {
  return element.type === "INT64" && isWholeNumber({ element });
}

function isWholeNumber({ element }: Pick<LeafColumn, "element">): boolean {
  if (element.type !== "INT32" && element.type !== "INT64") return false;
  const { converted_type: converted, logical_type: logical } = element;
  if (logical !== undefined) return logical.type === "INTEGER" && logical.isSigned;
  return converted === undefined || converted.startsWith("INT_");
}

function isText({ element }: LeafColumn): boolean {
  if (element.type !== "BYTE_ARRAY") return false;
  const { converted_type: converted, logical_type: logical } = element;
  const plain = converted === undefined && logical === undefined;
  return (
    plain ||
    converted === "UTF8" ||
    converted === "ENUM" ||
    converted === "JSON" ||
    logical?.type === "STRING" ||
    logical?.type === "ENUM" ||
    logical?.type === "JSON"
  );
}

function byName(leaves: readonly LeafColumn[], names: readonly string[]): LeafColumn | null {
  for (const name of names) {
    const found = leaves.find(({ element }) => element.name.toLowerCase() === name);
    if (found !== undefined) return found;
  }
  return null;
}

/** Columns by names that LogQL can use; of a name that is there twice, the second gets a number. */
function uniqueNames(leaves: readonly LeafColumn[]): { readonly name: string; readonly column: number }[] {
  const taken = new Set<string>();
  return leaves.map(({ element, index }) => {
    const base = element.name.replaceAll(/[^A-Za-z0-9_]/g, "_").replace(/^(?=\d|$)/, "_");
    let name = base;
    for (let number = 2; taken.has(name); number += 1) name = `${base}_${number}`;
    taken.add(name);
    return { name, column: index };
  });
}

/** Maps from text to text at the top of the schema: three levels, whatever the inner two are called. */
function findMaps(footer: ParquetFooter): { readonly name: string; readonly keys: number; readonly values: number }[] {
  const maps: { readonly name: string; readonly keys: number; readonly values: number }[] = [];
  for (const [place, keys] of footer.leaves.entries()) {
    const values = footer.leaves[place + 1];
    const isMap =
      keys.path.length === 3 &&
      keys.maxRepetition === 1 &&
      keys.top.converted_type !== "LIST" &&
      (keys.top.converted_type === "MAP" ||
        keys.top.converted_type === "MAP_KEY_VALUE" ||
        keys.top.logical_type?.type === "MAP");
    const pairs =
      values !== undefined && values.top === keys.top && values.path.length === 3 && isText(keys) && isText(values);
    if (isMap && pairs) maps.push({ name: keys.top.name, keys: keys.index, values: values.index });
  }
  return maps;
}
