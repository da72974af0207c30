import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { ArchiveAssumptions, ArchiveProblem } from "../../../../src-shared/model/archive.ts";
import { COMPLETE } from "../../../../src-shared/model/completeness.ts";
import type { LabelSet } from "../../../../src-shared/model/labels.ts";
import type { ArchiveBlock, ForeignColumns } from "../archive-block.ts";
import type { ArchiveOpener } from "../archive-contents.ts";
import { partitionOf } from "./archive-paths.ts";
import { findForeignColumns, type FoundColumns } from "./foreign-columns.ts";
import { foreignFileBlocks } from "./foreign-file-blocks.ts";
import { isLabelColumn, unitOfNumbers } from "./foreign-sample.ts";
import { listParquetFiles } from "./list-parquet-files.ts";
import { readError } from "./parquet-damage.ts";
import { readFooter, type ParquetFooter } from "./parquet-footer.ts";

/** The tenant where neither a folder nor a person says one. */
const NO_TENANT = "archive";

interface FoundFile {
  readonly path: string;
  readonly part: string;
  readonly labels: LabelSet;
  readonly tenant: string | null;
}

/**
 * Opens Parquet of others: files, or a folder of files (Hive partitions become labels, `tenant=` the tenant). Texts of few
 * values become labels, by the first file; other texts and whole numbers become structured metadata. Times by the wall clock
 * are of the zone that a person says, else of UTC, and the contents' assumptions say so.
 *
 * @throws `archive.columns-missing` where no column is a time, or none a line; `archive.damaged`, `archive.truncated`
 */
export const openForeignParquet: ArchiveOpener = async (paths, assumptions, parts) => {
  const files = await foundFiles(paths, parts.signal);
  if (files === null) return null;
  const reader = new ForeignFiles(assumptions);
  for (const [index, file] of files.entries()) {
    parts.signal.throwIfAborted();
    if ((await reader.open(file)) === "no-parquet" && files.length === 1) return null;
    parts.onProgress?.((index + 1) / files.length);
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  const { blocks, problems, opened, firstError, local, unread } = reader;
  if (opened === 0) {
    if (firstError === null) return null;
    throw firstError;
  }
  return {
    kind: "opened",
    contents: {
      kind: "parquet",
      title: paths.map((path) => basename(path)).join(", "),
      blocks,
      tenants: [...reader.tenants].sort(),
      formats: ["parquet", ...(unread.size === 0 ? [] : [`parquet without ${[...unread].join(", ").slice(0, 200)}`])],
      problems,
      completeness: problems.length === 0 ? COMPLETE : { verdict: "incomplete", reasons: [] },
      provenance: null,
      assumptions: local ? { ...assumptions, zone: assumptions.zone ?? "UTC" } : assumptions,
      dropsDuplicates: false,
    },
  };
};

/** Opens file after file; what is a label is decided once, so that a stream is the same in all of them. */
class ForeignFiles {
  readonly blocks: ArchiveBlock[] = [];
  readonly problems: ArchiveProblem[] = [];
  readonly tenants = new Set<string>();
  readonly unread = new Set<string>();
  opened = 0;
  firstError: AppError | null = null;
  local = false;
  readonly #assumptions: ArchiveAssumptions;
  readonly #isLabel = new Map<string, boolean>();

  constructor(assumptions: ArchiveAssumptions) {
    this.#assumptions = assumptions;
  }

  async open(file: FoundFile): Promise<"opened" | "failed" | "no-parquet"> {
    try {
      const footer = readFooter(file.path, file.part);
      if (footer === null) return "no-parquet";
      const found = findForeignColumns(footer);
      const foreign = this.#columns(footer, found, file);
      const tenant = file.tenant ?? this.#assumptions.tenant ?? NO_TENANT;
      const { blocks, problems } = await foreignFileBlocks(footer, foreign, tenant, file.part);
      this.blocks.push(...blocks);
      this.problems.push(...problems);
      this.tenants.add(tenant);
      for (const name of found.unread) this.unread.add(name);
      this.local ||= found.time?.local === true;
      this.opened += 1;
      return "opened";
    } catch (error) {
      const known = readError(file.part, error);
      this.firstError ??= known;
      this.problems.push({ part: file.part, error: known.toWire(), count: 1 });
      return "failed";
    }
  }

  #columns(footer: ParquetFooter, { time, line, others, maps }: FoundColumns, file: FoundFile): ForeignColumns {
    if (time === null || line === null) {
      const missing = [...(time === null ? ["timestamp"] : []), ...(line === null ? ["line"] : [])];
      throw new AppError("archive.columns-missing", { file: file.part, columns: missing.join(", ") });
    }
    const said = { ...file.labels, ...this.#assumptions.labels };
    const isLabel = (name: string, column: number): boolean => {
      const known = this.#isLabel.get(name) ?? isLabelColumn(footer, column);
      this.#isLabel.set(name, known);
      return known;
    };
    const labels = others.filter(({ name, column }) => isLabel(name, column));
    const foundMaps = maps.map(({ name, keys, values }) => ({
      becomes: /^(labels|stream|stream_labels)$/i.test(name) ? ("labels" as const) : ("metadata" as const),
      keys,
      values,
    }));
    // A selector needs a matcher that "" does not match: rows without any label could not be asked for.
    const nameless =
      labels.length + Object.keys(said).length === 0 && foundMaps.every(({ becomes }) => becomes !== "labels");
    return {
      time: {
        column: time.column,
        unit: time.unit ?? unitOfNumbers(footer, time.column, file.part),
        zone: time.local ? (this.#assumptions.zone ?? "UTC") : null,
      },
      line,
      labels,
      metadata: others.filter((other) => !labels.includes(other)),
      maps: foundMaps,
      fixedLabels: nameless ? { filename: basename(file.part) } : said,
    };
  }
}

/** `null` where a path is a folder without Parquet. */
async function foundFiles(paths: readonly string[], signal: AbortSignal): Promise<FoundFile[] | null> {
  const files: FoundFile[] = [];
  for (const path of paths) {
    if (!(await stat(path)).isDirectory()) {
      files.push({ path, part: basename(path), labels: {}, tenant: null });
      continue;
    }
    const found = await listParquetFiles(path, signal);
    if (found.length === 0) return null;
    files.push(...found.map((part) => ({ path: join(path, ...part.split("/")), part, ...partitionsOf(part) })));
  }
  return files;
}

function partitionsOf(part: string): { readonly labels: LabelSet; readonly tenant: string | null } {
  const pairs = part.split("/").flatMap((folder) => partitionOf(folder) ?? []);
  const tenant = pairs.find(({ key }) => key === "tenant")?.value ?? null;
  const labels = pairs.filter(({ key }) => key !== "tenant").map(({ key, value }) => [key, value] as const);
  return { labels: Object.fromEntries(labels), tenant };
}
