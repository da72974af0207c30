import PQueue from "p-queue";
import { hasCode } from "../../../../src-shared/errors/app-error.ts";
import type { RestoreItem } from "../../../../src-shared/model/storage/restore.ts";
import type { ObjectStore } from "../object-store.ts";
import type { PlannedRestore } from "../restore/planned-restore.ts";

const LANES = 8;
const MOST_WAITING = 64;

export interface Cleared {
  readonly removed: number;
  /** Not as the drill wrote them, so they stay. */
  readonly left: number;
}

/**
 * Removes what one drill wrote into its scratch bucket: objects that its plan names and that have the size it wrote. Everything
 * else in the bucket stays. Rejects with `storage.*`.
 */
export async function clearDrill(store: ObjectStore, written: PlannedRestore, signal: AbortSignal): Promise<Cleared> {
  const queue = new PQueue({ concurrency: LANES });
  let removed = 0;
  let left = 0;
  const failures: unknown[] = [];
  for await (const item of written.items(0, signal)) {
    await queue.onSizeLessThan(MOST_WAITING);
    if (failures.length > 0) break;
    void queue.add(async () => {
      try {
        const outcome = await removeWritten(store, item, signal);
        if (outcome === "left") left += 1;
        if (outcome === "removed") removed += 1;
      } catch (error) {
        failures.push(error);
      }
    });
  }
  await queue.onIdle();
  if (failures.length > 0) throw failures[0];
  return { removed, left };
}

async function removeWritten(
  store: ObjectStore,
  { key, sizeBytes }: RestoreItem,
  signal: AbortSignal,
): Promise<"removed" | "left" | "gone"> {
  try {
    const info = await store.head(key, {}, signal);
    if (info.sizeBytes !== sizeBytes) return "left";
  } catch (error) {
    if (hasCode(error, "storage.not-found")) return "gone";
    throw error;
  }
  await store.delete({ key }, signal);
  return "removed";
}
