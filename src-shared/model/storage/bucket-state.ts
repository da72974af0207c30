import { z } from "zod";
import { wireErrorSchema } from "../../errors/wire-error.ts";
import { bucketHealthSchema, bucketJudgementSchema } from "./bucket-health.ts";
import { storeIdSchema } from "./store.ts";

/** How a bucket is set up, as far as it tells. */
const settingsSchema = z.object({
  versioning: z.enum(["enabled", "suspended", "off"]).nullable(),
  objectLock: z.enum(["on", "off"]).nullable(),
  replication: z.enum(["on", "off"]).nullable(),
  lifecycleRules: z.number().nullable(),
  encryption: z.enum(["on", "off"]).nullable(),
});

/** Bucket and store of it, as they are now: MinIO's own pages where it is one, the bucket's settings, and what they endanger. */
export const bucketStateSchema = z.object({
  store: storeIdSchema,
  checkedAtMs: z.number(),
  /** `null` where the store is no MinIO, or none that tells. */
  health: bucketHealthSchema.nullable(),
  settings: settingsSchema.nullable(),
  judgement: bucketJudgementSchema,
  full: z.object({ fullAtMs: z.number().nullable(), lostBytesPerDay: z.number() }).nullable(),
  /** Free bytes over the kept past, oldest first. */
  free: z.array(z.object({ atMs: z.number(), freeBytes: z.number() })),
  /** What could not be read, and why. */
  problems: z.array(z.object({ what: z.string(), error: wireErrorSchema })),
});
export type BucketState = z.output<typeof bucketStateSchema>;
