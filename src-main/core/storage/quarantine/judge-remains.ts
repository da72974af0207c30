import { hasCode, isAppError } from "../../../../src-shared/errors/app-error.ts";
import type { StorageFinding } from "../../../../src-shared/model/storage-finding.ts";
import { parseChunkKey } from "../../common/loki-format/chunk-key.ts";
import { objectKind } from "../integrity/object-kind.ts";
import type { ObjectStore, ObjectVersion } from "../object-store.ts";
import type { OpenedStore } from "../stores/opened-store.ts";
import { inLanes } from "./lanes.ts";
import type { JudgedTarget, QuarantineTarget, Remains } from "./quarantine-target.ts";
import { WholeObjects } from "./whole-object.ts";

const LANES = 8;
/** Older versions of a key that are looked at, the newest first. */
const MOST_VERSIONS = 5;
const MOST_VERSION_PAGES = 5;
/** Pages of one stream's chunks. */
const MOST_STREAM_PAGES = 20;

/** Of an object without anything of Loki's in it, nothing is lost. */
const NOTHING_IN_IT = new Set(["garbage-object", "zero-byte-chunk"]);

export interface RemainsSources {
  readonly bucket: Pick<OpenedStore, "store" | "layout">;
  readonly keepsVersions: boolean;
  /** The copy in another place; `null` where there is none, or it could not be opened. */
  readonly dr: Pick<OpenedStore, "store"> | null;
  /** What the scan found damaged: no such chunk stands in for another. */
  readonly isDamaged: (key: string) => boolean;
}

/**
 * Says of every target what is left of its lines when it is gone, each time by an object that was read and is whole. Rejects with
 * `storage.*` of the bucket itself; what the copy does not answer is not there.
 */
export async function judgeRemains(
  targets: readonly QuarantineTarget[],
  sources: RemainsSources,
  signal: AbortSignal,
): Promise<readonly JudgedTarget[]> {
  const whole = new WholeObjects();
  const leaving = new Set(targets.map(({ key }) => key));
  const judged: JudgedTarget[] = [];
  await inLanes(targets, LANES, async (target, place) => {
    judged[place] = await judgeOne(target, { ...sources, whole, leaving }, signal);
  });
  return judged;
}

type Looking = RemainsSources & { readonly whole: WholeObjects; readonly leaving: ReadonlySet<string> };

async function judgeOne(target: QuarantineTarget, looking: Looking, signal: AbortSignal): Promise<JudgedTarget> {
  const kind = target.finding?.kind ?? null;
  const found = await firstOf([
    () => hasTwin(target, looking, signal),
    () => hasOlderVersion(target, looking, signal),
    () => hasReplica(target, looking, signal),
    () => isInCopy(target, looking, signal),
  ]);
  if (found !== null && found !== "unknown") return { ...target, remains: found, content: null };
  const isNothing = kind === null ? target.object.kind === "unknown" : NOTHING_IN_IT.has(kind);
  if (isNothing || target.info.sizeBytes === 0) return { ...target, remains: "nothing-lost", content: null };
  const { key, sizeBytes } = target.info;
  const seen = await looking.whole.look(looking.bucket.store, { key, sizeBytes }, target.object, signal);
  return { ...target, remains: found ?? "none", content: seen?.content ?? null };
}

/** The first answer that is one; `unknown` where nothing better came. */
async function firstOf(questions: readonly (() => Promise<Remains | null>)[]): Promise<Remains | null> {
  let answer: Remains | null = null;
  for (const question of questions) {
    // oxlint-disable-next-line no-await-in-loop -- the next costs more
    const given = await question();
    if (given !== null && given !== "unknown") return given;
    answer ??= given;
  }
  return answer;
}

/** The same under another key, which stays. */
async function hasTwin(
  { finding, object }: QuarantineTarget,
  { bucket, whole, leaving }: Looking,
  signal: AbortSignal,
): Promise<Remains | null> {
  const twin = finding === null ? null : twinOf(finding);
  if (twin === null || leaving.has(twin)) return null;
  const info = await headOrNull(bucket.store, twin, signal);
  if (info === null) return null;
  const kind = object.kind === "unknown" ? object : objectKind(twin, bucket.layout);
  const seen = await whole.look(bucket.store, info, kind, signal);
  if (seen === null) return "unknown";
  return seen.whole ? "nothing-lost" : null;
}

