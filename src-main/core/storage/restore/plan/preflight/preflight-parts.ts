import type { StoreCheck } from "../../../../../../src-shared/model/storage/store.ts";
import type { Preflight } from "../../../../../../src-shared/model/storage/storage-plan.ts";
import type { Clock } from "../../../../common/clock.ts";
import type { LokiRetention } from "../../../bucket-health/bucket-facts.ts";
import type { BucketSettings } from "../../../bucket-health/bucket-settings.ts";
import type { PausedCompactor } from "../../../loki/loki-control.ts";
import type { OpenedStore } from "../../../stores/opened-store.ts";

/** Who is asked before a bucket is written to. Every answer may be `null`: nobody can say. */
export interface PreflightParts {
  readonly clock: Clock;
  /** What the credentials may do; tried by writing an object of the console's own where it may write. */
  readonly storeChecks: (opened: OpenedStore, write: boolean, signal: AbortSignal) => Promise<readonly StoreCheck[]>;
  /** A plan writes nothing, a job does. */
  readonly mayWrite: boolean;
  readonly freeBytes: (opened: OpenedStore, signal: AbortSignal) => Promise<number | null>;
  readonly settings: (opened: OpenedStore, signal: AbortSignal) => Promise<BucketSettings | null>;
}

/** What the Loki says that reads the bucket; `null` where none does. */
export interface LokiFacts {
  /** `null` where its workload cannot be told. */
  readonly compactor: (PausedCompactor & { readonly running: number }) | null;
  /** `null` where it cannot be read. */
  readonly retention: LokiRetention | null;
}

/** What is going to be written. */
export interface PlannedWrites {
  readonly bytes: number;
  readonly objects: number;
  /** Of these, objects that something stands in the place of. */
  readonly replaced: number;
  /** What the source had was read: so many of its objects, and so many were whole. */
  readonly read: number;
  readonly whole: number;
  /** Chunks whose lines are older than their tenant's retention. */
  readonly expired: { readonly chunks: number; readonly tenants: readonly string[] };
}

export function verdict(
  check: Preflight["check"],
  state: Preflight["state"],
  reason: string | null = null,
  params: Preflight["params"] = {},
): Preflight {
  return { check, state, reason, params };
}
