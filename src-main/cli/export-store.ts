import { AppError } from "../../src-shared/errors/app-error.ts";
import type { ConsoleBase } from "../core/console-base.ts";
import type { ObjectStore } from "../core/storage/object-store.ts";
import type { CommandContext } from "./command-context.ts";
import type { ExportPlace } from "./export-options.ts";

/** Where slices are written, and the store that they go to from there; `null` for a folder that is the archive itself. */
export async function openExportStore(
  _base: ConsoleBase,
  _context: CommandContext,
  place: ExportPlace,
  _stack: AsyncDisposableStack,
): Promise<{ readonly directory: string; readonly store: ObjectStore | null }> {
  if (place.kind === "folder") return { directory: place.directory, store: null };
  throw new AppError("request.invalid", { path: "--archive", problem: "s3" });
}
