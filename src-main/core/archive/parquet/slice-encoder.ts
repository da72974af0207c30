import { mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ArchiveFile } from "../../../../src-shared/model/archive-manifest.ts";
import type { LogBatch } from "../../../../src-shared/model/log-batch.ts";
import type { RedactionPattern } from "../../../../src-shared/model/redaction-pattern.ts";
import { redactBatch } from "../../../../src-shared/redaction/redact-batch.ts";
import type { SliceOptions, WrittenSlice } from "../archive-writer.ts";
import {
  dayFolder,
  removeSliceFiles,
  sliceFileName,
  syncFolder,
  TEMPORARY_PREFIX,
  tenantFolder,
  utcDayName,
  utcDayNumber,
  utcDayStartNs,
} from "./archive-paths.ts";
import { FileSink } from "./file-sink.ts";
import { ParquetLogWriter } from "./parquet-log-writer.ts";
import { guardWrite } from "./write-error.ts";

interface OpenDay {
  readonly day: bigint;
  readonly path: string;
  readonly sink: FileSink;
  readonly writer: ParquetLogWriter;
}

interface ClosedDay {
  readonly temporary: string;
  readonly path: string;
  readonly file: ArchiveFile;
}

/** One slice: a file for each UTC day, written under temporary names and renamed together. Blocks, so it is for workers. */
export class SliceEncoder {
  readonly #options: SliceOptions;
  readonly #tenantPath: string;
  readonly #closed: ClosedDay[] = [];
  readonly #redacted = new Map<RedactionPattern, number>();
  #open: OpenDay | null = null;
  #files = 0;

  /** @throws `files.unwritable` */
  constructor(options: SliceOptions) {
    if (!/^[A-Za-z0-9_-]{1,100}$/.test(options.slice)) throw new Error(`no name of a slice: ${options.slice}`);
    this.#options = options;
    this.#tenantPath = join(options.directory, tenantFolder(options.tenant));
    guardWrite(this.#tenantPath, () => removeSliceFiles(this.#tenantPath, options.slice, "unfinished"));
  }

  /** @throws `files.disk-full`, `files.unwritable` */
  append(given: LogBatch): void {
    const batch = this.#redact(given);
    const times = batch.timestampsNs;
    let from = 0;
    while (from < batch.rowCount) {
      const day = utcDayNumber(times[from] ?? 0n);
      const startNs = utcDayStartNs(day);
      const endNs = utcDayStartNs(day + 1n);
      let to = from + 1;
      while (to < batch.rowCount && inside(times[to] ?? 0n, startNs, endNs)) to += 1;
      this.#writerFor(day).append(batch, from, to);
      from = to;
    }
  }

  /**
   * Files of an earlier try go last: a crash before that leaves a slice that nobody took for finished.
   * @throws `files.disk-full`, `files.unwritable`
   */
  finish(): WrittenSlice {
    this.#closeDay();
    const folders = new Set<string>();
    for (const { temporary, path } of this.#closed) {
      guardWrite(path, () => renameSync(temporary, path));
      folders.add(dirname(path));
    }
    const keep = new Set(this.#closed.map(({ path }) => path));
    guardWrite(this.#tenantPath, () => {
      removeSliceFiles(this.#tenantPath, this.#options.slice, { keep });
      for (const folder of folders) syncFolder(folder);
      if (folders.size > 0) syncFolder(this.#tenantPath);
      if (folders.size > 0) syncFolder(this.#options.directory);
    });
    return {
      files: this.#closed.map(({ file }) => file),
      rows: this.#closed.reduce((sum, { file }) => sum + file.rows, 0),
      redacted: Object.fromEntries(this.#redacted),
    };
  }

  /** Leaves nothing behind. */
  discard(): void {
    this.#open?.sink.close();
    if (this.#open !== null) rmSync(this.#open.sink.file, { force: true });
    for (const { temporary } of this.#closed) rmSync(temporary, { force: true });
    this.#open = null;
    this.#closed.length = 0;
  }

  #redact(batch: LogBatch): LogBatch {
    if (this.#options.redact.length === 0) return batch;
    const { batch: redacted, counts } = redactBatch(batch, this.#options.redact);
    for (const pattern of this.#options.redact) {
      this.#redacted.set(pattern, (this.#redacted.get(pattern) ?? 0) + (counts[pattern] ?? 0));
    }
    return redacted;
  }

  #writerFor(day: bigint): ParquetLogWriter {
    if (this.#open?.day === day) return this.#open.writer;
    this.#closeDay();
    const name = sliceFileName(this.#options.slice, this.#files);
    this.#files += 1;
    const folder = join(this.#tenantPath, dayFolder(utcDayName(day)));
    guardWrite(folder, () => mkdirSync(folder, { recursive: true }));
    const sink = new FileSink(join(folder, `${TEMPORARY_PREFIX}${name}`));
    const writer = new ParquetLogWriter({ sink, labelColumns: this.#options.labelColumns, tenantColumn: false });
    this.#open = { day, path: join(folder, name), sink, writer };
    return writer;
  }

  #closeDay(): void {
    if (this.#open === null) return;
    const { day, path, sink, writer } = this.#open;
    const { rows, lineBytes, minNs, maxNs } = writer.finish();
    const { sizeBytes, sha256 } = sink.closeSynced();
    const dayName = utcDayName(day);
    this.#closed.push({
      temporary: sink.file,
      path,
      file: {
        path: [
          tenantFolder(this.#options.tenant),
          dayFolder(dayName),
          sliceFileName(this.#options.slice, this.#closed.length),
        ].join("/"),
        tenant: this.#options.tenant,
        day: dayName,
        rows,
        lineBytes,
        sizeBytes,
        sha256,
        startNs: minNs.toString(),
        endNs: maxNs.toString(),
      },
    });
    this.#open = null;
  }
}

function inside(ns: bigint, startNs: bigint, endNs: bigint): boolean {
  return ns >= startNs && ns < endNs;
}
