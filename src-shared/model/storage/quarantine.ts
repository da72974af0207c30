import { z } from "zod";
import { wireErrorSchema } from "../../errors/wire-error.ts";
import { jobIdSchema, planIdSchema } from "../ids.ts";
import { planStepSchema } from "../health/operation.ts";
import { canarySchema, preflightSchema, storageProblemSchema, storageStepSchema } from "./storage-plan.ts";
import { storeIdSchema } from "./store.ts";

/** A set of objects that were set aside together; its name is a part of their new keys. */
export const batchIdSchema = z.string().regex(/^[0-9A-Za-z][0-9A-Za-z-]{0,99}$/);

/** Where the console keeps what is its own in a bucket: quarantine, lease. No tenant of Loki's may have this name. */
export const CONSOLE_PREFIX = "__kubemate__/";

export const quarantineRequestSchema = z.discriminatedUnion("kind", [
  /** Objects of findings of a scan that are in the bucket and damaged, foreign or garbage. */
  z.object({
    kind: z.literal("set-aside"),
    store: storeIdSchema,
    scan: jobIdSchema,
    findings: z.array(z.string()).min(1).max(100_000),
  }),
  /** Objects by their keys, whatever is said of them. */
  z.object({
    kind: z.literal("set-aside-keys"),
    store: storeIdSchema,
    keys: z.array(z.string().min(1).max(1_024)).min(1).max(100_000),
  }),
  z.object({ kind: z.literal("undo"), store: storeIdSchema, batch: batchIdSchema }),
]);
export type QuarantineRequest = z.output<typeof quarantineRequestSchema>;

/** One object of a plan, a manifest, a batch. */
export const quarantineItemSchema = z.object({
  key: z.string(),
  /** Where it will be, or is, set aside. */
  aside: z.string(),
  sizeBytes: z.number(),
  etag: z.string(),
  /** Of its place, where versions are kept. */
  versionId: z.string().nullable(),
  kind: z.string(),
  tenant: z.string().nullable(),
  fromMs: z.number().nullable(),
  throughMs: z.number().nullable(),
  /**
   * What is left of these lines when it is gone: `versions` (older ones of the same key), `replica` (another chunk of the stream
   * and time), `dr` (the copy has it), `none`, `nothing-lost` (garbage, a duplicate), `unknown`.
   */
  remains: z.enum(["versions", "replica", "dr", "none", "nothing-lost", "unknown"]),
});
export type QuarantineItem = z.output<typeof quarantineItemSchema>;

export const quarantinePlanSchema = z.object({
  id: planIdSchema,
  request: quarantineRequestSchema,
  batch: batchIdSchema,
  createdAtMs: z.number(),
  expiresAtMs: z.number(),
  /** The first 500; `count` says how many. */
  items: z.array(quarantineItemSchema),
  count: z.number(),
  bytes: z.number(),
  /** `- key`, `+ key`, line by line, of the items that are shown. */
  diff: z.string(),
  problems: z.array(storageProblemSchema),
  preflight: z.array(preflightSchema),
  steps: z.array(planStepSchema),
  canaries: z.array(canarySchema),
});
export type QuarantinePlan = z.output<typeof quarantinePlanSchema>;

/** What a job of kind `storage-quarantine` tells while it runs and at its end. */
export const quarantineReportSchema = z.object({
  plan: quarantinePlanSchema,
  steps: z.array(storageStepSchema),
  copied: z.number(),
  verified: z.number(),
  removed: z.number(),
  /** Left where they were, and why. At most 500. */
  left: z.array(z.object({ key: z.string(), problem: z.string() })),
  leftCount: z.number(),
  canaries: z.array(canarySchema),
  done: z.boolean(),
  reason: z.string(),
  error: wireErrorSchema.exactOptional(),
});
export type QuarantineReport = z.output<typeof quarantineReportSchema>;

export const quarantineBatchSchema = z.object({
  batch: batchIdSchema,
  /** `setting-aside` and `undoing` were not finished: the same command goes on. */
  state: z.enum(["setting-aside", "set-aside", "undoing", "undone", "unreadable"]),
  atMs: z.number(),
  principal: z.string(),
  reason: z.string(),
  count: z.number(),
  bytes: z.number(),
  /** The first 500. */
  items: z.array(quarantineItemSchema),
  problem: z.string().nullable(),
});
export type QuarantineBatch = z.output<typeof quarantineBatchSchema>;
