import { basename, dirname } from "node:path";
import { isAppError } from "../../../../src-shared/errors/app-error.ts";
import { MANIFEST_KEY } from "../../../../src-shared/model/archive-manifest.ts";
import { UNKNOWN_COMPLETENESS } from "../../../../src-shared/model/completeness.ts";
import { archiveFileBlocks } from "./archive-file-blocks.ts";
import { archiveFileFacts } from "./archive-file-facts.ts";
import { partitionOf } from "./archive-paths.ts";
import { parseManifest } from "./manifest-file.ts";
import type { OpenedArchive } from "./open-kubemate-archive.ts";
import { readError } from "./parquet-damage.ts";
import { readFooter } from "./parquet-footer.ts";

/** The tenant of rows that say none. */
const NO_TENANT = "archive";

/**
 * Opens one Parquet file of ours: an archive of one file, or a file taken out of a folder, whose tenant its folders name.
 * @throws `archive.truncated`, `archive.damaged`, `files.unreadable`
 */
export function openArchiveFile(path: string, assumedTenant: string | null): OpenedArchive | null {
  const part = basename(path);
  const footer = readFooter(path, part);
  if (footer === null) return null;
  try {
    const facts = archiveFileFacts(footer);
    if (facts === null) return null;
    const text = footer.keyValues.get(MANIFEST_KEY);
    const manifest = text === undefined ? null : parseManifest(text, part);
    const folder = partitionOf(basename(dirname(dirname(path))));
    const tenant = folder?.key === "tenant" ? folder.value : (assumedTenant ?? NO_TENANT);
    const blocks = archiveFileBlocks({ footer, facts }, tenant);
    const found = new Set(blocks.map((block) => block.tenant));
    return {
      blocks,
      tenants:
        manifest === null ? [...(found.size === 0 ? [tenant] : found)] : [...new Set([...manifest.tenants, ...found])],
      problems: [],
      completeness: manifest?.completeness ?? UNKNOWN_COMPLETENESS,
      provenance: manifest?.provenance ?? null,
    };
  } catch (error) {
    throw isAppError(error) ? error : readError(part, error);
  }
}
