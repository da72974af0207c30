import { AppError } from "../../../../src-shared/errors/app-error.ts";

/** Bytes that are not what the format says. Never leaves this folder: the edges make an `AppError` with the part's name of it. */
export class ParquetDamage extends Error {}

/** What went wrong while a part was read, as the error that a person is told. Errors of the library are damage too. */
export function readError(part: string, error: unknown): AppError {
  if (error instanceof AppError) return error;
  const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
  const problem = (error instanceof Error ? error.message : String(error)).slice(0, 300);
  const system = code !== undefined && /^E[A-Z]+$/.test(code);
  if (system) return new AppError("files.unreadable", { file: part, problem }, { cause: error });
  return new AppError("archive.damaged", { part, problem }, { cause: error });
}
