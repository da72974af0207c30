import { stat } from "node:fs/promises";
import { AppError, isAppError } from "../../../../src-shared/errors/app-error.ts";
import type { ScannedStore } from "../integrity/scanned-store.ts";

/**
 * Whether a store is there: it lists its first key, and a folder is a folder. A folder that is gone has no keys, and would be told
 * as one that has lost everything.
 */
export function storeProbe(store: ScannedStore, folder: string | null): (signal: AbortSignal) => Promise<void> {
  return async (signal) => {
    if (folder !== null) await checkFolder(folder);
    await store.list({ prefix: "", maxKeys: 1 }, signal);
  };
}

async function checkFolder(folder: string): Promise<void> {
  try {
    if ((await stat(folder)).isDirectory()) return;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    if (isAppError(error)) throw error;
    if (code !== "ENOENT") {
      throw new AppError("storage.failed", { store: folder, problem: code.slice(0, 100) }, { cause: error });
    }
  }
  throw new AppError("storage.bucket-unknown", { store: folder });
}
