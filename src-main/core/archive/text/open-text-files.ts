import { basename } from "node:path";
import PQueue from "p-queue";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { ArchiveAssumptions, ArchiveProblem, FileFormat } from "../../../../src-shared/model/archive.ts";
import { COMPLETE, type Completeness } from "../../../../src-shared/model/completeness.ts";
import type { LineReading } from "../archive-block.ts";
import type { OpenOutcome, OpenParts } from "../archive-contents.ts";
import { containerPathLabels } from "./container-path-labels.ts";
import { indexTextFile, type IndexOptions } from "./index-text-file.ts";
import { FilePreparer, type Prepared, type PreparedFile } from "./prepare-text-file.ts";
import { tenantBlocks, type TenantBlocks } from "./tenant-blocks.ts";
import { listTextFiles } from "./text-file-list.ts";
import { indexProblems } from "./text-problems.ts";
import { openQuestions } from "./text-questions.ts";
import { zoneOffsets } from "./times/zone-offsets.ts";

/** What lines belong to whose files name no tenant, where nobody said one. */
export const FILES_TENANT = "files";

/** Blocks that are indexed at once. */
const CONCURRENT_BLOCKS = 4;

/** Formats that come from a Loki, which stores equal entries once. */
const LOKI_FORMATS: readonly FileFormat[] = ["kubemate-ndjson", "loki-push", "logcli-jsonl"];

/** The share of preparing (unpacking, transcoding) in the progress. */
const PREPARING = 0.5;

/**
 * Opens log files, or folders that hold nothing else, as one archive; `null` where they are no text. Format, encoding and
 * time rule are found file by file; what a file does not say (zone, year, any time at all, day or month first) is asked. A
 * binary or empty file among others is a problem of the archive; an empty one alone is `archive.empty`.
 *
 * Rejects with `archive.assumption-invalid`, `archive.unpack-too-large`, `archive.damaged` (a ZIP without its directory),
 * `archive.changed`, `files.unreadable`, `files.disk-full` and the signal's reason.
 */
export async function openTextFiles(
  paths: readonly string[],
  assumptions: ArchiveAssumptions,
  parts: OpenParts,
): Promise<OpenOutcome | null> {
  if (assumptions.zone !== undefined) zoneOffsets(assumptions.zone);
  const prepared: Prepared = { preparations: [], problems: [] };
  const listed = await listTextFiles(paths, parts.signal);
  const preparer = new FilePreparer(parts, assumptions);
  for (const [done, file] of listed.entries()) {
    // oxlint-disable-next-line no-await-in-loop -- one after another, as on the disk
    await preparer.prepare(file, prepared, (fraction) => {
      parts.onProgress?.((PREPARING * (done + fraction)) / listed.length);
    });
  }
  const files = prepared.preparations.flatMap((found) => (found.kind === "file" ? [found.file] : []));
  const binaries = prepared.preparations.filter(({ kind }) => kind === "binary").length;
  if (binaries > files.length || (files.length === 0 && prepared.preparations.length === 0)) return null;
  if (files.length === 0) {
    if (binaries > 0) return null;
    throw nothingLeft(basename(paths[0] ?? ""), prepared.problems);
  }
  const questions = openQuestions(files, assumptions);
  if (questions.length > 0) return { kind: "questions", questions };
  const found = await indexFiles(files, assumptions, parts);
  const problems = [...prepared.problems, ...leftOut(prepared), ...found.problems];
  return {
    kind: "opened",
    contents: {
      kind: "files",
      title: titleOf(paths),
      blocks: found.blocks,
      tenants: [...new Set(found.blocks.map(({ tenant }) => tenant))].sort(),
      formats: [...new Set(files.map(formatName))],
      problems,
      completeness: completenessOf(problems),
      provenance: null,
      assumptions,
      dropsDuplicates: files.every((file) => LOKI_FORMATS.includes(file.found.format)),
    },
  };
}

