import { AppError, hasCode, isAppError } from "../../../../src-shared/errors/app-error.ts";
import type { Clock } from "../../common/clock.ts";
import { lastManager } from "./lately.ts";
import type { MapContent, MapName, RuntimeMap, RuntimeMapStore } from "./runtime-map.ts";

/** How long the outcome of a write is looked for that was not answered. */
const LOOK_LIMIT_MS = 30_000;
const LOOK_EVERY_MS = 2_000;

export interface MapWrite {
  readonly store: RuntimeMapStore;
  readonly place: MapName;
  /** Of the object as the plan saw it. */
  readonly uid: string;
  readonly resourceVersion: string;
  readonly content: MapContent;
  readonly clock: Clock;
}

/**
 * Writes a ConfigMap once; answers with its new version. An unanswered write is looked for: what is not there after half a minute is
 * sent once more, which the version makes safe, since the API server takes one of the two at most.
 * @throws AppError `tenants.change-conflict`, `operation.outcome-unknown`, and whatever says that it was not written
 */
export async function writeOnce(write: MapWrite, signal: AbortSignal): Promise<string> {
  try {
    return await send(write, signal);
  } catch (error) {
    if (!hasCode(error, "operation.outcome-unknown")) throw error;
    return settle(write, error, signal);
  }
}

/** After a kill, or without an answer: finds out by looking whether it was written, before anything is sent. */
export async function settle(write: MapWrite, unknown: AppError | null, signal: AbortSignal): Promise<string> {
  const { clock, resourceVersion } = write;
  const untilMs = clock.nowMs() + LOOK_LIMIT_MS;
  let unread: AppError | null = null;
  for (;;) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- one look after the other
      const seen = await write.store.read(write.place, signal);
      unread = null;
      if (isThere(seen, write)) return seen.resourceVersion;
      if (seen.uid !== write.uid || seen.resourceVersion !== resourceVersion) throw conflict(write.place, seen);
      // Nobody is under way with it when this process has not sent it.
      if (unknown === null) break;
    } catch (error) {
      if (!isAppError(error) || hasCode(error, "tenants.change-conflict") || signal.aborted) throw error;
      unread = error;
    }
    if (clock.nowMs() >= untilMs) break;
    // oxlint-disable-next-line no-await-in-loop -- as above
    await clock.sleep(LOOK_EVERY_MS, signal).catch(() => undefined);
  }
  if (unread !== null) throw unknown ?? unread;
  return send(write, signal);
}

/** Whether an object is what was to be written. */
export function isThere(seen: RuntimeMap, { uid, content }: Pick<MapWrite, "uid" | "content">): boolean {
  return seen.uid === uid && seen.text === content.text && (seen.annotation ?? null) === content.annotation;
}

export function conflict({ namespace, name }: MapName, seen: RuntimeMap): AppError {
  return new AppError("tenants.change-conflict", { object: `${namespace}/${name}`, who: lastManager(seen) });
}

async function send(write: MapWrite, signal: AbortSignal): Promise<string> {
  const { store, place, resourceVersion, content } = write;
  try {
    return await store.write(place, resourceVersion, content, signal);
  } catch (error) {
    if (!hasCode(error, "cluster.conflict")) throw error;
    const seen = await store.read(place, signal);
    if (isThere(seen, write)) return seen.resourceVersion;
    throw conflict(place, seen);
  }
}
