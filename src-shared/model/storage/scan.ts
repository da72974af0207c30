import { z } from "zod";
import { wireErrorSchema } from "../../errors/wire-error.ts";
import { jobIdSchema } from "../ids.ts";
import { STORAGE_FINDING_KINDS, STORAGE_SEVERITIES, storageFindingSchema } from "../storage-finding.ts";
import { storeIdSchema } from "./store.ts";

/** `fast`: the whole object against the checksum in its key. `deep`: every block decoded as well. */
export const SCAN_MODES = ["fast", "deep"] as const;

/** What is looked at. Index files are always read whole: without them nothing can be said of what is missing. */
export const scanScopeSchema = z.object({
  /** `null` for all. */
  tenants: z.array(z.string().min(1).max(150)).min(1).max(10_000).nullable(),
  /** Chunks with lines in `[fromMs, throughMs]`. */
  fromMs: z.number().int().nullable(),
  throughMs: z.number().int().nullable(),
  /** Of chunks whose bytes are read, chosen by their keys: another percent the next time. */
  samplePercent: z.number().gt(0).max(100),
});
export type ScanScope = z.output<typeof scanScopeSchema>;
export const WHOLE_BUCKET: ScanScope = { tenants: null, fromMs: null, throughMs: null, samplePercent: 100 };

export const scanRequestSchema = z.object({
  store: storeIdSchema,
  mode: z.enum(SCAN_MODES),
  scope: scanScopeSchema,
  /** What was verified and has not changed since is not read again. */
  incremental: z.boolean(),
  /** `null` for the store's own. */
  bytesPerSecond: z.number().int().positive().nullable(),
});
export type ScanRequest = z.output<typeof scanRequestSchema>;

const countsSchema = z.object({ critical: z.number(), warning: z.number(), info: z.number() });

/** A scan as it is listed; while it runs, as far as it is. Also the output of a job of kind `storage-scan`. */
export const scanSummarySchema = z.object({
  /** Of its job: what is asked for by it. */
  scan: jobIdSchema,
  request: scanRequestSchema,
  /** `s3://bucket/prefix` or a folder. */
  title: z.string(),
  principal: z.string(),
  state: z.enum(["running", "paused", "finished", "failed", "cancelled"]),
  startedAtMs: z.number(),
  endedAtMs: z.number().nullable(),
  objects: z.number(),
  bytes: z.number(),
  chunks: z.number(),
  indexFiles: z.number(),
  references: z.number(),
  /** Chunks whose bytes were read this time, found as before without reading, and left out by the sample. */
  checked: z.number(),
  reused: z.number(),
  skipped: z.number(),
  checkedBytes: z.number(),
  counts: countsSchema,
  kinds: z.partialRecord(z.enum(STORAGE_FINDING_KINDS), z.number()),
  /** Against the last finished scan of the same store with this or a wider scope; `null` without one. */
  compared: z.object({ with: jobIdSchema, appeared: z.number(), vanished: z.number(), stayed: z.number() }).nullable(),
  /** What could not be done in full: `storage.gap.<key>` with `params`. */
  gaps: z.array(z.object({ key: z.string(), params: z.record(z.string(), z.union([z.string(), z.number()])) })),
  error: wireErrorSchema.exactOptional(),
  /** What it is at, while it runs. `waiting`: the store went away, and how it was last; the scan goes on when it is back. */
  now: z
    .object({
      phase: z.enum(["chunks", "index", "compare", "keep"]),
      tenant: z.string().nullable(),
      waiting: z.object({ sinceMs: z.number(), untilMs: z.number(), error: wireErrorSchema }).nullable(),
    })
    .exactOptional(),
});
export type ScanSummary = z.output<typeof scanSummarySchema>;

/** A finding as it is kept. `id` follows from kind and key: the same in every scan. */
export const keptFindingSchema = z.object({
  id: z.string(),
  finding: storageFindingSchema,
  /** Against the scan it was compared with; `vanished` ones are those of that scan. */
  state: z.enum(["appeared", "stayed", "vanished"]),
  firstSeenMs: z.number(),
  /** The batch it stands in, once it was set aside. */
  quarantine: z.string().nullable(),
});
export type KeptFinding = z.output<typeof keptFindingSchema>;

export const findingFilterSchema = z.object({
  kinds: z.array(z.enum(STORAGE_FINDING_KINDS)).exactOptional(),
  severities: z.array(z.enum(STORAGE_SEVERITIES)).exactOptional(),
  tenant: z.string().exactOptional(),
  /** With lines in this day, `YYYY-MM-DD` in UTC. */
  day: z.iso.date().exactOptional(),
  state: z.enum(["appeared", "stayed", "vanished"]).exactOptional(),
  /** In key, labels or evidence. */
  contains: z.string().max(200).exactOptional(),
});
export type FindingFilter = z.output<typeof findingFilterSchema>;

/** A tenant's day in the bucket. Chunks count for every day they have lines in, their bytes for the first one. */
export const bucketDaySchema = z.object({
  tenant: z.string(),
  /** `YYYY-MM-DD`, UTC. */
  day: z.string(),
  chunks: z.number(),
  bytes: z.number(),
  /** Read and found sound, by this scan or one before whose word still holds. */
  verified: z.number(),
  damaged: z.number(),
  missing: z.number(),
  orphans: z.number(),
  indexMissing: z.boolean(),
  worst: z.enum(STORAGE_SEVERITIES).nullable(),
});
export type BucketDay = z.output<typeof bucketDaySchema>;

/** What a bucket looked like at the end of a scan: for growth. */
export const bucketGrowthSchema = z.object({
  atMs: z.number(),
  objects: z.number(),
  bytes: z.number(),
  tenants: z.array(z.object({ tenant: z.string(), chunks: z.number(), bytes: z.number() })),
});
export type BucketGrowth = z.output<typeof bucketGrowthSchema>;

/** A bucket on one page. */
export const bucketOverviewSchema = z.object({
  store: storeIdSchema,
  /** The newest that came to its end, and the one that runs or is paused. */
  last: scanSummarySchema.nullable(),
  current: scanSummarySchema.nullable(),
  /** Of `last`; at most 5,000, the newest days. */
  days: z.array(bucketDaySchema),
  daysLeftOut: z.number(),
  growth: z.array(bucketGrowthSchema),
});
export type BucketOverview = z.output<typeof bucketOverviewSchema>;
