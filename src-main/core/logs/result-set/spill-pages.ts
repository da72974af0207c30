import { LRUCache } from "lru-cache";
import { packedBytes, ROW_BYTES, RowTable, type PackedSizes } from "./packed-rows.ts";
import type { SpillFile } from "./spill-file.ts";

/** Rows read back at once. A window of the list is one to four pages. */
export const PAGE_ROWS = 128;
const CACHE_BYTES = 16 * 2 ** 20;
/** A page whose lines are longer than this together is kept without them; its lines are read one by one then, cut. */
const MAX_PAGE_LINE_BYTES = 512 * 1_024;

/** Where a spilled segment lies. `id` is unlike that of any other segment of the process. */
export interface SpilledSegment {
  readonly id: number;
  readonly file: SpillFile;
  readonly position: number;
  readonly sizes: PackedSizes;
}

/** Some rows of a spilled segment, in memory again. */
export interface SpilledPage {
  readonly firstRow: number;
  readonly rowCount: number;
  /** Its row 0 is the row before `firstRow` (zeros for a segment's first page), so that every start can be told. */
  readonly table: RowTable;
  readonly extra: Buffer;
  /** `null` when they are too long to be held. */
  readonly lines: Buffer | null;
}

/** A small cache of pages of spilled segments, shared by all result sets. */
export class SpillPages {
  readonly #pages = new LRUCache<string, SpilledPage>({
    maxSize: CACHE_BYTES,
    maxEntrySize: CACHE_BYTES,
    sizeCalculation: (page) => (page.rowCount + 1) * ROW_BYTES + page.extra.length + (page.lines?.length ?? 0),
  });
  readonly #loading = new Map<string, Promise<SpilledPage>>();

  /** The page that holds a row of a segment. */
  async page(segment: SpilledSegment, row: number): Promise<SpilledPage> {
    const firstRow = row - (row % PAGE_ROWS);
    const key = `${segment.id}/${firstRow}`;
    const known = this.#pages.get(key);
    if (known !== undefined) return known;
    const loading = this.#loading.get(key) ?? this.#load(segment, firstRow, key);
    return await loading;
  }

  /** Bytes of one line, from `offset` on, at most `length`. */
  async lineBytes(
    segment: SpilledSegment,
    page: SpilledPage,
    row: number,
    offset: number,
    length: number,
  ): Promise<Buffer> {
    const at = row - page.firstRow;
    const start = page.table.lineEnd(at) + offset;
    const end = Math.min(page.table.lineEnd(at + 1), start + length);
    if (end <= start) return Buffer.alloc(0);
    const base = page.table.lineEnd(0);
    if (page.lines !== null) return page.lines.subarray(start - base, end - base);
    const bytes = Buffer.allocUnsafeSlow(end - start);
    const linesAt = segment.position + packedBytes(segment.sizes) - segment.sizes.lineBytes;
    await segment.file.read(bytes, linesAt + start);
    return bytes;
  }

  #load(segment: SpilledSegment, firstRow: number, key: string): Promise<SpilledPage> {
    const loading = readPage(segment, firstRow).then((page) => {
      this.#pages.set(key, page);
      return page;
    });
    this.#loading.set(key, loading);
    const forget = () => this.#loading.delete(key);
    loading.then(forget, forget);
    return loading;
  }
}

async function readPage(segment: SpilledSegment, firstRow: number): Promise<SpilledPage> {
  const { file, position, sizes } = segment;
  const rowCount = Math.min(PAGE_ROWS, sizes.rowCount - firstRow);
  const records = Buffer.alloc((rowCount + 1) * ROW_BYTES);
  if (firstRow === 0) await file.read(records.subarray(ROW_BYTES), position);
  else await file.read(records, position + (firstRow - 1) * ROW_BYTES);
  const aligned = records.byteOffset % 8 === 0 ? records : Buffer.from(new Uint8Array(records).buffer);
  const table = new RowTable(aligned.buffer, aligned.byteOffset, rowCount + 1);

  const extraStart = table.extraEnd(0);
  const extra = Buffer.allocUnsafeSlow(table.extraEnd(rowCount) - extraStart);
  const extraAt = position + sizes.rowCount * ROW_BYTES;
  if (extra.length > 0) await file.read(extra, extraAt + extraStart);

  const linesStart = table.lineEnd(0);
  const lineBytes = table.lineEnd(rowCount) - linesStart;
  let lines: Buffer | null = null;
  if (lineBytes <= MAX_PAGE_LINE_BYTES) {
    lines = Buffer.allocUnsafeSlow(lineBytes);
    if (lineBytes > 0) await file.read(lines, extraAt + sizes.extraBytes + linesStart);
  }
  return { firstRow, rowCount, table, extra, lines };
}
