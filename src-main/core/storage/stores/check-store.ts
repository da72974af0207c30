import { randomBytes } from "node:crypto";
import { AppError, hasCode, isAppError } from "../../../../src-shared/errors/app-error.ts";
import { CONSOLE_PREFIX } from "../../../../src-shared/model/storage/quarantine.ts";
import type { StoreCheck } from "../../../../src-shared/model/storage/store.ts";
import type { Clock } from "../../common/clock.ts";
import type { ObjectInfo, ObjectStore } from "../object-store.ts";
import { storeDateMs } from "../s3-clock.ts";
import type { OpenedStore } from "./opened-store.ts";

/** Beyond this S3 refuses signatures (`RequestTimeTooSkewed`). */
const SKEW_REFUSED_MS = 15 * 60_000;
const SKEW_WARNED_MS = 60_000;

type Check = StoreCheck["check"];
type Outcome = Omit<StoreCheck, "check">;

const PASSED: Outcome = { state: "passed", reason: null, params: {} };
const UNKNOWN: Outcome = { state: "unknown", reason: null, params: {} };

export interface CheckOptions {
  /** Also writes an object of the console's own, and deletes it. */
  readonly write: boolean;
  readonly clock: Clock;
}

/**
 * Tries what the console needs of a store. Failures are what it tells; it rejects with `request.cancelled` alone. What was
 * written is deleted again, by its version where versions are kept, so that nothing of it stays.
 */
export async function checkStore(
  { store, s3 }: Pick<OpenedStore, "store" | "s3">,
  { write, clock }: CheckOptions,
  signal: AbortSignal,
): Promise<readonly StoreCheck[]> {
  const listed = await attempt(() => store.list({ prefix: "", maxKeys: 10 }, signal));
  const reach = isAppError(listed) ? reachOf(listed) : trusted(s3);
  if (reach.state === "failed") return [{ check: "reach", ...reach }, ...REST.map((check) => ({ check, ...UNKNOWN }))];
  const objects = isAppError(listed) ? [] : listed.objects;
  const probe = write ? await writeAndDelete(store, clock, signal) : null;
  const notAsked: Outcome = { state: "unknown", reason: "not-asked", params: {} };
  return [
    { check: "reach", ...reach },
    { check: "list", ...(isAppError(listed) ? failed(listed) : PASSED) },
    { check: "read", ...(await readOne(store, objects, signal)) },
    { check: "write", ...(probe?.write ?? notAsked) },
    { check: "delete", ...(probe?.delete ?? notAsked) },
    { check: "versioning", ...(await versioningOf(store, signal)) },
    { check: "versions", ...(await versionsOf(store, signal)) },
    { check: "clock", ...(await clockOf(s3, probe?.skewMs ?? null, clock, signal)) },
  ];
}

const REST: readonly Check[] = ["list", "read", "write", "delete", "versioning", "versions", "clock"];

async function attempt<Answer>(ask: () => Promise<Answer>): Promise<Answer | AppError> {
  try {
    return await ask();
  } catch (error) {
    if (!isAppError(error) || error.category === "cancelled") throw error;
    return error;
  }
}

/** A store that answers with a refusal has been reached. */
function reachOf(error: AppError): Outcome {
  const problem = "problem" in error.params ? String(error.params.problem).slice(0, 300) : error.code;
  const reason = NOT_REACHED.get(error.code);
  return reason === undefined ? PASSED : { state: "failed", reason, params: { problem } };
}

const NOT_REACHED: ReadonlyMap<string, string> = new Map([
  ["storage.unreachable", "unreachable"],
  ["storage.timed-out", "unreachable"],
  ["storage.tls", "tls"],
  ["storage.credentials-refused", "credentials"],
  ["storage.credentials-missing", "credentials"],
  ["storage.bucket-unknown", "bucket-unknown"],
]);

function trusted(s3: OpenedStore["s3"]): Outcome {
  return s3?.options.trustAnyServer === true ? { state: "warned", reason: "any-server", params: {} } : PASSED;
}

