import { z } from "zod";
import { wireErrorSchema } from "../../errors/wire-error.ts";
import { OPERATION_STEP_STATES, planStepSchema } from "../health/operation.ts";
import { jobIdSchema, planIdSchema, siteIdSchema } from "../ids.ts";
import { tenantIdSchema } from "../tenant-id.ts";
import { overrideExpirySchema, runtimePlaceSchema } from "./board.ts";

const keySchema = z.string().regex(/^[a-z][a-z0-9_]{0,99}$/);

/** One value of one tenant; `value` as a person writes it in YAML (`20`, `5MB`, `2h`, `[{pattern: …}]`), `null` takes it out. */
export const limitEditSchema = z.object({
  tenant: tenantIdSchema,
  key: keySchema,
  value: z.string().max(65_536).nullable(),
});
export type LimitEdit = z.output<typeof limitEditSchema>;

/** 30 days; what shall last longer is no exception any more. */
export const MAX_EXPIRY_MINUTES = 43_200;

/** What shall be changed in a site's runtime configuration. */
export const limitChangeSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("edits"),
    edits: z.array(limitEditSchema).min(1).max(100),
    /** From when it is applied; then each value goes back to what it was. */
    expiresAfterMinutes: z.number().int().min(1).max(MAX_EXPIRY_MINUTES).exactOptional(),
    /** The preset that made the edits, for the audit. */
    preset: z.string().max(50).exactOptional(),
  }),
  /** The whole file, as edited by hand; a ConfigMap holds at most 1 MiB. */
  z.object({ kind: z.literal("file"), text: z.string().max(1_048_576) }),
  /** Takes back what a job of kind `limits-change` did: value by value, and only where its values still stand. */
  z.object({ kind: z.literal("rollback"), job: jobIdSchema }),
]);
export type LimitChange = z.output<typeof limitChangeSchema>;

const paramsSchema = z.record(z.string(), z.union([z.string(), z.number()]));

/** `limits.problem.<code>` with `params`. What `stops` cannot be applied. */
export const limitProblemSchema = z.object({
  code: z.enum([
    "unknown-key",
    "wrong-type",
    "not-a-choice",
    "unknown-field",
    "not-per-tenant",
    "deprecated",
    "file-refused",
    "duplicate-key",
    "shared-value",
    "no-place",
    "unknown-tenant",
    "no-change",
    "already-changed",
    "managed-elsewhere",
    "too-large",
    "capacity-exceeded",
    "capacity-unknown",
    "use-above-limit",
    "burst-below-rate",
    "version-differs",
    "reload-failing",
    "overdue-expiry",
    /** `runtime_config.file` names several: `files`. Which of them a value comes from cannot be told. */
    "several-files",
    /** Gzip, or bytes that are no text: `file`. */
    "binary-file",
    /** The ConfigMap is immutable: `object`. */
    "immutable",
    /** Mounted by `subPath`: pods see a change when they are made anew. */
    "never-reloads",
    /** The annotation of expiries holds something else: `problem`. */
    "expiries-unreadable",
    /** Only a value can be set for a while, not its absence: `tenant`, `key`. */
    "removal-expires",
  ]),
  weight: z.enum(["stops", "warns"]),
  params: paramsSchema,
});
export type LimitProblem = z.output<typeof limitProblemSchema>;

/** What all tenants' limits add up to against what the cluster can take. `null` is unknown or unbounded, as `reason` says. */
export const capacityUseSchema = z.object({
  of: z.enum(["distributor-rate", "ingester-rate", "ingester-memory"]),
  before: z.number().nullable(),
  after: z.number().nullable(),
  capacity: z.number().nullable(),
  reason: z.enum(["fits", "over", "unlimited", "unknown", "no-members"]),
  /** Where the capacity comes from: `limits.capacity.<key>`. */
  from: z.string(),
});

export const limitPlanSchema = z.object({
  id: planIdSchema,
  site: siteIdSchema,
  change: limitChangeSchema,
  createdAtMs: z.number(),
  expiresAtMs: z.number(),
  place: runtimePlaceSchema,
  /** Value by value; texts as Loki prints them, `null` for none. */
  edits: z.array(
    z.object({
      tenant: z.string(),
      key: z.string(),
      before: z.string().nullable(),
      after: z.string().nullable(),
      /** What holds for the tenant before and after: an override, else the configuration, else the default. */
      effectiveBefore: z.string().nullable(),
      effectiveAfter: z.string().nullable(),
      used: z.number().nullable(),
    }),
  ),
  diff: z.string(),
  problems: z.array(limitProblemSchema),
  capacity: z.array(capacityUseSchema),
  /** Who else changed the ConfigMap lately, newest first, by `managedFields` and by the console's audit log. */
  lately: z.array(z.object({ who: z.string(), atMs: z.number(), what: z.string() })),
  steps: z.array(planStepSchema),
  /** What will go back by itself. */
  expiry: z.array(overrideExpirySchema),
});
export type LimitPlan = z.output<typeof limitPlanSchema>;

/** Whether one process has taken the new file. */
export const convergenceSchema = z.object({
  instance: z.string(),
  state: z.enum(["waiting", "taken", "refused", "unseen"]),
  hash: z.string().nullable(),
  takenAtMs: z.number().nullable(),
});

/** What a job of kind `limits-change` tells while it runs (its checkpoint) and at its end (its output). */
export const limitChangeReportSchema = z.object({
  plan: limitPlanSchema,
  steps: z.array(
    z.object({
      state: z.enum(OPERATION_STEP_STATES),
      startedAtMs: z.number().nullable(),
      endedAtMs: z.number().nullable(),
      detail: z.object({ key: z.string(), params: paramsSchema }).nullable(),
    }),
  ),
  /** Resource version after the write; `null` before it. */
  writtenVersion: z.string().nullable(),
  convergence: z.array(convergenceSchema),
  /** What the components say that holds now, value by value; `null` where no one tells it. */
  held: z.array(
    z.object({ tenant: z.string(), key: z.string(), value: z.string().nullable(), asPlanned: z.boolean() }),
  ),
  verified: z.boolean(),
  /** The job that took it back. */
  rolledBackBy: jobIdSchema.exactOptional(),
  error: wireErrorSchema.exactOptional(),
});
export type LimitChangeReport = z.output<typeof limitChangeReportSchema>;
