import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { crc32, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { z } from "zod";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import { SeriesTable, type TableColumns } from "./series-table.ts";

/** Format 1 of kubemate's series tables. */
const MAGIC = Buffer.from("kmseries1\n", "latin1");
/** A block that is compressed by itself: so much is in memory twice, not the whole. */
const BLOCK_BYTES = 8 * 2 ** 20;
const BLOCK_HEAD_BYTES = 12;
/** Columns of a table that was written are never larger, see `TABLE_BOUNDS`. */
const MOST_COLUMN_BYTES = 512 * 2 ** 20;

const headSchema = z.object({
  names: z.array(z.string()),
  share: z.number().gt(0).max(1),
  bytes: z.object({
    valueCounts: z.number().int().min(0).max(MOST_COLUMN_BYTES),
    valueEnds: z.number().int().min(0).max(MOST_COLUMN_BYTES),
    values: z.number().int().min(0).max(MOST_COLUMN_BYTES),
    starts: z.number().int().min(0).max(MOST_COLUMN_BYTES),
    cells: z.number().int().min(0).max(MOST_COLUMN_BYTES),
  }),
});

const COLUMNS = ["valueCounts", "valueEnds", "values", "starts", "cells"] as const;

function damaged(file: string, problem: string, cause?: unknown): AppError {
  return new AppError("cardinality.report-damaged", { file, problem }, { cause });
}

/**
 * Writes a table whole or not at all: magic, then blocks of (u32 packed length · u32 length · u32 CRC-32 of what is packed · zstd), all
 * little endian. The first block is JSON with names and lengths of columns, the others are the columns one after another.
 * @throws AppError `files.unwritable`
 */
export function writeSeriesFile(file: string, table: SeriesTable): void {
  const part = `${file}.part`;
  const { names, share, ...rest } = table.columns;
  const columns = COLUMNS.map((name) => Buffer.from(rest[name].buffer, rest[name].byteOffset, rest[name].byteLength));
  const bytes = Object.fromEntries(COLUMNS.map((name, at) => [name, columns[at]?.length ?? 0]));
  try {
    const handle = openSync(part, "w", 0o600);
    try {
      writeSync(handle, MAGIC);
      writeBlock(handle, Buffer.from(JSON.stringify({ names, share, bytes })));
      for (const column of columns) {
        for (let at = 0; at < column.length; at += BLOCK_BYTES) {
          writeBlock(handle, column.subarray(at, Math.min(column.length, at + BLOCK_BYTES)));
        }
      }
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(part, file);
  } catch (error) {
    rmSync(part, { force: true });
    throw new AppError("files.unwritable", { file, problem: reasonOf(error) }, { cause: error });
  }
}

function writeBlock(handle: number, bytes: Buffer): void {
  const packed = zstdCompressSync(bytes);
  const head = Buffer.alloc(BLOCK_HEAD_BYTES);
  head.writeUInt32LE(packed.length, 0);
  head.writeUInt32LE(bytes.length, 4);
  head.writeUInt32LE(crc32(packed), 8);
  writeSync(handle, head);
  writeSync(handle, packed);
}

/**
 * Reads a table that `writeSeriesFile` wrote; every checksum and every number in it is looked at.
 * @throws AppError `cardinality.report-damaged`, `files.unreadable`
 */
export function readSeriesFile(file: string): SeriesTable {
  let whole: Buffer;
  try {
    whole = readFileSync(file);
  } catch (error) {
    throw new AppError("files.unreadable", { file, problem: reasonOf(error) }, { cause: error });
  }
  if (!whole.subarray(0, MAGIC.length).equals(MAGIC)) throw damaged(file, "no series table");
  const reader = new BlockReader(file, whole, MAGIC.length);
  const { names, share, bytes } = parseHead(file, reader.next());
  const columns: TableColumns = {
    names,
    share,
    valueCounts: new Uint32Array(reader.column(bytes.valueCounts, 4)),
    valueEnds: new Uint32Array(reader.column(bytes.valueEnds, 4)),
    values: new Uint8Array(reader.column(bytes.values, 1)),
    starts: new Uint32Array(reader.column(bytes.starts, 4)),
    cells: new Uint32Array(reader.column(bytes.cells, 4)),
  };
  const problem = columnsProblem(columns);
  if (problem !== null) throw damaged(file, problem);
  return new SeriesTable(columns);
}

function parseHead(file: string, block: Buffer): z.output<typeof headSchema> {
  let json: unknown;
  try {
    json = JSON.parse(block.toString("utf8"));
  } catch (error) {
    throw damaged(file, "a head that is no JSON", error);
  }
  const head = headSchema.safeParse(json);
  if (!head.success) throw damaged(file, "a head of another shape", head.error);
  return head.data;
}

class BlockReader {
  readonly #file: string;
  readonly #whole: Buffer;
  #at: number;

  constructor(file: string, whole: Buffer, at: number) {
    this.#file = file;
    this.#whole = whole;
    this.#at = at;
  }

  next(): Buffer {
    const [at, whole] = [this.#at, this.#whole];
    if (whole.length - at < BLOCK_HEAD_BYTES) throw damaged(this.#file, `cut off at byte ${at}`);
    const packedLength = whole.readUInt32LE(at);
    const length = whole.readUInt32LE(at + 4);
    const packed = whole.subarray(at + BLOCK_HEAD_BYTES, at + BLOCK_HEAD_BYTES + packedLength);
    if (packed.length !== packedLength || length > BLOCK_BYTES) throw damaged(this.#file, `cut off at byte ${at}`);
    if (crc32(packed) !== whole.readUInt32LE(at + 8)) throw damaged(this.#file, `wrong checksum at byte ${at}`);
    this.#at = at + BLOCK_HEAD_BYTES + packedLength;
    let block: Buffer;
    try {
      block = zstdDecompressSync(packed, { maxOutputLength: Math.max(1, length) });
    } catch (error) {
      throw damaged(this.#file, `no zstd at byte ${at}`, error);
    }
    if (block.length !== length) throw damaged(this.#file, `another length at byte ${at}`);
    return block;
  }

  column(length: number, wordBytes: number): ArrayBuffer {
    if (length % wordBytes !== 0) throw damaged(this.#file, "a column of half words");
    const column = new Uint8Array(length);
    for (let at = 0; at < length;) {
      const block = this.next();
      if (block.length === 0 || at + block.length > length) throw damaged(this.#file, "columns of another length");
      column.set(block, at);
      at += block.length;
    }
    return column.buffer;
  }
}

/** Checksums are right, and still a program may have written nonsense: nothing behind this looks out of bounds. */
function columnsProblem({ names, valueCounts, valueEnds, values, starts, cells }: TableColumns): string | null {
  if (valueCounts.length !== names.length) return "labels and counts differ";
  let pairs = 0;
  for (const count of valueCounts) pairs += count;
  if (pairs !== valueEnds.length) return "values and counts differ";
  if (!rises(valueEnds) || (valueEnds.at(-1) ?? 0) !== values.length) return "values that do not follow each other";
  if (starts.length === 0 || starts[0] !== 0 || !rises(starts)) return "series that do not follow each other";
  if (starts.at(-1) !== cells.length) return "series and cells differ";
  for (let at = 0; at < cells.length; at += 1)
    if ((cells[at] ?? 0) >= pairs) return "a series with a value that is not there";
  return null;
}

function rises(words: Uint32Array): boolean {
  for (let at = 1; at < words.length; at += 1) if ((words[at] ?? 0) < (words[at - 1] ?? 0)) return false;
  return true;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
