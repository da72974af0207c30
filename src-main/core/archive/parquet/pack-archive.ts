import { rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import {
  MANIFEST_FILE,
  MANIFEST_KEY,
  type ArchiveFile,
  type ArchiveManifest,
} from "../../../../src-shared/model/archive-manifest.ts";
import { syncFolder, TEMPORARY_PREFIX } from "./archive-paths.ts";
import { batchOfRows } from "./batch-of-rows.ts";
import { decodeArchiveGroup } from "./decode-archive-group.ts";
import { FileSink } from "./file-sink.ts";
import { namedOnce, staysInside } from "./manifest-check.ts";
import { readManifest } from "./manifest-file.ts";
import { knownFile } from "./open-parquet-file.ts";
import { ParquetDamage, readError } from "./parquet-damage.ts";
import { ParquetLogWriter } from "./parquet-log-writer.ts";
import { writeError } from "./write-error.ts";

/**
 * Copies a folder archive into one Parquet file that carries the manifest in its footer and the tenant as a column, row
 * group by row group. The file appears under its name when it is whole. Blocks its thread for some 0.1 s at a time.
 *
 * @throws `archive.manifest-disagrees`, `archive.damaged`, `archive.truncated`, `files.disk-full`, `files.unwritable`
 */
export async function packArchive(directory: string, file: string, signal: AbortSignal): Promise<void> {
  const manifest = await readManifest(directory);
  if (manifest === null) {
    const problem = "it is not there: the export did not end";
    throw new AppError("archive.manifest-disagrees", { part: MANIFEST_FILE, problem });
  }
  const temporary = join(dirname(file), `${TEMPORARY_PREFIX}${basename(file)}`);
  await rm(temporary, { force: true });
  const sink = new FileSink(temporary);
  try {
    const writer = new ParquetLogWriter({ sink, labelColumns: manifest.labelColumns, tenantColumn: true });
    for (const part of byTenantAndTime(namedOnce(manifest.files).files))
      await copyFile(directory, part, writer, signal);
    // The files that it names are no more; their rows are in this one.
    const packed: ArchiveManifest = { ...manifest, files: [] };
    writer.finish([{ key: MANIFEST_KEY, value: JSON.stringify(packed) }]);
    sink.closeSynced();
    await rename(temporary, file);
    syncFolder(dirname(file));
  } catch (error) {
    sink.close();
    await rm(temporary, { force: true });
    signal.throwIfAborted();
    throw writeError(file, error);
  }
}

async function copyFile(
  directory: string,
  file: ArchiveFile,
  writer: ParquetLogWriter,
  signal: AbortSignal,
): Promise<void> {
  try {
    if (!staysInside(file.path)) throw new ParquetDamage("its path leads out of the archive");
    const { footer, facts } = knownFile(join(directory, ...file.path.split("/")), file.path);
    if (facts === null) throw new ParquetDamage("it says nothing of its streams");
    writer.beginTenant(file.tenant);
    for (const rowGroup of footer.rowGroups.keys()) {
      signal.throwIfAborted();
      const batch = batchOfRows(decodeArchiveGroup(footer, facts, rowGroup, file.path));
      writer.append(batch, 0, batch.rowCount);
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  } catch (error) {
    throw readError(file.path, error);
  }
}

function byTenantAndTime(files: readonly ArchiveFile[]): ArchiveFile[] {
  const order = (a: ArchiveFile, b: ArchiveFile): number => {
    if (a.tenant !== b.tenant) return a.tenant < b.tenant ? -1 : 1;
    const [startA, startB] = [BigInt(a.startNs), BigInt(b.startNs)];
    if (startA === startB) return a.path < b.path ? -1 : 1;
    return startA < startB ? -1 : 1;
  };
  return files.toSorted(order);
}
