import { AppError } from "../../../../src-shared/errors/app-error.ts";

/** Runs a step of writing; what the system says becomes `files.disk-full` or `files.unwritable`. */
export function guardWrite<Value>(file: string, step: () => Value): Value {
  try {
    return step();
  } catch (error) {
    throw writeError(file, error);
  }
}

/** What the system said while a file was written. */
export function writeError(file: string, error: unknown): AppError {
  if (error instanceof AppError) return error;
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOSPC" || code === "EDQUOT") return new AppError("files.disk-full", { file }, { cause: error });
  const problem = (error instanceof Error ? error.message : String(error)).slice(0, 300);
  return new AppError("files.unwritable", { file, problem }, { cause: error });
}
