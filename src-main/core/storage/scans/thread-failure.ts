import { AppError, isAppError } from "../../../../src-shared/errors/app-error.ts";
import type { Logger } from "../../common/logger.ts";
import type { ThreadFailure } from "./scan-protocol.ts";

/** An error in the form that crosses to another thread. */
export function failureOf(error: unknown): ThreadFailure {
  if (isAppError(error)) return { error: error.toWire() };
  return { problem: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

/** What another thread failed with, as it was thrown there; a bug of it is logged. */
export function errorOfFailure(failure: ThreadFailure, logger: Logger | null, what: string): AppError {
  // The other side sends errors of this program's own making alone, so code and parameters belong together.
  if ("error" in failure) return new AppError(failure.error.code, failure.error.params);
  const cause = new Error(failure.problem);
  const error = new AppError("internal", {}, { cause });
  if (logger !== null) error.reference = logger.error(what, cause);
  return error;
}
