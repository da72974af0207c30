import type { ArchiveFile, ArchiveManifest } from "../../../src-shared/model/archive-manifest.ts";
import type { LabelSet } from "../../../src-shared/model/labels.ts";
import type { LogBatch } from "../../../src-shared/model/log-batch.ts";
import { MAX_NANO_TIME } from "../../../src-shared/model/nano-time.ts";
import type { ImportOptions } from "./archive-import.ts";
import type { BlockProblem } from "./archive-block.ts";
import { GroupsInFlight } from "./groups-in-flight.ts";
import type { ImportCheckpoint } from "./import-checkpoint.ts";
import { basisOf, importColumns, rowsOf } from "./import-columns.ts";
import { ImportPosition, RowSkipper } from "./import-position.ts";
import { ProblemList } from "./import-problems.ts";
import { SliceGroup } from "./slice-group.ts";

/** Rows of one slice before the next ones are begun: what an interrupted import has to write again, a lane. */
const SLICE_ROWS = 1_000_000;

/** What the end of a group of slices stands for. */
interface Mark {
  readonly within: ImportCheckpoint["within"];
  /** Number of the slice behind it. */
  readonly slices: number;
}

/** An import as it goes: what grows from slice to slice. */
export class ImportRun {
  readonly problems: ProblemList;
  readonly #options: ImportOptions;
  readonly #files: ArchiveFile[];
  readonly #done: string[];
  readonly #totalRows: number | null;
  #labelColumns: LabelSet | null;
  #slices: number;
  #linesRead: number;
  #duplicates: number;
  #rows: number;

  constructor(options: ImportOptions) {
    const { contents, checkpoint } = options;
    this.#options = options;
    this.problems = new ProblemList(
      checkpoint?.problems ?? contents.problems,
      checkpoint?.completeness ?? contents.completeness,
    );
    this.#files = [...(checkpoint?.files ?? [])];
    this.#done = [...(checkpoint?.done ?? [])];
    this.#labelColumns = checkpoint?.labelColumns ?? null;
    this.#slices = checkpoint?.slices ?? 0;
    this.#linesRead = checkpoint?.linesRead ?? 0;
    this.#duplicates = checkpoint?.duplicatesDropped ?? 0;
    this.#rows = this.#files.reduce((total, { rows }) => total + rows, 0);
    this.#totalRows = rowsOf(contents, options.tenants);
  }

  async importTenant(tenant: string): Promise<void> {
    const { contents, readRows, signal, checkpoint, sliceRows = SLICE_ROWS, lanes } = this.#options;
    const within = checkpoint?.within?.tenant === tenant ? checkpoint.within : null;
    const position = new ImportPosition();
    let skipper: RowSkipper | null = null;
    if (within !== null) {
      position.rows = within.rows;
      position.lastNs = BigInt(within.lastNs);
      position.takenAtLast = within.takenAtLast;
      skipper = new RowSkipper(position.lastNs, within.takenAtLast);
    }
    const lossesBefore = this.problems.losses;
    const range = position.lastNs === null ? null : { startNs: position.lastNs, endNs: MAX_NANO_TIME + 1n };
    const onProblem = (problem: BlockProblem) => this.problems.add(problem);
    const written = new GroupsInFlight<Mark>((finished) => this.#written(finished.files, finished.mark));
    let group: SliceGroup | null = null;
    try {
      for await (const read of readRows({ contents, tenant, range, onProblem }, signal)) {
        const batch = skipper === null ? read : skipper.rest(read);
        if (batch === null || batch.rowCount === 0) continue;
        position.take(batch);
        this.#rows += batch.rowCount;
        group ??= this.#newGroup(tenant, batch);
        await group.push(this.#labelled(batch));
        this.#report();
        if (group.rows < sliceRows * lanes) continue;
        const full: SliceGroup = group;
        group = null;
        await written.add(full, { within: withinOf(tenant, position), slices: this.#slices });
      }
      if (group !== null) {
        const last: SliceGroup = group;
        group = null;
        await written.add(last, { within: withinOf(tenant, position), slices: this.#slices });
      }
      await written.all();
    } catch (error) {
      await group?.[Symbol.asyncDispose]();
      await written.settled();
      throw error;
    }
    this.#endTenant(tenant, position.rows, this.problems.losses === lossesBefore);
    await this.#options.commit(this.#checkpoint(null));
  }

  manifest(): ArchiveManifest {
    const { provenance } = this.#options;
    return {
      format: "kubemate-archive",
      version: 1,
      tenants: [...new Set(this.#files.map(({ tenant }) => tenant))].sort(),
      labelColumns: this.#labelColumns ?? {},
      files: [...this.#files].sort((a, b) => (a.path < b.path ? -1 : 1)),
      linesRead: this.#linesRead,
      linesWritten: this.#files.reduce((total, { rows }) => total + rows, 0),
      duplicatesDropped: this.#duplicates,
      lineBytes: this.#files.reduce((total, { lineBytes }) => total + lineBytes, 0),
      completeness: this.problems.completeness,
      provenance,
    };
  }

  #newGroup(tenant: string, first: LogBatch): SliceGroup {
    const { writer, directory, tenantOverride, lanes, contents, labels, chooseLabelColumns } = this.#options;
    this.#labelColumns ??= chooseLabelColumns(importColumns(contents, first.streams, labels));
    const group = new SliceGroup({
      writer,
      directory,
      tenant: tenantOverride ?? tenant,
      labelColumns: this.#labelColumns,
      redact: [],
      first: this.#slices,
      lanes,
    });
    // As many numbers as it may use: a slice's name is never used twice.
    this.#slices += lanes;
    return group;
  }

  #labelled(batch: LogBatch): LogBatch {
    const { labels } = this.#options;
    if (Object.keys(labels).length === 0) return batch;
    return { ...batch, streams: batch.streams.map((stream) => ({ ...stream, ...labels })) };
  }

  async #written(files: readonly ArchiveFile[], { within, slices }: Mark): Promise<void> {
    this.#files.push(...files);
    await this.#options.commit(this.#checkpoint(within, slices));
  }

  #endTenant(tenant: string, rows: number, allRead: boolean): void {
    const { contents } = this.#options;
    const stored = rowsOf(contents, [tenant]);
    const dropped = contents.dropsDuplicates && allRead && stored !== null ? Math.max(0, stored - rows) : 0;
    this.#linesRead += rows + dropped;
    this.#duplicates += dropped;
    this.#done.push(tenant);
  }

  #checkpoint(within: ImportCheckpoint["within"], slices = this.#slices): ImportCheckpoint {
    return {
      basis: basisOf(this.#options.contents),
      labelColumns: this.#labelColumns ?? {},
      slices,
      files: [...this.#files],
      linesRead: this.#linesRead,
      duplicatesDropped: this.#duplicates,
      problems: this.problems.list,
      completeness: this.problems.completeness,
      done: [...this.#done],
      within,
    };
  }

  #report(): void {
    const total = this.#totalRows;
    this.#options.report({
      phase: "write",
      fraction: total === null || total === 0 ? null : Math.min(1, this.#rows / total),
      done: this.#rows,
      total,
      unit: "rows",
    });
  }
}

function withinOf(tenant: string, { rows, lastNs, takenAtLast }: ImportPosition): ImportCheckpoint["within"] {
  return lastNs === null ? null : { tenant, rows, lastNs: String(lastNs), takenAtLast };
}
