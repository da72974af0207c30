import { AppError, isAppError } from "../../src-shared/errors/app-error.ts";
import type { Logger } from "../core/common/logger.ts";

/**
 * What a call failed with, as an error of the closed list. Anything else is a bug: written whole to the log, and told as
 * `internal` under the reference where it is.
 */
export function toAppError(error: unknown, action: string, signal: AbortSignal, logger: Logger): AppError {
  if (isAppError(error)) return error;
  if (signal.aborted && (error === signal.reason || isAbort(error))) {
    return new AppError("request.cancelled", {}, { cause: error });
  }
  return internalError("a handler threw what is no AppError", error, action, logger);
}

export function internalError(what: string, error: unknown, action: string, logger: Logger): AppError<"internal"> {
  const internal = new AppError("internal", {}, { cause: error });
  internal.reference = logger.error(what, error, { action });
  return internal;
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}
