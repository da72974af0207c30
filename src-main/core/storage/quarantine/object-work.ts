import { hasCode, isAppError, type AppError } from "../../../../src-shared/errors/app-error.ts";
import type { ObjectInfo, ObjectStore } from "../object-store.ts";

/** What concerns one object and leaves the others alone: it changed, went, or the store does not give or take it. */
export function ofOneObject(error: unknown): error is AppError {
  return (
    hasCode(error, "storage.changed") ||
    hasCode(error, "storage.not-found") ||
    hasCode(error, "storage.not-verified") ||
    hasCode(error, "storage.source-damaged") ||
    hasCode(error, "storage.body-wrong") ||
    hasCode(error, "storage.key-invalid") ||
    hasCode(error, "storage.refused") ||
    hasCode(error, "storage.failed")
  );
}

/** The object as it is now; `null` where there is none. */
export async function headIfThere(store: ObjectStore, key: string, signal: AbortSignal): Promise<ObjectInfo | null> {
  try {
    return await store.head(key, {}, signal);
  } catch (error) {
    if (hasCode(error, "storage.not-found")) return null;
    throw error;
  }
}

export function asAppError(error: unknown): AppError {
  if (isAppError(error)) return error;
  throw error;
}
