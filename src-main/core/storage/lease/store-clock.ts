import { randomUUID } from "node:crypto";
import { AppError, hasCode } from "../../../../src-shared/errors/app-error.ts";
import { CONSOLE_PREFIX } from "../../../../src-shared/model/storage/quarantine.ts";
import type { ObjectStore } from "../object-store.ts";

/**
 * The time by the store's clock, in milliseconds: what it writes on an object that is put now, and removed again. Many stores
 * know full seconds only. Rejects with `storage.*` where it cannot be written or removed.
 */
export async function storeNowMs(store: ObjectStore, signal: AbortSignal): Promise<number> {
  const key = `${CONSOLE_PREFIX}clock/${randomUUID()}`;
  const { versionId } = await store.put(key, Buffer.from("clock\n"), {}, signal);
  try {
    const { modifiedMs } = await store.head(key, {}, signal);
    return modifiedMs;
  } finally {
    await removeOwn(store, key, versionId, signal);
  }
}

/**
 * Removes an object that the console wrote for a moment, with its version, so that nothing piles up; where only versions
 * may not be removed, it gets a delete marker.
 */
export async function removeOwn(
  store: ObjectStore,
  key: string,
  versionId: string | null,
  signal: AbortSignal,
): Promise<void> {
  if (versionId === null) {
    await store.delete({ key }, signal);
    return;
  }
  try {
    await store.delete({ key, versionId }, signal);
  } catch (error) {
    if (!mayNot(error)) throw error;
    await store.delete({ key }, signal);
  }
}

/** Whether the store lets nobody, or not this one, remove versions. */
export function mayNot(error: unknown): error is AppError {
  return (
    hasCode(error, "storage.forbidden") || hasCode(error, "storage.unsupported") || hasCode(error, "storage.refused")
  );
}
