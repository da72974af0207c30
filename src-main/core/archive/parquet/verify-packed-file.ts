import { basename } from "node:path";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { ArchiveProblem } from "../../../../src-shared/model/archive.ts";
import { MANIFEST_KEY } from "../../../../src-shared/model/archive-manifest.ts";
import { parseManifest } from "./manifest-file.ts";
import { knownFile, RowGroupColumns } from "./open-parquet-file.ts";
import { readError } from "./parquet-damage.ts";
import type { VerifyOptions } from "./verify-archive.ts";

/** Opens every page of a single file, whose checksums tell what has changed, and compares its rows with its manifest. */
export async function verifyPackedFile(path: string, options: VerifyOptions): Promise<readonly ArchiveProblem[]> {
  const part = basename(path);
  const problems: ArchiveProblem[] = [];
  const add = (where: string, error: unknown): void => {
    problems.push({ part: where, error: readError(where, error).toWire(), count: 1 });
  };
  try {
    const { footer } = knownFile(path, part);
    const text = footer.keyValues.get(MANIFEST_KEY);
    const manifest = text === undefined ? null : parseManifest(text, part);
    if (manifest === null) {
      add(part, new AppError("archive.manifest-disagrees", { part, problem: "it carries no manifest" }));
    } else if (manifest.linesWritten !== footer.rows) {
      const problem = `${footer.rows} rows instead of ${manifest.linesWritten}`;
      add(part, new AppError("archive.manifest-disagrees", { part, problem }));
    }
    for (const rowGroup of footer.rowGroups.keys()) {
      options.signal.throwIfAborted();
      const where = `${part}, row group ${rowGroup}`;
      try {
        using columns = new RowGroupColumns(footer, rowGroup, where);
        for (const { index } of footer.leaves) columns.check(index);
      } catch (error) {
        add(where, error);
      }
      options.onProgress?.((rowGroup + 1) / footer.rowGroups.length);
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  } catch (error) {
    options.signal.throwIfAborted();
    add(part, error);
  }
  return problems;
}