function twinOf({ kind, evidence }: StorageFinding): string | null {
  if (kind === "duplicate-chunk") return evidence.find(({ what }) => what === "own-key")?.actual ?? null;
  if (kind === "duplicate-index-file") return evidence.find(({ what }) => what === "same-index")?.actual ?? null;
  return null;
}

async function hasOlderVersion(
  { key, info, object }: QuarantineTarget,
  { bucket, keepsVersions, whole }: Looking,
  signal: AbortSignal,
): Promise<Remains | null> {
  if (!keepsVersions) return null;
  const older = (await versionsOf(bucket.store, key, signal))
    .filter((version) => !version.isLatest && !version.isDeleteMarker && version.etag !== info.etag)
    .slice(0, MOST_VERSIONS);
  let answer: Remains | null = null;
  for (const version of older) {
    // oxlint-disable-next-line no-await-in-loop -- the newest that is whole is enough
    const seen = await whole.look(bucket.store, version, object, signal);
    if (seen === null) answer = "unknown";
    // What is neither chunk nor index cannot be told to be whole.
    else if (seen.whole) return object.kind === "chunk" || object.kind === "index" ? "versions" : "unknown";
  }
  return answer;
}

async function versionsOf(store: ObjectStore, key: string, signal: AbortSignal): Promise<readonly ObjectVersion[]> {
  const versions: ObjectVersion[] = [];
  let token: string | null = null;
  for (let page = 0; page < MOST_VERSION_PAGES; page += 1) {
    const request = { prefix: key, ...(token === null ? {} : { token }) };
    // oxlint-disable-next-line no-await-in-loop -- a page names the next one
    const answer = await store.listVersions(request, signal);
    versions.push(...answer.versions.filter((version) => version.key === key));
    const beyond = answer.versions.some((version) => version.key !== key);
    if (answer.nextToken === null || beyond) break;
    token = answer.nextToken;
  }
  return versions.toSorted((a, b) => b.modifiedMs - a.modifiedMs);
}

/** Another chunk of the stream that covers all of its time: another ingester's. */
async function hasReplica(
  { key, object }: QuarantineTarget,
  { bucket, whole, leaving, isDamaged }: Looking,
  signal: AbortSignal,
): Promise<Remains | null> {
  if (object.kind !== "chunk") return null;
  const { tenant, fingerprint, fromMs, throughMs } = object.chunk;
  let token: string | null = null;
  let answer: Remains | null = null;
  for (let page = 0; page < MOST_STREAM_PAGES; page += 1) {
    const request = { prefix: `${tenant}/${fingerprint.toString(16)}/`, ...(token === null ? {} : { token }) };
    // oxlint-disable-next-line no-await-in-loop -- a page names the next one
    const { objects, nextToken } = await bucket.store.list(request, signal);
    for (const other of objects) {
      const chunk = parseChunkKey(other.key)?.key;
      if (chunk === undefined || other.key === key || leaving.has(other.key) || isDamaged(other.key)) continue;
      if (chunk.fingerprint !== fingerprint || chunk.fromMs > fromMs || chunk.throughMs < throughMs) continue;
      // oxlint-disable-next-line no-await-in-loop -- the first that is whole is enough
      const seen = await whole.look(bucket.store, other, { kind: "chunk", chunk }, signal);
      if (seen === null) answer = "unknown";
      else if (seen.whole) return "replica";
    }
    if (nextToken === null) return answer;
    token = nextToken;
  }
  return "unknown";
}

async function isInCopy(
  { key, object }: QuarantineTarget,
  { dr, whole }: Looking,
  signal: AbortSignal,
): Promise<Remains | null> {
  if (dr === null) return null;
  try {
    const info = await headOrNull(dr.store, key, signal);
    if (info === null || (object.kind !== "chunk" && object.kind !== "index")) return null;
    const seen = await whole.look(dr.store, info, object, signal);
    if (seen === null) return "unknown";
    return seen.whole ? "dr" : null;
  } catch (error) {
    if (!isAppError(error) || error.category === "cancelled") throw error;
    return "unknown";
  }
}

async function headOrNull(store: ObjectStore, key: string, signal: AbortSignal) {
  try {
    return await store.head(key, {}, signal);
  } catch (error) {
    if (hasCode(error, "storage.not-found") || hasCode(error, "storage.key-invalid")) return null;
    throw error;
  }
}
