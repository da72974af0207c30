import { open, rename, rm, type FileHandle } from "node:fs/promises";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { QueryCost } from "../../../../src-shared/model/tenants/query-cost.ts";
import { CSV_HEADER, csvLines, EXPORT_COLUMNS } from "./export-columns.ts";

/** A file of costs as it is written: under its own name only when it is whole. */
export interface CostFile extends AsyncDisposable {
  write(costs: readonly QueryCost[]): Promise<void>;
  /** Ends the file; what it holds in bytes. */
  finish(): Promise<number>;
}

/** Begins a file. Rejects, as its methods do, with `files.disk-full` or `files.unwritable`. */
export async function beginCostFile(file: string, format: "csv" | "parquet"): Promise<CostFile> {
  const partial = `${file}.partial`;
  const handle = await guarded(file, () => open(partial, "w", 0o600));
  const body = format === "csv" ? csvBody() : await parquetBody();
  let bytes = 0;
  let ended = false;
  const append = async (some: Uint8Array) => {
    bytes += some.byteLength;
    await guarded(file, () => writeAll(handle, some));
  };
  await append(body.begin());
  return {
    write: async (costs) => append(await body.write(costs)),
    finish: async () => {
      await append(await body.end());
      await guarded(file, async () => {
        await handle.sync();
        await handle.close();
        ended = true;
        await rename(partial, file);
      });
      return bytes;
    },
    [Symbol.asyncDispose]: async () => {
      if (ended) return;
      await handle.close();
      await rm(partial, { force: true });
    },
  };
}

interface FileBody {
  begin(): Uint8Array;
  write(costs: readonly QueryCost[]): Promise<Uint8Array>;
  end(): Promise<Uint8Array>;
}

function csvBody(): FileBody {
  return {
    begin: () => Buffer.from(CSV_HEADER),
    write: async (costs) => Buffer.from(csvLines(costs)),
    end: async () => Buffer.alloc(0),
  };
}

/** Loaded only for an export: hyparquet-writer is no small package. */
async function parquetBody(): Promise<FileBody> {
  const { ByteWriter, ParquetWriter, schemaFromColumnData } = await import("hyparquet-writer");
  const columnsOf = (costs: readonly QueryCost[]) =>
    EXPORT_COLUMNS.map(({ name, type, nullable, of }) => ({ name, type, nullable, data: costs.map(of) }));
  const writer = new ByteWriter();
  const parquet = new ParquetWriter({
    writer,
    schema: schemaFromColumnData({ columnData: columnsOf([]) }),
    createdBy: "kubemate",
  });
  const taken = () => {
    const bytes = Uint8Array.from(new Uint8Array(writer.buffer, 0, writer.index));
    // Offsets in the file go on; only the buffer begins again, as in the library's own file writer.
    writer.index = 0;
    return bytes;
  };
  return {
    begin: taken,
    write: async (costs) => {
      if (costs.length > 0) await parquet.write({ columnData: columnsOf(costs), rowGroupSize: costs.length });
      return taken();
    },
    end: async () => {
      await parquet.finish();
      return taken();
    },
  };
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  if (bytes.byteLength > 0) await handle.appendFile(bytes);
}

async function guarded<Result>(file: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const full = error instanceof Error && "code" in error && error.code === "ENOSPC";
    if (full) throw new AppError("files.disk-full", { file }, { cause: error });
    throw new AppError("files.unwritable", { file, problem: String(error).slice(0, 300) }, { cause: error });
  }
}