async function indexFiles(
  files: readonly PreparedFile[],
  assumptions: ArchiveAssumptions,
  parts: OpenParts,
): Promise<TenantBlocks> {
  const totalBytes = files.reduce((total, { sizeBytes }) => total + sizeBytes, 0);
  let indexedBytes = 0;
  const options: IndexOptions = {
    inspector: parts.inspector,
    queue: new PQueue({ concurrency: CONCURRENT_BLOCKS }),
    signal: parts.signal,
    onBlock: (bytes) => {
      indexedBytes += bytes;
      parts.onProgress?.(PREPARING + ((1 - PREPARING) * indexedBytes) / totalBytes);
    },
  };
  const names = streamNames(files);
  let indexed: readonly TenantBlocks[];
  try {
    indexed = await Promise.all(
      files.map(async (file, at): Promise<TenantBlocks> => {
        const reading = readingOf(file, names[at] ?? file.part, assumptions);
        const blocks = await indexTextFile(file, reading, options);
        const { blocks: archived } = await tenantBlocks(blocks, assumptions.tenant ?? FILES_TENANT, options);
        return { blocks: archived, problems: indexProblems(file.part, blocks) };
      }),
    );
  } catch (error) {
    // What runs still reads the work directory, which goes away now.
    options.queue.clear();
    await options.queue.onIdle();
    throw error;
  }
  return {
    blocks: indexed.flatMap(({ blocks }) => blocks),
    problems: indexed.flatMap(({ problems }) => problems),
  };
}

function readingOf(file: PreparedFile, filename: string, assumptions: ArchiveAssumptions): LineReading {
  const { format, times } = file.found;
  const added = assumptions.labels ?? {};
  const ownLabels = format === "cri" || format === "docker-json" ? containerPathLabels(file.sourcePath) : {};
  return {
    // A push body was written again as entries of one line each.
    format: format === "loki-push" ? "kubemate-ndjson" : format,
    timeRule: times?.rule.name ?? null,
    zone: assumptions.zone ?? null,
    year: assumptions.year ?? null,
    labels: { ...ownLabels, filename, ...added },
    addedLabels: added,
    tenants: null,
    timelessFromNs: assumptions.timelessFromNs === undefined ? null : BigInt(assumptions.timelessFromNs),
  };
}

/** The label `filename`: the base name, or the whole path inside the folder where files of one name lie in several. */
function streamNames(files: readonly PreparedFile[]): string[] {
  const counts = new Map<string, number>();
  for (const { part } of files) counts.set(basename(part), (counts.get(basename(part)) ?? 0) + 1);
  return files.map(({ part }) => (counts.get(basename(part)) === 1 ? basename(part) : part));
}

/** Why no file has a line: it was cut off or damaged before its first one, or it is empty. */
function nothingLeft(file: string, [problem]: readonly ArchiveProblem[]): AppError {
  const { atByte, problem: text } = problem?.error.params ?? {};
  if (problem?.error.code === "archive.truncated") {
    return new AppError("archive.truncated", { part: problem.part, atByte: Number(atByte) });
  }
  if (problem?.error.code === "archive.damaged") {
    return new AppError("archive.damaged", { part: problem.part, problem: String(text) });
  }
  return new AppError("archive.empty", { file });
}

/** Files among the others that could not be read at all. */
function leftOut(prepared: Prepared): ArchiveProblem[] {
  return prepared.preparations.flatMap((found): ArchiveProblem[] => {
    if (found.kind === "file") return [];
    const code = found.kind === "binary" ? "archive.not-recognised" : "archive.empty";
    return [{ part: found.part, error: new AppError(code, { file: found.part }).toWire(), count: 1 }];
  });
}

/** Problems of single lines leave every line there; the others mean that some are not. */
const HARMLESS: readonly string[] = ["archive.empty", "archive.lines-unreadable", "archive.times-unrepresentable"];

function completenessOf(problems: readonly ArchiveProblem[]): Completeness {
  const grave = problems.filter(({ error }) => !HARMLESS.includes(error.code));
  if (grave.length === 0) return COMPLETE;
  return {
    verdict: "incomplete",
    reasons: grave.map(({ part, error }) => ({ kind: "partial-failure", part, code: error.code })),
  };
}

function formatName({ found, encoding }: PreparedFile): string {
  const rule = found.times === null ? "" : `: ${found.times.rule.name}`;
  return `${found.format}${rule}${encoding === "utf-8" ? "" : `, ${encoding}`}`;
}

function titleOf(paths: readonly string[]): string {
  const first = basename(paths[0] ?? "");
  return paths.length > 1 ? `${first} +${paths.length - 1}` : first;
}