function failed(error: AppError): Outcome {
  if (hasCode(error, "storage.forbidden")) {
    return { state: "failed", reason: "forbidden", params: { action: error.params.action } };
  }
  const problem = "problem" in error.params ? `${error.code} ${String(error.params.problem)}` : error.code;
  return { state: "failed", reason: "failed", params: { problem: problem.slice(0, 300) } };
}

async function readOne(store: ObjectStore, objects: readonly ObjectInfo[], signal: AbortSignal): Promise<Outcome> {
  const [object] = objects;
  if (object === undefined) return { state: "unknown", reason: "empty", params: {} };
  const read = await attempt(async () => {
    await using body = await store.get(object.key, { range: { start: 0, end: 1 } }, signal);
    for await (const chunk of body.chunks) if (chunk.length > 0) break;
    return PASSED;
  });
  // It was there a moment ago, so reading works and somebody deletes.
  if (hasCode(read, "storage.not-found")) return PASSED;
  return isAppError(read) ? failed(read) : read;
}

interface Probe {
  readonly write: Outcome;
  readonly delete: Outcome;
  /** The store's clock before ours. */
  readonly skewMs: number | null;
}

async function writeAndDelete(store: ObjectStore, clock: Clock, signal: AbortSignal): Promise<Probe> {
  const key = `${CONSOLE_PREFIX}check/${randomBytes(8).toString("hex")}`;
  const beganMs = clock.nowMs();
  const put = await attempt(() => store.put(key, Buffer.from("kubemate checks that it may write\n"), {}, signal));
  if (isAppError(put)) return { write: failed(put), delete: UNKNOWN, skewMs: null };
  const endedMs = clock.nowMs();
  const head = await attempt(() => store.head(key, {}, signal));
  const ref = put.versionId === null ? { key } : { key, versionId: put.versionId };
  const deleted = await attempt(() => store.delete(ref, signal));
  const gone = isAppError(deleted) ? deleted : await attempt(() => store.head(key, {}, signal));
  return {
    write: isAppError(head) ? failed(head) : PASSED,
    delete: deletionOf(gone),
    // Times of objects are in whole seconds.
    skewMs: isAppError(head) ? null : head.modifiedMs + 500 - (beganMs + endedMs) / 2,
  };
}

function deletionOf(gone: ObjectInfo | AppError): Outcome {
  if (hasCode(gone, "storage.not-found")) return PASSED;
  if (isAppError(gone)) return failed(gone);
  return { state: "failed", reason: "stays", params: {} };
}

async function versioningOf(store: ObjectStore, signal: AbortSignal): Promise<Outcome> {
  const versioning = await attempt(() => store.versioning(signal));
  if (isAppError(versioning)) return failed(versioning);
  return versioning === "enabled" ? PASSED : { state: "warned", reason: versioning, params: {} };
}

async function versionsOf(store: ObjectStore, signal: AbortSignal): Promise<Outcome> {
  const versions = await attempt(() => store.listVersions({ prefix: "", maxKeys: 1 }, signal));
  if (hasCode(versions, "storage.unsupported")) return { state: "warned", reason: "unsupported", params: {} };
  return isAppError(versions) ? failed(versions) : PASSED;
}

async function clockOf(
  s3: OpenedStore["s3"],
  probedMs: number | null,
  clock: Clock,
  signal: AbortSignal,
): Promise<Outcome> {
  let skewMs = probedMs;
  if (skewMs === null && s3 !== null) {
    const beganMs = clock.nowMs();
    const date = await attempt(() => storeDateMs(s3, signal));
    if (typeof date === "number") skewMs = date + 500 - (beganMs + clock.nowMs()) / 2;
  }
  if (skewMs === null) return { state: "unknown", reason: "not-told", params: {} };
  const params = { seconds: Math.round(skewMs / 1_000) };
  if (Math.abs(skewMs) > SKEW_REFUSED_MS) return { state: "failed", reason: "apart", params };
  return Math.abs(skewMs) > SKEW_WARNED_MS ? { state: "warned", reason: "apart", params } : { ...PASSED, params };
}
