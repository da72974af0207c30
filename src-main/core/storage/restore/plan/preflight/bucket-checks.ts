import type { Preflight } from "../../../../../../src-shared/model/storage/storage-plan.ts";
import type { StoreCheck } from "../../../../../../src-shared/model/storage/store.ts";
import type { StandingLease } from "../../../lease/lease-object.ts";
import { verdict, type PlannedWrites } from "./preflight-parts.ts";

/** Whether another console has the bucket now. Taking the lease decides; this says it before. */
export function leaseCheck(lease: StandingLease | null, ownNonce: string | null, nowMs: number): Preflight {
  const isFree = lease === null || lease.endsAtStoreMs < nowMs || lease.lease?.nonce === ownNonce;
  if (isFree) return verdict("lease", "passed");
  return verdict("lease", "warned", "held", {
    holder: lease.holder.slice(0, 200),
    until: new Date(lease.endsAtStoreMs).toISOString(),
  });
}

/** What is written over is gone for good where no versions are kept. */
export function versioningCheck(
  versioning: "enabled" | "suspended" | "off" | null,
  { replaced }: Pick<PlannedWrites, "replaced">,
): Preflight {
  if (versioning === "enabled") return verdict("versioning", "passed");
  if (versioning === null) return verdict("versioning", "unknown", "not-told");
  if (replaced === 0) return verdict("versioning", "passed", "adds-only", { versioning });
  return verdict("versioning", "warned", "overwrites", { versioning, objects: replaced });
}

/** A restore deletes nothing but its own lease. */
const NEEDED = ["reach", "list", "read", "write"] as const;

/** What the credentials are known not to be allowed. */
export function permissionsCheck(checks: readonly StoreCheck[]): Preflight {
  const of = new Map(checks.map((each) => [each.check, each]));
  for (const name of NEEDED) {
    const found = of.get(name);
    if (found?.state === "failed") return verdict("permissions", "failed", "denied", { action: name });
  }
  if (of.get("delete")?.state === "failed") return verdict("permissions", "warned", "no-delete");
  const untried = NEEDED.filter((name) => (of.get(name)?.state ?? "unknown") === "unknown");
  if (untried.length > 0) return verdict("permissions", "unknown", "not-tried", { actions: untried.join(", ") });
  return verdict("permissions", "passed");
}

/** Clocks apart make `as of` another instant than was meant. */
export function clockCheck(checks: readonly StoreCheck[]): Preflight {
  const found = checks.find(({ check }) => check === "clock");
  if (found === undefined || found.state === "unknown") return verdict("clock", "unknown", "not-told");
  if (found.state === "passed") return verdict("clock", "passed");
  return verdict("clock", "warned", "apart", found.params);
}

/** A store that is nearly full is as good as full: Loki goes on writing meanwhile. */
const NEARLY_FULL = 0.8;

export function freeSpaceCheck(freeBytes: number | null, { bytes }: Pick<PlannedWrites, "bytes">): Preflight {
  if (freeBytes === null) return verdict("free-space", "unknown", "not-told", { bytes });
  if (bytes > freeBytes) return verdict("free-space", "failed", "too-little", { bytes, freeBytes });
  if (bytes > freeBytes * NEARLY_FULL) return verdict("free-space", "warned", "nearly-full", { bytes, freeBytes });
  return verdict("free-space", "passed", "enough", { bytes, freeBytes });
}

/** Whether the source gives what the plan needs of it. */
export function sourceCheck({ read, whole }: Pick<PlannedWrites, "read" | "whole">): Preflight {
  if (read > 0 && whole === 0) return verdict("source", "failed", "nothing-whole", { read });
  if (whole < read) return verdict("source", "warned", "partly-damaged", { read, whole });
  return verdict("source", "passed", "read", { read });
}
