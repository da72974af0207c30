import { ParquetWriter } from "hyparquet-writer";
import type { ColumnChunk } from "hyparquet";
import { STREAMS_KEY } from "../../../../src-shared/model/archive-manifest.ts";
import type { LabelSet } from "../../../../src-shared/model/labels.ts";
import type { LogBatch } from "../../../../src-shared/model/log-batch.ts";
import {
  archiveSchema,
  GROUPS_KEY,
  LABELS_COLUMN,
  LABEL_COLUMNS_KEY,
  METADATA_COLUMN,
  PARSED_COLUMN,
  STREAM_COLUMN,
  TENANT_COLUMN,
  TIME_COLUMN,
} from "./archive-columns.ts";
import { NOTHING, writeColumnChunk } from "./column-chunk-writer.ts";
import type { FileSink } from "./file-sink.ts";
import { groupExtras } from "./group-extras.ts";
import { writeLineColumns } from "./line-pages.ts";
import { RowGroupBuffer } from "./row-group-buffer.ts";
import { NAMED_STREAMS, type RowGroupFacts } from "./row-group-facts.ts";
import { writeConstantColumn, writeLabelColumn, writeMapColumn, type SetColumn } from "./string-columns.ts";

export interface LogWriterOptions {
  readonly sink: FileSink;
  readonly labelColumns: LabelSet;
  /** Writes a column with this tenant; for files that are not in a tenant's partition. */
  readonly tenantColumn: boolean;
}

export interface LogWriterTotals {
  readonly rows: number;
  readonly lineBytes: number;
  readonly minNs: bigint;
  readonly maxNs: bigint;
}

/** Writes rows as one Parquet file of ours. Row groups are written when they are full, so memory holds one. */
export class ParquetLogWriter {
  readonly #options: LogWriterOptions;
  readonly #parquet: ParquetWriter;
  readonly #group = new RowGroupBuffer();
  readonly #streams: LabelSet[] = [];
  readonly #streamNumbers = new Map<string, number>();
  readonly #facts: RowGroupFacts[] = [];
  #tenant = "";
  #rows = 0;
  #lineBytes = 0;
  #minNs: bigint | null = null;
  #maxNs: bigint | null = null;

