import { randomUUID } from "node:crypto";
import { isAppError } from "../../../../src-shared/errors/app-error.ts";
import { CONSOLE_PREFIX } from "../../../../src-shared/model/storage/quarantine.ts";
import type { Preflight } from "../../../../src-shared/model/storage/storage-plan.ts";
import type { Clock } from "../../common/clock.ts";
import { leaseInForce } from "../lease/acquire-lease.ts";
import { mayNot } from "../lease/store-clock.ts";
import type { LokiControl } from "../loki/loki-control.ts";
import type { ObjectStore } from "../object-store.ts";

/** Consoles and stores whose clocks are further apart tell times that people cannot compare. */
const CLOCK_APART_MS = 60_000;

export interface PreflightParts {
  readonly store: ObjectStore;
  readonly versioning: "enabled" | "suspended" | "off";
  readonly loki: LokiControl | null;
  /** Whether objects of the console's own may be written for a moment. */
  readonly mayWrite: boolean;
  /** Whether index files are among the objects. */
  readonly touchesIndex: boolean;
  readonly clock: Clock;
}

/** Looks at what setting aside and bringing back need. Rejects only where nobody waits any more. */
export async function preflight(parts: PreflightParts, signal: AbortSignal): Promise<Preflight[]> {
  const { store, versioning, mayWrite } = parts;
  const written = mayWrite ? await tryWriting(parts, signal) : [check("permissions", "unknown", "read-only")];
  const versions =
    versioning === "enabled" ? check("versioning", "passed", null) : check("versioning", "warned", versioning);
  return [await leaseCheck(store, mayWrite, signal), versions, ...written, await compactorCheck(parts, signal)];
}

async function leaseCheck(store: ObjectStore, mayWrite: boolean, signal: AbortSignal): Promise<Preflight> {
  if (!mayWrite) return check("lease", "unknown", "read-only");
  return await orFailed("lease", async () => {
    const standing = await leaseInForce(store, null, signal);
    if (standing === null) return check("lease", "passed", null);
    const until = new Date(standing.untilMs).toISOString();
    return check("lease", "failed", "held", { holder: standing.holder.slice(0, 300), until });
  });
}

/** Puts, copies and removes an object of the console's own, as the job does with others. */
async function tryWriting({ store, clock, versioning }: PreflightParts, signal: AbortSignal): Promise<Preflight[]> {
  const key = `${CONSOLE_PREFIX}probe/${randomUUID()}`;
  const copied = `${key}-copy`;
  let clockCheck: Preflight[] = [];
  const permissions = await orFailed("permissions", async () => {
    await store.put(key, Buffer.from("probe\n"), {}, signal);
    const beganMs = clock.nowMs();
    const { modifiedMs } = await store.head(key, {}, signal);
    const apartMs = Math.abs(modifiedMs - beganMs);
    const seconds = Math.round(apartMs / 1_000);
    clockCheck = [
      apartMs > CLOCK_APART_MS ? check("clock", "warned", "apart", { seconds }) : check("clock", "passed", null),
    ];
    await store.copy({ key }, copied, signal);
    for (const own of [key, copied]) await store.delete({ key: own }, signal);
    if (versioning !== "off") await removeVersions(store, key, signal);
    return check("permissions", "passed", null);
  });
  return [permissions, ...clockCheck];
}

/** What a bucket with versions keeps of the probes: nobody wants it. Where versions may not be removed, they stay. */
async function removeVersions(store: ObjectStore, prefix: string, signal: AbortSignal): Promise<void> {
  const { versions } = await store.listVersions({ prefix }, signal);
  try {
    for (const { key, versionId } of versions) {
      // oxlint-disable-next-line no-await-in-loop -- a handful
      await store.delete({ key, versionId }, signal);
    }
  } catch (error) {
    if (!mayNot(error)) throw error;
  }
}

async function compactorCheck({ loki, touchesIndex }: PreflightParts, signal: AbortSignal): Promise<Preflight> {
  if (loki === null) return check("compactor", "unknown", "no-loki");
  try {
    const compactor = await loki.compactor(signal);
    if (compactor === null) return check("compactor", "unknown", "not-found");
    const { workload, running } = compactor;
    if (running === 0 || !touchesIndex) return check("compactor", "passed", null, { workload, running });
    return check("compactor", "warned", "running", { workload, running });
  } catch (error) {
    if (!isAppError(error) || error.category === "cancelled") throw error;
    return check("compactor", "unknown", "unread", { problem: error.code });
  }
}

async function orFailed(name: Preflight["check"], look: () => Promise<Preflight>): Promise<Preflight> {
  try {
    return await look();
  } catch (error) {
    if (!isAppError(error) || error.category === "cancelled") throw error;
    const refused = error.code === "storage.forbidden" || error.code === "storage.credentials-refused";
    return check(name, "failed", refused ? "refused" : "error", { problem: error.code });
  }
}

function check(
  name: Preflight["check"],
  state: Preflight["state"],
  reason: string | null,
  params: Preflight["params"] = {},
): Preflight {
  return { check: name, state, reason, params };
}
