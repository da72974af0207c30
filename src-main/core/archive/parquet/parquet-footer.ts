import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { basename } from "node:path";
import { parquetMetadata, type ColumnMetaData, type FileMetaData, type RowGroup, type SchemaElement } from "hyparquet";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import { ParquetDamage, readError } from "./parquet-damage.ts";
import { thriftStructEnd } from "./thrift-bounds.ts";

/** A column that holds values, with the levels that its place in the schema gives it. */
export interface LeafColumn {
  /** Position in the columns of every row group. */
  readonly index: number;
  readonly path: readonly string[];
  readonly element: SchemaElement;
  readonly maxDefinition: number;
  readonly maxRepetition: number;
  /** The top-level column, with its own schema element, that it belongs to. */
  readonly top: SchemaElement;
}

export interface ParquetFooter {
  readonly file: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  readonly rows: number;
  readonly leaves: readonly LeafColumn[];
  readonly rowGroups: readonly RowGroup[];
  readonly keyValues: ReadonlyMap<string, string>;
  readonly createdBy: string;
}

const MAGIC = "PAR1";
const LARGEST_FOOTER = 256 * 1024 * 1024;
const MOST_ROWS_IN_GROUP = 2 ** 24;
const MOST_COLUMNS = 10_000;

/** Instants stay numbers: a `Date` would cut them to milliseconds. */
export const EXACT_PARSERS = {
  timestampFromMilliseconds: (value: bigint) => value,
  timestampFromMicroseconds: (value: bigint) => value,
  timestampFromNanoseconds: (value: bigint) => value,
  dateFromDays: (value: number) => value,
  // Bounds of texts and whatever else statistics hold are not used; they may be cut inside of a character.
  stringFromBytes: (value: Uint8Array) => value,
  jsonFromBytes: (value: Uint8Array) => value,
  geometryFromBytes: (value: Uint8Array) => value,
  geographyFromBytes: (value: Uint8Array) => value,
  uuidFromBytes: (value: Uint8Array) => value,
};

/**
 * Reads the footer of a Parquet file and checks what it claims against the file: sizes, offsets and counts can be relied
 * on afterwards. `null` where the file is no Parquet at all. `part` names the file in errors.
 *
 * @throws `archive.truncated`, `archive.damaged`, `files.unreadable`
 */
export function readFooter(file: string, part = basename(file)): ParquetFooter | null {
  let handle: number | null = null;
  try {
    handle = openSync(file, "r");
    return footerOf(handle, file, part);
  } catch (error) {
    throw readError(part, error);
  } finally {
    if (handle !== null) closeSync(handle);
  }
}

function footerOf(handle: number, file: string, part: string): ParquetFooter | null {
  const { size, mtimeMs } = fstatSync(handle);
  if (size < 4 || textAt(handle, 0) !== MAGIC) return null;
  if (size < 12) throw new AppError("archive.truncated", { part, atByte: size });
  const last = textAt(handle, size - 4);
  if (last === "PARE") throw new ParquetDamage("its footer is encrypted");
  if (last !== MAGIC) throw new AppError("archive.truncated", { part, atByte: size });
  const length = readBytes(handle, size - 8, 4).readUInt32LE(0);
  if (length > size - 12) throw new ParquetDamage(`a footer of ${length} bytes in a file of ${size}`);
  if (length > LARGEST_FOOTER) throw new ParquetDamage(`a footer of ${length} bytes`);
  const bytes = readBytes(handle, size - 8 - length, length + 8);
  thriftStructEnd(bytes.subarray(0, length), 0);
  const metadata = parquetMetadata(bytes, { parsers: EXACT_PARSERS, geoparquet: false });
  return checkedFooter(metadata, file, size, mtimeMs);
}