  constructor(options: LogWriterOptions) {
    this.#options = options;
    this.#parquet = new ParquetWriter({
      writer: options.sink,
      schema: archiveSchema(options.labelColumns, options.tenantColumn),
      createdBy: "kubemate-console",
    });
  }

  /** Rows `[from, to)` of a batch, which must not change any more. */
  append(batch: LogBatch, from: number, to: number): void {
    const numbers = Uint32Array.from(batch.streams, (stream) => this.#streamNumber(stream));
    let row = from;
    while (row < to) {
      row = this.#group.take(batch, row, to, numbers);
      if (row < to || this.#group.full) this.endGroup();
    }
  }

  /** Rows that follow are this tenant's; row groups never mix tenants. */
  beginTenant(tenant: string): void {
    if (tenant !== this.#tenant) this.endGroup();
    this.#tenant = tenant;
  }

  /** Writes the footer; the sink is whole then, but not closed. */
  finish(keyValues: readonly { readonly key: string; readonly value: string }[] = []): LogWriterTotals {
    this.endGroup();
    this.#parquet.kvMetadata = [
      { key: STREAMS_KEY, value: JSON.stringify(this.#streams) },
      { key: GROUPS_KEY, value: JSON.stringify(this.#facts) },
      { key: LABEL_COLUMNS_KEY, value: JSON.stringify(this.#options.labelColumns) },
      ...keyValues,
    ];
    // The sink writes at once, so there is nothing to wait for.
    void this.#parquet.finish();
    return { rows: this.#rows, lineBytes: this.#lineBytes, minNs: this.#minNs ?? 0n, maxNs: this.#maxNs ?? 0n };
  }

  endGroup(): void {
    const group = this.#group;
    if (group.rows === 0) return;
    const { sink } = this.#options;
    const began = sink.offset;
    const times = group.timestamps();
    const streams: SetColumn = { sets: this.#streams, refs: group.streamNumbers() };
    const { metadata, parsed } = groupExtras(group.spans, group.rows);
    const lines = group.spans.map(({ batch, from, to }) => ({
      bytes: batch.lineBytes,
      offsets: batch.lineOffsets,
      from,
      to,
    }));
    const { minNs, maxNs, ascending } = boundsOf(times);
    const timeChunk = this.#writePlain(TIME_COLUMN, "INT64", bytesOf(times), group.rows);
    if (timeChunk.meta_data !== undefined) {
      timeChunk.meta_data.statistics = { null_count: 0n, min_value: minNs, max_value: maxNs };
    }
    const lineChunks = writeLineColumns(sink, lines, group.rows);
    const columns: ColumnChunk[] = [
      timeChunk,
      ...lineChunks,
      this.#writePlain(STREAM_COLUMN, "INT32", bytesOf(streams.refs), group.rows),
      ...(this.#options.tenantColumn ? [writeConstantColumn(sink, TENANT_COLUMN, this.#tenant, group.rows)] : []),
      ...Object.entries(this.#options.labelColumns).map(([label, column]) =>
        writeLabelColumn(sink, column, label, streams),
      ),
      ...writeMapColumn(sink, LABELS_COLUMN, streams),
      ...writeMapColumn(sink, METADATA_COLUMN, metadata),
      ...writeMapColumn(sink, PARSED_COLUMN, parsed),
    ];
    this.#parquet.row_groups.push({
      columns,
      total_byte_size: columns.reduce((sum, { meta_data }) => sum + (meta_data?.total_uncompressed_size ?? 0n), 0n),
      num_rows: BigInt(group.rows),
      total_compressed_size: BigInt(sink.offset - began),
      // By time, the first column; for readers that make use of it.
      ...(ascending ? { sorting_columns: [{ column_idx: 0, descending: false, nulls_first: false }] } : {}),
    });
    this.#parquet.num_rows += BigInt(group.rows);
    const rawNulls = lineChunks[1]?.meta_data?.statistics?.null_count ?? 0n;
    const named = new Set(streams.refs);
    this.#facts.push({
      s: named.size > NAMED_STREAMS ? null : [...named].sort((a, b) => a - b),
      b: group.lineBytes,
      m: countSet(metadata),
      p: countSet(parsed),
      r: group.rows - Number(rawNulls),
      o: ascending,
      ...(this.#options.tenantColumn ? { t: this.#tenant } : {}),
    });
    this.#rows += group.rows;
    this.#lineBytes += group.lineBytes;
    if (this.#minNs === null || minNs < this.#minNs) this.#minNs = minNs;
    if (this.#maxNs === null || maxNs > this.#maxNs) this.#maxNs = maxNs;
    group.clear();
  }

  #streamNumber(labels: LabelSet): number {
    const key = JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
    const known = this.#streamNumbers.get(key);
    if (known !== undefined) return known;
    this.#streamNumbers.set(key, this.#streams.length);
    this.#streams.push(labels);
    return this.#streams.length - 1;
  }

  #writePlain(column: string, type: "INT32" | "INT64", body: Uint8Array, rows: number): ColumnChunk {
    const page = {
      values: rows,
      nulls: 0,
      rows,
      repetition: NOTHING,
      definition: NOTHING,
      body,
      encoding: "PLAIN",
    } as const;
    return writeColumnChunk(this.#options.sink, {
      element: { name: column, type },
      path: [column],
      dictionary: null,
      pages: [page],
      statistics: undefined,
    });
  }
}

/** As they lie in memory: every machine that this program runs on is little-endian, as the format is. */
function bytesOf(values: BigInt64Array | Uint32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

function boundsOf(times: BigInt64Array): { minNs: bigint; maxNs: bigint; ascending: boolean } {
  let minNs = times[0] ?? 0n;
  let maxNs = minNs;
  let last = minNs;
  let ascending = true;
  for (const ns of times) {
    if (ns < last) ascending = false;
    if (ns < minNs) minNs = ns;
    if (ns > maxNs) maxNs = ns;
    last = ns;
  }
  return { minNs, maxNs, ascending };
}

/** Rows with any set but the empty one, which is the first. */
function countSet({ refs }: SetColumn): number {
  let count = 0;
  for (const ref of refs) if (ref !== 0) count += 1;
  return count;
}
