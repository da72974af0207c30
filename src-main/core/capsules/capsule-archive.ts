import type { ArchiveFile } from "../../../src-shared/model/archive-manifest.ts";
import type { Provenance } from "../../../src-shared/model/archive.ts";
import { COMPLETE, mergeCompleteness, type Completeness } from "../../../src-shared/model/completeness.ts";
import type { LabelSet } from "../../../src-shared/model/labels.ts";
import type { LogBatch } from "../../../src-shared/model/log-batch.ts";
import type { LogQuery } from "../../../src-shared/model/log-query.ts";
import type { RedactionPattern } from "../../../src-shared/model/redaction-pattern.ts";
import type { SliceWriter } from "../archive/archive-writer.ts";
import type { ProgressReport } from "../jobs/job-definition.ts";
import type { LogSource } from "../logs/log-source.ts";
import type { CapsuleInput, CapsuleParts } from "./capsule-create.job.ts";
import { capsuleReads } from "./capsule-reads.ts";
import { reversedRows } from "./reversed-rows.ts";

const SLICE_ROWS = 500_000;
/** Lines of newest-first rows that are held until they can be turned around. */
const REVERSE_BYTES = 64 * 2 ** 20;

export interface CapsuleArchiveOptions extends Pick<CapsuleParts, "writer" | "chooseLabelColumns" | "writeManifest"> {
  readonly directory: string;
  readonly redact: readonly RedactionPattern[];
  readonly report: (progress: ProgressReport) => void;
}

type CapsuleQueryInput = CapsuleInput["queries"][number];

/** The archive inside a capsule, as it is written query by query. */
export class CapsuleArchive {
  readonly redacted: Record<string, number> = {};
  rows = 0;
  readonly #options: CapsuleArchiveOptions;
  readonly #files: ArchiveFile[] = [];
  #labelColumns: LabelSet | null = null;
  #slices = 0;
  #read = 0;

  constructor(options: CapsuleArchiveOptions) {
    this.#options = options;
  }

  /** Reads one query to its limit or its end. */
  async add(
    source: LogSource,
    { query: expr, startNs, endNs, direction, limit }: CapsuleQueryInput,
    tenant: string,
    signal: AbortSignal,
  ): Promise<{ readonly rows: number; readonly completeness: Completeness }> {
    const before = this.#read;
    const range = { startNs: BigInt(startNs), endNs: BigInt(endNs) };
    let completeness = COMPLETE;
    const batches = async function* (query: LogQuery): AsyncGenerator<LogBatch> {
      for await (const event of source.read(query, signal)) {
        if (event.kind === "end") completeness = mergeCompleteness(completeness, event.completeness);
        if (event.kind === "batch" && event.batch.rowCount > 0) yield event.batch;
      }
    };
    for (const query of capsuleReads({ expr, range, direction, limit })) {
      if (query.direction === "forward") await this.#writeForward(batches(query), tenant);
      else await this.#writeBackward(batches(query), tenant);
    }
    return { rows: this.#read - before, completeness };
  }

  async finish(completeness: Completeness, provenance: Provenance): Promise<void> {
    const files = [...this.#files].sort((a, b) => (a.path < b.path ? -1 : 1));
    await this.#options.writeManifest(this.#options.directory, {
      format: "kubemate-archive",
      version: 1,
      tenants: [...new Set(files.map(({ tenant }) => tenant))].sort(),
      labelColumns: this.#labelColumns ?? {},
      files,
      linesRead: this.#read,
      linesWritten: this.rows,
      duplicatesDropped: 0,
      lineBytes: files.reduce((total, { lineBytes }) => total + lineBytes, 0),
      completeness,
      provenance,
    });
  }

  async #writeForward(batches: AsyncIterable<LogBatch>, tenant: string): Promise<void> {
    let slice: SliceWriter | null = null;
    let rows = 0;
    try {
      for await (const batch of batches) {
        this.#took(batch);
        slice ??= await this.#openSlice(tenant, batch);
        rows += batch.rowCount;
        await slice.append(batch);
        if (rows < SLICE_ROWS) continue;
        await this.#finishSlice(slice);
        slice = null;
        rows = 0;
      }
      if (slice !== null) await this.#finishSlice(slice);
    } catch (error) {
      await slice?.[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** A slice wants its rows ascending: some are gathered and turned around; slices among each other have no order. */
  async #writeBackward(batches: AsyncIterable<LogBatch>, tenant: string): Promise<void> {
    let gathered: LogBatch[] = [];
    let bytes = 0;
    const flush = async () => {
      const [first] = gathered;
      if (first === undefined) return;
      await using slice = await this.#openSlice(tenant, first);
      for (const batch of gathered.toReversed()) await slice.append(reversedRows(batch));
      gathered = [];
      bytes = 0;
      await this.#finishSlice(slice);
    };
    for await (const batch of batches) {
      this.#took(batch);
      gathered.push(batch);
      bytes += batch.lineBytes.byteLength + batch.extraBytes.byteLength + batch.rowCount * 32;
      if (bytes >= REVERSE_BYTES) await flush();
    }
    await flush();
  }

  #took({ rowCount }: LogBatch): void {
    this.#read += rowCount;
    this.#options.report({ phase: "read", fraction: null, done: this.#read, total: null, unit: "rows" });
  }

  async #openSlice(tenant: string, first: LogBatch): Promise<SliceWriter> {
    const { writer, directory, redact, chooseLabelColumns } = this.#options;
    this.#labelColumns ??= chooseLabelColumns(first.streams);
    const slice = String(this.#slices++).padStart(6, "0");
    return writer.openSlice({ directory, tenant, slice, labelColumns: this.#labelColumns, redact });
  }

  async #finishSlice(slice: SliceWriter): Promise<void> {
    const { files, rows, redacted } = await slice.finish();
    this.#files.push(...files);
    this.rows += rows;
    for (const [pattern, count] of Object.entries(redacted)) {
      this.redacted[pattern] = (this.redacted[pattern] ?? 0) + count;
    }
  }
}
