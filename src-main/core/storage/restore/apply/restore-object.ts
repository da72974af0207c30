import { AppError, hasCode } from "../../../../../src-shared/errors/app-error.ts";
import { CONSOLE_PREFIX } from "../../../../../src-shared/model/storage/quarantine.ts";
import type { RestoreItem } from "../../../../../src-shared/model/storage/restore.ts";
import { objectKind, type BucketLayout } from "../../integrity/object-kind.ts";
import type { MultipartUpload, ObjectInfo, ObjectStore } from "../../object-store.ts";
import { digestOf, type Crc32c, type ObjectDigest } from "./object-digest.ts";
import { streamObject } from "./stream-object.ts";

/** What became of one object of a plan. */
export type ObjectOutcome =
  | { readonly kind: "written" }
  /** There already, whole, from a run before. */
  | { readonly kind: "found" }
  /** `storage.restore-problem.<problem>`, or an error's code. */
  | { readonly kind: "failed"; readonly problem: string };

export interface RestoreWay {
  readonly source: ObjectStore;
  readonly target: ObjectStore;
  readonly layout: BucketLayout;
  /** Whether source and target are one bucket with versions: the store copies by itself. */
  readonly copiesInside: boolean;
  /** Whether the target keeps what is written over. */
  readonly keepsVersions: boolean;
  /** A job's id: what is written over goes below `__kubemate__/replaced/<job>/` where no version keeps it. */
  readonly job: string;
  readonly crc32c: Crc32c;
  readonly noteUpload: (upload: MultipartUpload, begun: boolean) => Promise<void>;
}

/**
 * Brings one object to its place, provided that the place is as the plan saw it, and reads back what stands there. What does not
 * read back as it should is taken out again, and what stood there before put back. Can be done again at any point: what
 * is right already is found. Rejects with `storage.*` of what may be tried again, or of what ends the restore.
 */
export async function restoreObject(way: RestoreWay, item: RestoreItem, signal: AbortSignal): Promise<ObjectOutcome> {
  const place = await standing(way.target, item.key, signal);
  // What has gone since is not written over.
  if (place !== null && place.etag !== item.replacesEtag) {
    const sound = place.sizeBytes === item.sizeBytes && (await isWhole(way, item, null, signal));
    return sound ? { kind: "found" } : { kind: "failed", problem: "place-changed" };
  }
  if (place !== null && !way.keepsVersions) await keepReplaced(way, place, signal);
  const sent = way.copiesInside ? await copyInside(way, item, signal) : await stream(way, item, signal);
  if (sent === "gone") return { kind: "failed", problem: "source-gone" };
  if (await isWhole(way, item, sent, signal)) return { kind: "written" };
  await putBack(way, item.key, place, signal);
  return { kind: "failed", problem: "not-verified" };
}

export function replacedKey(job: string, key: string): string {
  return `${CONSOLE_PREFIX}replaced/${job}/${key}`;
}

/** What a chunk's key promises; `null` for what is no chunk. */
function promisedChecksum({ layout }: RestoreWay, key: string): number | null {
  const kind = objectKind(key, layout);
  return kind.kind === "chunk" ? kind.chunk.checksum : null;
}

async function standing(store: ObjectStore, key: string, signal: AbortSignal): Promise<ObjectInfo | null> {
  try {
    return await store.head(key, {}, signal);
  } catch (error) {
    if (hasCode(error, "storage.not-found")) return null;
    throw error;
  }
}

/** Only once: what stands there later is the console's own. */
async function keepReplaced({ target, job }: RestoreWay, place: ObjectInfo, signal: AbortSignal): Promise<void> {
  const kept = replacedKey(job, place.key);
  if ((await standing(target, kept, signal))?.sizeBytes !== place.sizeBytes) {
    await target.copy({ key: place.key }, kept, signal);
  }
  const found = await standing(target, kept, signal);
  if (found?.sizeBytes === place.sizeBytes) return;
  throw new AppError("storage.not-verified", { store: target.title, key: kept });
}

/** `null` where the bytes did not pass here. */
async function copyInside(way: RestoreWay, item: RestoreItem, signal: AbortSignal): Promise<"gone" | null> {
  const { key, sourceVersionId } = item;
  try {
    await way.target.copy(sourceVersionId === null ? { key } : { key, versionId: sourceVersionId }, key, signal);
    return null;
  } catch (error) {
    if (hasCode(error, "storage.not-found")) return "gone";
    // Some stores refuse to copy an object's version over the object.
    if (!hasCode(error, "storage.refused") && !hasCode(error, "storage.unsupported")) throw error;
    const streamed = await stream(way, item, signal);
    return streamed === "gone" ? "gone" : null;
  }
}

async function stream(way: RestoreWay, item: RestoreItem, signal: AbortSignal): Promise<ObjectDigest | "gone"> {
  const { source, target, crc32c, noteUpload } = way;
  const promised = promisedChecksum(way, item.key);
  const isSound = (digest: ObjectDigest) => promised === null || digest.crc32c === promised;
  try {
    return await streamObject({ source, target, item, crc32c, isSound, noteUpload }, signal);
  } catch (error) {
    // Only the source is read.
    if (hasCode(error, "storage.not-found")) return "gone";
    throw error;
  }
}

/** Reads what stands at the place; a chunk against its key, anything else against what was sent, or the source. */
async function isWhole(
  way: RestoreWay,
  item: RestoreItem,
  sent: ObjectDigest | null,
  signal: AbortSignal,
): Promise<boolean> {
  const { source, target, crc32c } = way;
  const { key, sourceVersionId, sizeBytes } = item;
  const written = await digestOf(target, key, {}, crc32c, signal);
  if (written.sizeBytes !== sizeBytes) return false;
  const promised = promisedChecksum(way, key);
  if (promised !== null) return written.crc32c === promised;
  const which = sourceVersionId === null ? { ifMatch: item.sourceEtag } : { versionId: sourceVersionId };
  const expected = sent ?? (await digestOf(source, key, which, crc32c, signal));
  return written.sha256 === expected.sha256;
}

/** Nothing is removed for good: an older version is copied up, or a delete marker set. */
async function putBack(way: RestoreWay, key: string, place: ObjectInfo | null, signal: AbortSignal): Promise<void> {
  const { target, job, keepsVersions } = way;
  if (place === null) await target.delete({ key }, signal);
  else if (!keepsVersions) await target.copy({ key: replacedKey(job, key) }, key, signal);
  else if (place.versionId !== null) await target.copy({ key, versionId: place.versionId }, key, signal);
}
