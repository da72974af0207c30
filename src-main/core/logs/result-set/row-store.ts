import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { LogBatch } from "../../../../src-shared/model/log-batch.ts";
import type { RowMarker } from "../../../../src-shared/model/log-row.ts";
import type { RowTable } from "./packed-rows.ts";
import { Segment } from "./segment.ts";
import { SegmentBuilder, type SegmentSummary } from "./segment-builder.ts";
import type { SegmentMemory } from "./segment-memory.ts";
import type { SpillFile } from "./spill-file.ts";
import type { SpilledPage, SpilledSegment } from "./spill-pages.ts";
import { StreamTable } from "./stream-table.ts";

/** One row as it is stored. The buffers are the store's own: valid until the visitor returns. */
export interface StoredRow {
  readonly row: number;
  readonly timestampNs: bigint;
  readonly stream: number;
  /** Index into `LOG_LEVELS`, or `MARKER_LEVEL`. */
  readonly level: number;
  /** The line's beginning, as long as was asked for. */
  readonly line: Buffer;
  readonly lineBytes: number;
  readonly extra: Buffer;
}

/** A run of rows that lie together: a segment, or the open end. A part keeps its index when it is sealed and spilled. */
export interface StorePart {
  readonly firstRow: number;
  readonly rowCount: number;
}

/**
 * The rows of one result set: append only, in segments, the last one open. Reading is by row number wherever the rows are.
 * A store lives until its last user lets go: a filtered view shares the store of the set it was made from.
 */
export class RowStore {
  readonly streams = new StreamTable();
  readonly #memory: SegmentMemory;
  readonly #openFile: () => Promise<SpillFile>;
  readonly #segments: Segment[] = [];
  readonly #open = new SegmentBuilder();
  #file: Promise<SpillFile> | null = null;
  #openFirstRow = 0;
  #openCapacity = 0;
  #lineBytes = 0;
  #firstNs: bigint | null = null;
  #lastNs: bigint | null = null;
  #users = 1;

  /** `openFile` makes the store's spill file; it is called at most once. */
  constructor(memory: SegmentMemory, openFile: () => Promise<SpillFile>) {
    this.#memory = memory;
    this.#openFile = openFile;
  }

  get rowCount(): number {
    return this.#openFirstRow + this.#open.rowCount;
  }

  /** Bytes of all lines. */
  get lineBytes(): number {
    return this.#lineBytes;
  }

  /** Timestamps of the first and the last row. */
  get firstNs(): bigint | null {
    return this.#firstNs;
  }

  get lastNs(): bigint | null {
    return this.#lastNs;
  }

