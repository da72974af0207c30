import { statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { ArchiveProblem } from "../../../../src-shared/model/archive.ts";
import {
  MANIFEST_FILE,
  type ArchiveFile,
  type ArchiveManifest,
} from "../../../../src-shared/model/archive-manifest.ts";
import { mergeCompleteness, type Completeness } from "../../../../src-shared/model/completeness.ts";
import type { ArchiveBlock } from "../archive-block.ts";
import type { OpenParts } from "../archive-contents.ts";
import { archiveFileBlocks } from "./archive-file-blocks.ts";
import { partitionOf } from "./archive-paths.ts";
import { listParquetFiles } from "./list-parquet-files.ts";
import { compareWithManifest, disagreement, namedOnce, staysInside, unnamedFile } from "./manifest-check.ts";
import { readManifest } from "./manifest-file.ts";
import type { OpenedArchive } from "./open-kubemate-archive.ts";
import { knownFile } from "./open-parquet-file.ts";
import { readError } from "./parquet-damage.ts";

/** The names that our writer gives: partitions, then a slice's files. */
const OUR_PATH = /^tenant=[^/]*\/day=[^/]*\/slice-[^/]+\.parquet$/;

/**
 * Opens a folder of ours; `null` where it is none. Files that are missing, damaged or not as the manifest says are problems;
 * whatever else can be read is read. Files that the manifest does not name belong to no archive and are left out.
 */
export async function openArchiveFolder(directory: string, parts: OpenParts): Promise<OpenedArchive | null> {
  const manifest = await manifestOf(directory);
  if (manifest === "none" || manifest instanceof AppError) {
    const names = await readdir(directory);
    const partitioned = names.some((name) => name.startsWith("tenant="));
    const listed = partitioned ? await listParquetFiles(directory, parts.signal) : [];
    const paths = listed.filter((path) => OUR_PATH.test(path));
    if (paths.length === 0 && manifest === "none") return null;
    return openUnfinished(directory, paths, manifest === "none" ? null : manifest, parts);
  }
  return openFinished(directory, manifest, parts);
}

async function manifestOf(directory: string): Promise<ArchiveManifest | "none" | AppError> {
  try {
    return (await readManifest(directory)) ?? "none";
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

async function openFinished(directory: string, manifest: ArchiveManifest, parts: OpenParts): Promise<OpenedArchive> {
  const blocks: ArchiveBlock[] = [];
  const { files, problems: repeated } = namedOnce(manifest.files);
  const problems: ArchiveProblem[] = [...repeated];
  let lost: Completeness = manifest.completeness;
  for (const [index, file] of files.entries()) {
    parts.signal.throwIfAborted();
    const outcome = openNamed(directory, file);
    blocks.push(...outcome.blocks);
    problems.push(...outcome.problems);
    const missing = file.rows - outcome.blocks.reduce((sum, block) => sum + (block.rows ?? 0), 0);
    if (missing > 0) lost = mergeCompleteness(lost, linesMissing(file, missing));
    await breathe(index, files.length, parts);
  }
  const named = new Set(manifest.files.map(({ path }) => path));
  const there = await listParquetFiles(directory, parts.signal);
  problems.push(...there.filter((path) => !named.has(path)).map(unnamedFile));
  return {
    blocks,
    tenants: manifest.tenants,
    problems,
    completeness: lost,
    provenance: manifest.provenance,
  };
}

function openNamed(
  directory: string,
  file: ArchiveFile,
): { readonly blocks: readonly ArchiveBlock[]; readonly problems: readonly ArchiveProblem[] } {
  if (!staysInside(file.path))
    return { blocks: [], problems: [disagreement(file, "its path leads out of the archive")] };
  const path = join(directory, ...file.path.split("/"));
  try {
    const known = knownFile(path, file.path);
    const blocks = archiveFileBlocks(known, file.tenant);
    return { blocks, problems: compareWithManifest(file, known, blocks) };
  } catch (error) {
    const { cause } = error instanceof AppError ? error : { cause: undefined };
    const gone = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    if (gone) return { blocks: [], problems: [disagreement(file, "the file is not there")] };
    const { startNs, endNs } = file;
    const unreadable = { part: file.path, error: readError(file.path, error).toWire(), count: 1, startNs, endNs };
    const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    if (size === file.sizeBytes) return { blocks: [], problems: [unreadable] };
    // Says whether it was cut or has grown, which its bytes alone do not.
    return { blocks: [], problems: [disagreement(file, `${size} bytes instead of ${file.sizeBytes}`), unreadable] };
  }
}

async function openUnfinished(
  directory: string,
  paths: readonly string[],
  manifestError: AppError | null,
  parts: OpenParts,
): Promise<OpenedArchive | null> {
  const missing = new AppError("archive.manifest-disagrees", {
    part: MANIFEST_FILE,
    problem: "it is not there: the export did not end",
  });
  const problems: ArchiveProblem[] = [{ part: MANIFEST_FILE, error: (manifestError ?? missing).toWire(), count: 1 }];
  const blocks: ArchiveBlock[] = [];
  const tenants = new Set<string>();
  let ours = 0;
  for (const [index, path] of paths.entries()) {
    parts.signal.throwIfAborted();
    const tenant = partitionOf(path.split("/")[0] ?? "")?.value ?? "";
    try {
      const known = knownFile(join(directory, ...path.split("/")), path);
      if (known.facts === null) continue;
      ours += 1;
      tenants.add(tenant);
      blocks.push(...archiveFileBlocks(known, tenant));
    } catch (error) {
      problems.push({ part: path, error: readError(path, error).toWire(), count: 1 });
    }
    await breathe(index, paths.length, parts);
  }
  // Somebody else's folder with names like ours.
  if (ours === 0 && manifestError === null) return null;
  return {
    blocks,
    tenants: [...tenants],
    problems,
    completeness: { verdict: "incomplete", reasons: [{ kind: "stopped" }] },
    provenance: null,
  };
}

function linesMissing({ path, startNs, endNs, rows }: ArchiveFile, missing: number): Completeness {
  return {
    verdict: "incomplete",
    reasons: [
      {
        kind: "lines-missing",
        unit: "entries",
        promised: rows,
        read: rows - missing,
        startNs,
        endNs,
        detail: basename(path),
      },
    ],
  };
}

/** Footers are read in one go each; between some of them others have their turn. */
async function breathe(index: number, count: number, { onProgress }: OpenParts): Promise<void> {
  if (index % 4 !== 3) return;
  onProgress?.((index + 1) / count);
  await new Promise<void>((resolve) => setImmediate(resolve));
}