function checkedFooter(metadata: FileMetaData, file: string, sizeBytes: number, modifiedMs: number): ParquetFooter {
  const leaves = leavesOf(metadata.schema);
  let rows = 0;
  for (const [number, group] of metadata.row_groups.entries()) {
    const count = Number(group.num_rows);
    if (!Number.isInteger(count) || count < 0 || count > MOST_ROWS_IN_GROUP) {
      throw new ParquetDamage(`row group ${number} of ${group.num_rows} rows`);
    }
    if (group.columns.length !== leaves.length) {
      throw new ParquetDamage(`row group ${number} of ${group.columns.length} columns instead of ${leaves.length}`);
    }
    rows += count;
  }
  if (BigInt(rows) !== metadata.num_rows) {
    throw new ParquetDamage(`${metadata.num_rows} rows, while its row groups have ${rows}`);
  }
  return {
    file,
    sizeBytes,
    modifiedMs,
    rows,
    leaves,
    rowGroups: metadata.row_groups,
    keyValues: new Map((metadata.key_value_metadata ?? []).map(({ key, value }) => [key, value ?? ""])),
    createdBy: metadata.created_by ?? "",
  };
}

/** Columns in the order of the row groups' chunks: the schema is a tree in preorder. */
function leavesOf(schema: readonly SchemaElement[]): LeafColumn[] {
  if (schema.length > MOST_COLUMNS) throw new ParquetDamage(`${schema.length} columns`);
  const leaves: LeafColumn[] = [];
  let at = 1;
  const walk = (path: readonly string[], definition: number, repetition: number, top: SchemaElement | null): void => {
    const element = schema[at];
    if (element === undefined || path.length > 20) throw new ParquetDamage("its schema is no tree");
    at += 1;
    const optional = element.repetition_type === "OPTIONAL" ? 1 : 0;
    const repeated = element.repetition_type === "REPEATED" ? 1 : 0;
    const maxDefinition = definition + optional + repeated;
    const maxRepetition = repetition + repeated;
    const own = [...path, element.name];
    const children = element.num_children ?? 0;
    if (children > 0) {
      for (let child = 0; child < children; child += 1) walk(own, maxDefinition, maxRepetition, top ?? element);
    } else if (element.type !== undefined) {
      leaves.push({ index: leaves.length, path: own, element, maxDefinition, maxRepetition, top: top ?? element });
    }
  };
  while (at < schema.length) walk([], 0, 0, null);
  return leaves;
}

/** Where a column of a row group lies in the file; inside of it for sure. */
export function chunkPlace(
  footer: ParquetFooter,
  rowGroup: number,
  leaf: LeafColumn,
): { readonly start: number; readonly length: number; readonly metadata: ColumnMetaData } {
  const metadata = footer.rowGroups[rowGroup]?.columns[leaf.index]?.meta_data;
  if (metadata === undefined) throw new ParquetDamage(`row group ${rowGroup} has no column ${leaf.path.join(".")}`);
  if (metadata.type !== leaf.element.type) throw new ParquetDamage(`column ${leaf.path.join(".")} is ${metadata.type}`);
  const data = Number(metadata.data_page_offset);
  const dictionary = Number(metadata.dictionary_page_offset ?? 0n);
  // Some writers leave the offset of a dictionary at 0 where there is none.
  const start = dictionary > 0 && dictionary < data ? dictionary : data;
  const length = Number(metadata.total_compressed_size);
  if (!(start >= 4) || !(length >= 0) || !(start + length <= footer.sizeBytes - 8)) {
    throw new ParquetDamage(`column ${leaf.path.join(".")} at ${start}, ${length} bytes long`);
  }
  return { start, length, metadata };
}

/** Exactly these bytes of an open file. */
export function readBytes(handle: number, start: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafeSlow(length);
  let at = 0;
  while (at < length) {
    const count = readSync(handle, bytes, at, length - at, start + at);
    if (count === 0) throw new ParquetDamage(`the file ends at ${start + at}`);
    at += count;
  }
  return bytes;
}

function textAt(handle: number, start: number): string {
  return readBytes(handle, start, 4).toString("latin1");
}
