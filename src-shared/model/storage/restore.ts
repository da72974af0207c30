import { z } from "zod";
import { wireErrorSchema } from "../../errors/wire-error.ts";
import { jobIdSchema, planIdSchema } from "../ids.ts";
import { planStepSchema } from "../health/operation.ts";
import { canarySchema, preflightSchema, storageProblemSchema, storageStepSchema } from "./storage-plan.ts";
import { SCAN_MODES, scanScopeSchema } from "./scan.ts";
import { storeIdSchema } from "./store.ts";

/** Where whole objects come from. */
export const restoreSourceSchema = z.discriminatedUnion("kind", [
  /** Versions of the bucket itself, as it was at that time. */
  z.object({ kind: z.literal("versions"), asOfMs: z.number().int().positive() }),
  /** A DR bucket or a snapshot's folder, as it is. */
  z.object({ kind: z.literal("store"), store: storeIdSchema }),
]);
export type RestoreSource = z.output<typeof restoreSourceSchema>;

export const restoreRequestSchema = z.object({
  /** The bucket that something is missing from or damaged in. */
  store: storeIdSchema,
  source: restoreSourceSchema,
  scope: scanScopeSchema.pick({ tenants: true, fromMs: true, throughMs: true }),
  /** Only what these findings of a scan are about; the whole scope without. */
  findings: z.object({ scan: jobIdSchema, ids: z.array(z.string()).max(100_000).nullable() }).nullable(),
  /** How objects of the bucket and of the source are judged where no scan has. */
  verify: z.enum(SCAN_MODES),
  /** `null`: where they are missing. A drill: a scratch bucket, which gets everything that the bucket should have. */
  into: storeIdSchema.nullable(),
  bytesPerSecond: z.number().int().positive().nullable(),
});
export type RestoreRequest = z.output<typeof restoreRequestSchema>;

export const RESTORE_ACTIONS = ["add", "replace", "undelete"] as const;

/** One object of a plan. */
export const restoreItemSchema = z.object({
  key: z.string(),
  kind: z.enum(["chunk", "index", "other"]),
  tenant: z.string().nullable(),
  fromMs: z.number().nullable(),
  throughMs: z.number().nullable(),
  action: z.enum(RESTORE_ACTIONS),
  sizeBytes: z.number(),
  /** Of the source, where it keeps versions. */
  sourceVersionId: z.string().nullable(),
  sourceEtag: z.string(),
  sourceModifiedMs: z.number(),
  /** What stands in its place now; `null` where nothing does. */
  replacesEtag: z.string().nullable(),
});
export type RestoreItem = z.output<typeof restoreItemSchema>;

/** What stays lost, stream by stream. */
export const lostStreamSchema = z.object({
  tenant: z.string(),
  fingerprint: z.string(),
  labels: z.record(z.string(), z.string()).nullable(),
  fromMs: z.number(),
  throughMs: z.number(),
  chunks: z.number(),
});

export const restorePlanSchema = z.object({
  id: planIdSchema,
  request: restoreRequestSchema,
  purpose: z.enum(["restore", "drill"]),
  createdAtMs: z.number(),
  expiresAtMs: z.number(),
  /** Objects of the scope: `sound` are left alone, `missing` and `damaged` are asked of the source, `lost` it has not whole. */
  counts: z.object({
    sound: z.number(),
    missing: z.number(),
    damaged: z.number(),
    restorable: z.number(),
    lost: z.number(),
    versionsListed: z.number(),
  }),
  chunks: z.number(),
  indexFiles: z.number(),
  bytes: z.number(),
  requests: z.number(),
  estimatedMs: z.number(),
  /** Where the estimate's rate comes from: the last drill, or an assumption. */
  rate: z.object({ bytesPerSecond: z.number(), basis: z.enum(["drill", "restore", "assumed"]) }),
  /** The first 500, chunks first. */
  items: z.array(restoreItemSchema),
  /** The first 500. */
  lost: z.array(lostStreamSchema),
  lostStreams: z.number(),
  /** Minutes that have lost lines of at least one stream. */
  lostMinutes: z.number(),
  diff: z.string(),
  problems: z.array(storageProblemSchema),
  preflight: z.array(preflightSchema),
  steps: z.array(planStepSchema),
  canaries: z.array(canarySchema),
});
export type RestorePlan = z.output<typeof restorePlanSchema>;

export const restorePlanEventSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("progress"),
    /** `storage.planning.<phase>`. */
    phase: z.enum(["listing", "source", "verifying", "index", "preflight"]),
    done: z.number(),
    total: z.number().nullable(),
  }),
  z.object({ kind: z.literal("plan"), plan: restorePlanSchema }),
]);
export type RestorePlanEvent = z.output<typeof restorePlanEventSchema>;

/** What a job of kind `storage-restore` tells while it runs and at its end. */
export const restoreReportSchema = z.object({
  plan: restorePlanSchema,
  steps: z.array(storageStepSchema),
  written: z.number(),
  writtenBytes: z.number(),
  verified: z.number(),
  /** There already, whole, from a run before. */
  found: z.number(),
  failed: z.array(z.object({ key: z.string(), problem: z.string() })),
  failedCount: z.number(),
  canaries: z.array(canarySchema),
  /** The compactor that was paused, with the count of before; `resumed` once it has it again. */
  compactor: z.object({ workload: z.string(), replicas: z.number(), resumed: z.boolean() }).nullable(),
  /** Of the copying alone. */
  bytesPerSecond: z.number().nullable(),
  objectsPerSecond: z.number().nullable(),
  done: z.boolean(),
  reason: z.string(),
  error: wireErrorSchema.exactOptional(),
});
export type RestoreReport = z.output<typeof restoreReportSchema>;