  get spilledBytes(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.spilledBytes, 0);
  }

  get partCount(): number {
    return this.#segments.length + (this.#open.rowCount > 0 ? 1 : 0);
  }

  get closed(): boolean {
    return this.#users === 0;
  }

  part(index: number): StorePart {
    return this.#segments[index] ?? { firstRow: this.#openFirstRow, rowCount: this.#open.rowCount };
  }

  summary(index: number): SegmentSummary {
    return this.#segments[index]?.summary ?? this.#open.summary();
  }

  /** The sealed segment with this index; `null` for the open end. */
  segment(index: number): Segment | null {
    return this.#segments[index] ?? null;
  }

  get openEnd(): SegmentBuilder {
    return this.#open;
  }

  append(batch: LogBatch): void {
    const streams = this.streams.numbersOf(batch.streams);
    let row = 0;
    while (row < batch.rowCount) {
      row = this.#open.appendRows(batch, row, streams);
      if (row < batch.rowCount) this.#seal();
    }
    this.#sawTimes(batch.timestampsNs[0], batch.timestampsNs[batch.rowCount - 1]);
    this.#lineBytes += (batch.lineOffsets[batch.rowCount] ?? 0) - (batch.lineOffsets[0] ?? 0);
    this.#accountOpen();
  }

  appendMarker(timestampNs: bigint, marker: RowMarker): void {
    const json = Buffer.from(JSON.stringify(marker));
    if (!this.#open.fits(0, json.length)) this.#seal();
    this.#open.appendMarker(timestampNs, json);
    this.#sawTimes(timestampNs, timestampNs);
    this.#accountOpen();
  }

  /** Nothing more is coming: packs the open end and gives its spare memory back. */
  finish(): void {
    if (this.#open.rowCount > 0) this.#seal();
    this.#open.release();
    this.#accountOpen();
  }

  /** Waits until there is room for more rows. @throws `logs.spill-failed` */
  async admit(): Promise<void> {
    await this.#memory.admit();
  }

  /** The index of the part that holds a row. */
  partOf(row: number): number {
    if (row >= this.#openFirstRow) return this.#segments.length;
    let low = 0;
    let high = this.#segments.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.#segments[middle]?.firstRow ?? 0) <= row) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /**
   * Shows rows, given in ascending order, to a visitor, each with at most `maxLineBytes` of its line.
   * @throws `logs.row-unknown`, `logs.spill-failed` when a spilled row cannot be read back.
   */
  async visit(rows: Iterable<number>, maxLineBytes: number, visitor: (row: StoredRow) => void): Promise<void> {
    for (const row of rows) {
      if (row < 0 || row >= this.rowCount) throw new AppError("logs.row-unknown", { row });
      const visited = this.#visitInMemory(row, maxLineBytes, visitor);
      if (!visited) await this.#visitSpilled(row, maxLineBytes, visitor);
    }
  }

  /** A copy of a piece of one line. @throws as `visit` */
  async linePiece(row: number, offset: number, length: number): Promise<{ bytes: Buffer; lineBytes: number }> {
    if (row < 0 || row >= this.rowCount) throw new AppError("logs.row-unknown", { row });
    const part = this.partOf(row);
    const segment = this.#segments[part];
    const local = row - this.part(part).firstRow;
    const line = segment === undefined ? this.#open.line(local) : segment.resident()?.line(local);
    if (line !== undefined)
      return { bytes: Buffer.from(line.subarray(offset, offset + length)), lineBytes: line.length };
    const spilled = this.#spilled(part);
    return await this.#reading(async () => {
      const page = await this.#memory.pages.page(spilled, local);
      const at = local - page.firstRow;
      const lineBytes = page.table.lineEnd(at + 1) - page.table.lineEnd(at);
      const bytes = await this.#memory.pages.lineBytes(spilled, page, local, offset, length);
      return { bytes: Buffer.from(bytes), lineBytes };
    });
  }

  async timestampAt(row: number): Promise<bigint> {
    const part = this.partOf(row);
    const local = row - this.part(part).firstRow;
    const segment = this.#segments[part];
    const table = segment === undefined ? this.#open.table : segment.resident()?.table;
    if (table !== undefined) return table.timestampNs(local);
    const page = await this.#reading(() => this.#memory.pages.page(this.#spilled(part), local));
    return page.table.timestampNs(local - page.firstRow + 1);
  }

  /** One more user of this store. */
  retain(): void {
    this.#users += 1;
  }

  /** One user less; after the last, memory and file are given back. */
  async release(): Promise<void> {
    this.#users -= 1;
    if (this.#users > 0) return;
    for (const segment of this.#segments) segment.close();
    this.#open.release();
    this.#accountOpen();
    const file = await this.#file?.catch(() => null);
    await file?.[Symbol.asyncDispose]();
  }

  #sawTimes(firstNs: bigint | undefined, lastNs: bigint | undefined): void {
    this.#firstNs ??= firstNs ?? null;
    this.#lastNs = lastNs ?? this.#lastNs;
  }

  #seal(): void {
    const segment = new Segment(this.#openFirstRow, this.#open, this.#memory, () => this.#spillFile());
    this.#segments.push(segment);
    this.#openFirstRow += segment.rowCount;
    this.#open.clear();
  }

  #spillFile(): Promise<SpillFile> {
    this.#file ??= this.#openFile().catch((error: unknown) => {
      this.#file = null;
      throw error;
    });
    return this.#file;
  }

  #accountOpen(): void {
    const capacity = this.#open.capacityBytes;
    if (capacity === this.#openCapacity) return;
    this.#memory.openGrew(capacity - this.#openCapacity);
    this.#openCapacity = capacity;
  }

  #visitInMemory(row: number, maxLineBytes: number, visitor: (row: StoredRow) => void): boolean {
    const part = this.partOf(row);
    const segment = this.#segments[part];
    const rows = segment === undefined ? this.#open : segment.resident();
    if (rows === null) return false;
    const local = row - this.part(part).firstRow;
    const line = rows.line(local);
    visitor({
      row,
      ...fixedFields(rows.table, local),
      line: line.subarray(0, maxLineBytes),
      lineBytes: line.length,
      extra: rows.extraOf(local),
    });
    return true;
  }

  async #visitSpilled(row: number, maxLineBytes: number, visitor: (row: StoredRow) => void): Promise<void> {
    const part = this.partOf(row);
    const spilled = this.#spilled(part);
    const local = row - this.part(part).firstRow;
    const { page, line } = await this.#reading(async () => {
      const found: SpilledPage = await this.#memory.pages.page(spilled, local);
      return { page: found, line: await this.#memory.pages.lineBytes(spilled, found, local, 0, maxLineBytes) };
    });
    const at = local - page.firstRow + 1;
    const extraBase = page.table.extraEnd(0);
    visitor({
      row,
      ...fixedFields(page.table, at),
      line,
      lineBytes: page.table.lineEnd(at) - page.table.lineEnd(at - 1),
      extra: page.extra.subarray(page.table.extraEnd(at - 1) - extraBase, page.table.extraEnd(at) - extraBase),
    });
  }

  #spilled(part: number): SpilledSegment {
    const segment = this.#segments[part];
    if (segment === undefined || segment.storage.kind !== "file") {
      throw new AppError("logs.spill-failed", { problem: "closed" });
    }
    const { file, position } = segment.storage;
    return { id: segment.id, file, position, sizes: segment.summary };
  }

  async #reading<Value>(read: () => Promise<Value>): Promise<Value> {
    try {
      return await read();
    } catch (error) {
      if (error instanceof AppError) throw error;
      const problem = this.closed
        ? "closed"
        : error instanceof Error && "code" in error
          ? String(error.code)
          : "unreadable";
      throw new AppError("logs.spill-failed", { problem }, { cause: error });
    }
  }
}

function fixedFields(table: RowTable, at: number): { timestampNs: bigint; stream: number; level: number } {
  return { timestampNs: table.timestampNs(at), stream: table.stream(at), level: table.level(at) };
}
