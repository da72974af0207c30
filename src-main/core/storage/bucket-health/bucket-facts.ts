import type { BucketFinding, BucketHealth } from "../../../../src-shared/model/storage/bucket-health.ts";
import type { BucketSettings } from "./bucket-settings.ts";
import type { TimeToFull } from "./time-to-full.ts";

/** How long Loki keeps the lines of one tenant, seconds; 0 keeps them for ever, as in `retention_period`. */
export interface TenantRetention {
  readonly tenant: string;
  readonly seconds: number;
  /** `retention_stream`: what certain streams have instead. */
  readonly streams: readonly { readonly selector: string; readonly seconds: number }[];
}

export interface LokiRetention {
  /** `compactor.retention_enabled`: without it Loki deletes nothing, whatever the periods say. */
  readonly enabled: boolean;
  /** Of tenants that are not named. */
  readonly global: Omit<TenantRetention, "tenant">;
  readonly tenants: readonly TenantRetention[];
}

/** Healing as it was seen before, oldest first. */
export interface HealingPoint {
  readonly atMs: number;
  readonly drives: number;
  readonly healedObjects: number | null;
}

/** What rules over a bucket look at; `null` is what is not known. */
export interface BucketHealthFacts {
  readonly bucket: string;
  /** Loki's `storage_prefix`, empty or with a slash at its end. */
  readonly storagePrefix: string;
  /** Of the TSDB period's index: `index/` unless it is set. */
  readonly indexPrefix: string;
  readonly settings: BucketSettings;
  readonly health: BucketHealth | null;
  readonly full: TimeToFull | null;
  readonly healingPast: readonly HealingPoint[];
  readonly retention: LokiRetention | null;
  /** How far back a bucket is to be brought back from its versions. */
  readonly recoveryWindowDays: number;
  /** Beyond this a copy is behind. */
  readonly replicationLagLimitMs: number;
}

/** One rule. It is asked only where `isAble` says that its facts are known: only then does silence mean that all is well. */
export interface BucketRule {
  readonly id: string;
  readonly isAble: (facts: BucketHealthFacts) => boolean;
  readonly find: (facts: BucketHealthFacts) => readonly Omit<BucketFinding, "rule">[];
}

/** A value as evidence, bounded: ids of rules and selectors are what others wrote. */
export function evidence(fact: string, value: string | number | null): BucketFinding["evidence"][number] {
  return { fact, value: String(value ?? "").slice(0, 300) };
}
