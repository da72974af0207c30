import { join } from "node:path";
import type { ArchiveManifest } from "../../src-shared/model/archive-manifest.ts";
import { COMPLETE } from "../../src-shared/model/completeness.ts";
import type { LabelSet } from "../../src-shared/model/labels.ts";
import type { ArchiveBlock, BlockRows } from "../../src-main/core/archive/archive-block.ts";
import type {
  ArchiveContents,
  ArchiveOpener,
  BlockInspector,
  OpenParts,
} from "../../src-main/core/archive/archive-contents.ts";
import type { WrittenSlice } from "../../src-main/core/archive/archive-writer.ts";
import { createParquetBlockDecoder } from "../../src-main/core/archive/parquet/decode-parquet-block.ts";
import { chooseLabelColumns } from "../../src-main/core/archive/parquet/label-columns.ts";
import { writeManifest } from "../../src-main/core/archive/parquet/manifest-file.ts";
import { SliceEncoder } from "../../src-main/core/archive/parquet/slice-encoder.ts";
import { systemClock } from "../../src-main/core/common/clock.ts";
import { logBatch, type PlainRow } from "./log-batches.ts";
import { RecordingLogger } from "./recording-logger.ts";

/** A row as it comes back from an archive. */
export interface ReadRow {
  readonly tenant: string;
  readonly timestampNs: bigint;
  readonly labels: LabelSet;
  readonly line: Buffer;
  readonly metadata: LabelSet | undefined;
  readonly parsed: LabelSet | undefined;
}

/** Writes rows, in batches of `batchRows`, as one slice on this thread. */
export function writeSlice(
  directory: string,
  rows: readonly PlainRow[],
  options: { readonly tenant?: string; readonly slice?: string; readonly batchRows?: number } = {},
): WrittenSlice {
  const encoder = new SliceEncoder({
    directory,
    tenant: options.tenant ?? "acme",
    slice: options.slice ?? "000000",
    labelColumns: chooseLabelColumns(rows.map(({ labels }) => labels)),
    redact: [],
  });
  const size = options.batchRows ?? 1_000;
  for (let from = 0; from < rows.length; from += size) encoder.append(logBatch(rows.slice(from, from + size)));
  return encoder.finish();
}

export function manifestOf(slices: readonly WrittenSlice[], labelColumns: LabelSet = {}): ArchiveManifest {
  const files = slices.flatMap((slice) => slice.files);
  const rows = files.reduce((sum, file) => sum + file.rows, 0);
  return {
    format: "kubemate-archive",
    version: 1,
    tenants: [...new Set(files.map(({ tenant }) => tenant))],
    labelColumns,
    files,
    linesRead: rows,
    linesWritten: rows,
    duplicatesDropped: 0,
    lineBytes: files.reduce((sum, file) => sum + file.lineBytes, 0),
    completeness: COMPLETE,
    provenance: {
      site: "test",
      query: "{}",
      startNs: null,
      endNs: null,
      exportedAt: "2026-11-22T10:00:00Z",
      exportedBy: "nobody",
      program: "test",
      redacted: {},
      files: [],
      assumptions: {},
    },
  };
}

/** A whole archive: each tenant's rows in a slice of its own, and the manifest. */
export async function writeArchive(directory: string, byTenant: Readonly<Record<string, readonly PlainRow[]>>) {
  const slices = Object.entries(byTenant).map(([tenant, rows], index) =>
    writeSlice(directory, rows, { tenant, slice: String(index).padStart(6, "0") }),
  );
  const labelColumns = chooseLabelColumns(Object.values(byTenant).flatMap((rows) => rows.map(({ labels }) => labels)));
  const manifest = manifestOf(slices, labelColumns);
  await writeManifest(directory, manifest);
  return manifest;
}

const noInspector: BlockInspector = {
  indexText: () => Promise.reject(new Error("Parquet asks no inspector")),
  chunkHead: () => Promise.reject(new Error("Parquet asks no inspector")),
};

export function openParts(directory: string): OpenParts {
  return {
    inspector: noInspector,
    workDirectory: join(directory, "work"),
    unpackMaxBytes: 0,
    clock: systemClock,
    logger: new RecordingLogger(),
    signal: new AbortController().signal,
  };
}

/** Opens what is at a path; fails where the opener does not know it. */
export async function openContents(
  opener: ArchiveOpener,
  path: string,
  assumptions: Parameters<ArchiveOpener>[1] = {},
): Promise<ArchiveContents> {
  const outcome = await opener([path], assumptions, openParts(path));
  if (outcome?.kind !== "opened") throw new Error(`not opened: ${outcome?.kind ?? "unknown to this opener"}`);
  return outcome.contents;
}

/** All rows of blocks in their order, with what could not be read. */
export async function readBlocks(
  blocks: readonly ArchiveBlock[],
): Promise<{ readonly rows: ReadRow[]; readonly problems: string[] }> {
  const decode = createParquetBlockDecoder();
  const rows: ReadRow[] = [];
  const problems: string[] = [];
  for (const block of blocks) {
    if (block.place.kind !== "parquet") throw new Error(`a block of ${block.place.kind}`);
    const decoded = await decode(block.place);
    rows.push(...plainRows(decoded, block.tenant));
    problems.push(...decoded.problems.map(({ error, part }) => `${error.code} ${part}`));
  }
  return { rows, problems };
}

export function plainRows(decoded: BlockRows, tenant: string): ReadRow[] {
  return Array.from({ length: decoded.rowCount }, (_, row) => ({
    tenant,
    timestampNs: decoded.timestampsNs[row] ?? 0n,
    labels: decoded.streams[decoded.streamRefs[row] ?? -1] ?? {},
    line: Buffer.from(decoded.bytes.subarray(decoded.lineStarts[row], decoded.lineEnds[row])),
    metadata: decoded.metadata?.(row),
    parsed: decoded.parsed?.(row),
  }));
}

/** What `readBlocks` has to answer for rows as they were written. Empty sets are none. */
export function expectedRow(row: PlainRow, tenant = "acme"): ReadRow {
  const set = (labels: LabelSet | undefined) =>
    labels === undefined || Object.keys(labels).length === 0 ? undefined : labels;
  return {
    tenant,
    timestampNs: row.timestampNs,
    labels: row.labels,
    line: Buffer.from(row.line as Uint8Array),
    metadata: set(row.metadata),
    parsed: set(row.parsed),
  };
}
