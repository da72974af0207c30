import { AppError } from "../../../../src-shared/errors/app-error.ts";

/** Bytes that are not what the format says. Never leaves this folder: the edges make an `AppError` with the part's name of it. */
export class ParquetDamage extends Error {}

/** What went wrong while a part was read, as the error that a person is told. Errors of the library are damage too. */
export function readError(part: string, error: unknown): AppError {
  if (error instanceof AppError) return error;
  const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
  const system = code !== undefined && /^E[A-Z]+$/.test(code);
  const said = (error instanceof Error ? error.message : String(error)).slice(0, 300);
  if (system) return new AppError("files.unreadable", { file: part, problem: said }, { cause: error });
  // The library stumbled over fields that are missing or of another type; its words are about JavaScript.
  const stumbled = error instanceof TypeError || error instanceof RangeError;
  const problem = stumbled && code === undefined ? "it is not what the format says" : said;
  return new AppError("archive.damaged", { part, problem }, { cause: error });
}
