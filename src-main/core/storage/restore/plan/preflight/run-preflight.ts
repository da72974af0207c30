import { isAppError } from "../../../../../../src-shared/errors/app-error.ts";
import type { Preflight } from "../../../../../../src-shared/model/storage/storage-plan.ts";
import { readLease } from "../../../lease/lease-object.ts";
import type { OpenedStore } from "../../../stores/opened-store.ts";
import {
  clockCheck,
  freeSpaceCheck,
  leaseCheck,
  permissionsCheck,
  sourceCheck,
  versioningCheck,
} from "./bucket-checks.ts";
import { compactorCheck, lifecycleCheck, retentionCheck } from "./loki-checks.ts";
import type { LokiFacts, PlannedWrites, PreflightParts } from "./preflight-parts.ts";

/** What is looked at before a bucket is written to. Writes nothing. */
export async function runPreflight(
  target: OpenedStore,
  about: {
    readonly writes: PlannedWrites;
    readonly loki: LokiFacts | null;
    /** Whether a Loki reads the bucket, as far as anybody knows. */
    readonly live: boolean;
    /** Of the job that asks, if one does: its own lease is no other's. */
    readonly nonce: string | null;
  },
  parts: PreflightParts,
  signal: AbortSignal,
): Promise<readonly Preflight[]> {
  const nowMs = parts.clock.nowMs();
  const { writes, loki, live } = about;
  const [lease, versioning, checks, freeBytes, settings] = await Promise.all([
    orNull(() => readLease(target.store, signal), signal),
    orNull(() => target.store.versioning(signal), signal),
    orNull(() => parts.storeChecks(target, parts.mayWrite, signal), signal),
    orNull(() => parts.freeBytes(target, signal), signal),
    orNull(() => parts.settings(target, signal), signal),
  ]);
  const places = { storagePrefix: target.s3?.prefix ?? "", indexPrefix: target.layout.indexPrefix };
  const lifecycle =
    target.s3 === null
      ? ({ check: "lifecycle", state: "passed", reason: "no-rules", params: {} } as const)
      : lifecycleCheck(settings, loki, places, nowMs);
  return [
    leaseCheck(lease, about.nonce, nowMs),
    versioningCheck(target.folder === null ? versioning : "off", writes),
    permissionsCheck(checks ?? []),
    freeSpaceCheck(freeBytes, writes),
    compactorCheck(loki, live),
    retentionCheck(loki, writes, live),
    lifecycle,
    sourceCheck(writes),
    clockCheck(checks ?? []),
  ];
}

/** What cannot be asked is not known, and said so; it is no reason to make no plan. */
async function orNull<Answer>(ask: () => Promise<Answer>, signal: AbortSignal): Promise<Answer | null> {
  try {
    return await ask();
  } catch (error) {
    if (signal.aborted || !isAppError(error) || error.category === "cancelled") throw error;
    return null;
  }
}
