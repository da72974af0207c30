import { stat } from "node:fs/promises";
import { basename } from "node:path";
import type { ArchiveProblem, Provenance } from "../../../../src-shared/model/archive.ts";
import { mergeCompleteness, type Completeness } from "../../../../src-shared/model/completeness.ts";
import type { ArchiveBlock } from "../archive-block.ts";
import type { ArchiveOpener, OpenParts } from "../archive-contents.ts";
import { openArchiveFile } from "./open-archive-file.ts";
import { openArchiveFolder } from "./open-archive-folder.ts";

/** An archive of ours, or one of several that are opened together. */
export interface OpenedArchive {
  readonly blocks: readonly ArchiveBlock[];
  /** Also those of which nothing can be read. */
  readonly tenants: readonly string[];
  readonly problems: readonly ArchiveProblem[];
  readonly completeness: Completeness;
  readonly provenance: Provenance | null;
}

/**
 * Opens archives of ours: folders with a manifest, single files that carry one, and folders whose export did not end: those
 * are incomplete, what is there is readable. `null` where any of the paths is something else.
 *
 * Rows are as they were archived: equal ones stay, since whoever wrote the archive dropped what a Loki would.
 */
export const openKubemateArchive: ArchiveOpener = async (paths, assumptions, parts) => {
  const opened: OpenedArchive[] = [];
  for (const [index, path] of paths.entries()) {
    const onProgress = (fraction: number) => parts.onProgress?.((index + fraction) / paths.length);
    const archive = await openOne(path, assumptions.tenant ?? null, { ...parts, onProgress });
    if (archive === null) return null;
    opened.push(archive);
  }
  const [first, ...others] = opened;
  if (first === undefined) return null;
  const tenants = [...new Set(opened.flatMap((archive) => archive.tenants))].sort();
  return {
    kind: "opened",
    contents: {
      kind: "kubemate",
      title: paths.map((path) => basename(path)).join(", "),
      blocks: opened.flatMap(({ blocks }) => blocks),
      tenants,
      formats: ["parquet"],
      problems: opened.flatMap(({ problems }) => problems),
      completeness: others.reduce((sum, { completeness }) => mergeCompleteness(sum, completeness), first.completeness),
      provenance: others.length === 0 ? first.provenance : null,
      assumptions,
      dropsDuplicates: false,
    },
  };
};

async function openOne(path: string, tenant: string | null, parts: OpenParts): Promise<OpenedArchive | null> {
  const found = await stat(path);
  return found.isDirectory() ? openArchiveFolder(path, parts) : openArchiveFile(path, tenant);
}
