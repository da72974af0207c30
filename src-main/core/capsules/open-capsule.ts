import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Capsule } from "../../../src-shared/api/capsules.api.ts";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import type { ArchiveOpener } from "../archive/archive-contents.ts";
import { ARCHIVE_PREFIX } from "./capsule-format.ts";
import { openCapsuleZip } from "./capsule-zip.ts";

/** How much of the opening is the unpacking. */
const UNPACK_SHARE = 0.8;

/**
 * Opens a capsule as an archive: checks every byte, unpacks its results into the work directory, and has `openArchive` read
 * them. `null` for what is no capsule. Rejects with `capsule.invalid`, `capsule.tampered`, `archive.unpack-too-large`.
 */
export function createCapsuleOpener(openArchive: ArchiveOpener): ArchiveOpener {
  return async (paths, assumptions, parts) => {
    const [file] = paths;
    if (file === undefined || paths.length !== 1 || !(await stat(file)).isFile()) return null;
    await using zip = await openCapsuleZip(file);
    if (zip === null) return null;
    if (zip.archiveBytes > parts.unpackMaxBytes) {
      throw new AppError("archive.unpack-too-large", { part: file, limitBytes: parts.unpackMaxBytes });
    }
    let done = 0;
    await zip.unpackArchive(parts.workDirectory, parts.signal, (bytes) => {
      done += bytes;
      parts.onProgress?.((done / zip.archiveBytes) * UNPACK_SHARE);
    });
    const outcome = await openArchive([join(parts.workDirectory, ARCHIVE_PREFIX)], assumptions, parts);
    if (outcome === null) throw new AppError("capsule.invalid", { file, problem: "no archive" });
    if (outcome.kind !== "opened") return outcome;
    const { title, queries } = zip.capsule;
    const contents = { ...outcome.contents, kind: "capsule", title, dropsDuplicates: overlap(queries) } as const;
    return { kind: "opened", contents };
  };
}

/** Whether two queries may have taken the same row. Where none can have, two equal lines of a file stay two. */
function overlap(queries: Capsule["queries"]): boolean {
  const ranges = queries.map(({ tenant, startNs, endNs }) => ({ tenant, from: BigInt(startNs), to: BigInt(endNs) }));
  return ranges.some((one, at) =>
    ranges.slice(at + 1).some(({ tenant, from, to }) => tenant === one.tenant && one.from < to && from < one.to),
  );
}

/** What a capsule says of itself. Rejects with `capsule.invalid`, `capsule.tampered`. */
export async function describeCapsule(file: string): Promise<Capsule> {
  await using zip = await openCapsuleZip(file);
  if (zip === null) throw new AppError("capsule.invalid", { file, problem: "no capsule" });
  return zip.capsule;
}
