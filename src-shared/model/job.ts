import { z } from "zod";
import { wireErrorSchema } from "../errors/wire-error.ts";
import { jobIdSchema } from "./ids.ts";

export const JOB_STATES = ["queued", "running", "paused", "succeeded", "failed", "cancelled", "interrupted"] as const;
export type JobState = (typeof JOB_STATES)[number];

/** How far a job is. `fraction` never runs back; `null` while the whole is not known. Times are milliseconds. */
export const jobProgressSchema = z.object({
  phase: z.string(),
  fraction: z.number().min(0).max(1).nullable(),
  done: z.number(),
  total: z.number().nullable(),
  unit: z.enum(["rows", "bytes", "objects", "steps"]),
  perSecond: z.number(),
  remainingMs: z.number().nullable(),
  /** Bytes that went through so far, where the unit is another and they are counted too. */
  bytes: z.number().exactOptional(),
});
export type JobProgress = z.infer<typeof jobProgressSchema>;

export const jobSchema = z.object({
  id: jobIdSchema,
  kind: z.string(),
  title: z.object({ key: z.string(), params: z.record(z.string(), z.union([z.string(), z.number()])) }),
  state: z.enum(JOB_STATES),
  principal: z.string(),
  createdAtMs: z.number(),
  startedAtMs: z.number().nullable(),
  endedAtMs: z.number().nullable(),
  attempts: z.number(),
  progress: jobProgressSchema.nullable(),
  error: wireErrorSchema.optional(),
  /** What the job made, parsed by its own schema; also partial counts of a cancelled one. */
  output: z.unknown(),
  canPause: z.boolean(),
});
export type Job = z.infer<typeof jobSchema>;
