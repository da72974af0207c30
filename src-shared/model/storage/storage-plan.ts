import { z } from "zod";
import { OPERATION_STEP_STATES } from "../health/operation.ts";

const paramsSchema = z.record(z.string(), z.union([z.string(), z.number()]));

/**
 * What speaks against a plan, `storage.problem.<code>` with `params`. One that `stops` cannot be overridden; one that `doubts`
 * asks for a reason; one that `notes` is worth knowing.
 */
export const storageProblemSchema = z.object({
  code: z.string(),
  weight: z.enum(["stops", "doubts", "notes"]),
  params: paramsSchema,
});
export type StorageProblem = z.output<typeof storageProblemSchema>;

/** What is looked at before anything is written: `storage.preflight.<check>`, and `.<reason>` with `params` where it has one. */
export const PREFLIGHT_CHECKS = [
  "lease",
  "versioning",
  "permissions",
  "free-space",
  "compactor",
  "retention",
  "lifecycle",
  "source",
  "clock",
] as const;
export const preflightSchema = z.object({
  check: z.enum(PREFLIGHT_CHECKS),
  state: z.enum(["passed", "warned", "failed", "unknown"]),
  reason: z.string().nullable(),
  params: paramsSchema,
});
export type Preflight = z.output<typeof preflightSchema>;

/** The steps of a plan as they go: `storage.step.<key>` of the plan's step with the same place. */
export const storageStepSchema = z.object({
  state: z.enum(OPERATION_STEP_STATES),
  startedAtMs: z.number().nullable(),
  endedAtMs: z.number().nullable(),
  /** `storage.detail.<key>` with `params`. */
  detail: z.object({ key: z.string(), params: paramsSchema }).nullable(),
});
export type StorageStep = z.output<typeof storageStepSchema>;

/** A query of the lines of one day, asked again after the change. */
export const canarySchema = z.object({
  tenant: z.string(),
  /** `YYYY-MM-DD`, UTC. */
  day: z.string(),
  query: z.string(),
  fromMs: z.number(),
  throughMs: z.number(),
  /** Lines that the chunks of the stream promise in that time; `null` where nobody can say. */
  expected: z.number().nullable(),
  before: z.number().nullable(),
  after: z.number().nullable(),
  /** `unknown`: nobody could be asked, or the answer was not complete. */
  state: z.enum(["works", "fails", "unknown", "waiting"]),
  problem: z.string().nullable(),
});
export type Canary = z.output<typeof canarySchema>;
