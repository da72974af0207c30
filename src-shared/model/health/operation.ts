import { z } from "zod";
import { tenantIdSchema } from "../tenant-id.ts";
import { planIdSchema, siteIdSchema } from "../ids.ts";
import { ringNameSchema } from "./ring.ts";
import { wireErrorSchema } from "../../errors/wire-error.ts";

const nameSchema = z.string().regex(/^[A-Za-z0-9](?:[-A-Za-z0-9._]{0,251}[A-Za-z0-9])?$/);

/** A workload as Kubernetes names it. */
export const workloadSchema = z.object({
  kind: z.enum(["StatefulSet", "Deployment"]),
  namespace: nameSchema,
  name: nameSchema,
});
export type Workload = z.output<typeof workloadSchema>;

export const LOKI_LOG_LEVELS = ["debug", "info", "warn", "error"] as const;

/** What can be done to a Loki, one at a time. Loki flushes whole ingesters: a tenant's flush is that of all that hold its streams. */
export const operationSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("flush-ingester"), instance: nameSchema }),
  z.object({ kind: z.literal("flush-tenant"), tenant: tenantIdSchema }),
  z.object({ kind: z.literal("prepare-shutdown"), instance: nameSchema, prepared: z.boolean() }),
  z.object({ kind: z.literal("shutdown-ingester"), instance: nameSchema, deleteRingTokens: z.boolean() }),
  z.object({ kind: z.literal("forget-member"), ring: ringNameSchema, member: z.string().min(1).max(253) }),
  z.object({ kind: z.literal("rolling-restart"), workload: workloadSchema }),
  z.object({ kind: z.literal("scale"), workload: workloadSchema, replicas: z.number().int().min(0).max(1_000) }),
  z.object({
    kind: z.literal("log-level"),
    instance: nameSchema,
    level: z.enum(LOKI_LOG_LEVELS),
    minutes: z.number().int().min(1).max(120),
  }),
  z.object({
    kind: z.literal("cancel-delete"),
    tenant: tenantIdSchema,
    /** Never empty: Loki cancels all of a tenant's requests when it is. */
    request: z.string().min(1).max(200),
  }),
]);
export type Operation = z.output<typeof operationSchema>;
export type OperationKind = Operation["kind"];
export const OPERATION_KINDS: readonly OperationKind[] = operationSchema.options.map(
  (option) => option.shape.kind.value,
);

/**
 * `health.safe.<kind>` says what it is, `health.wait.<kind>` what to wait for where it stops or leaves it open. Their texts
 * name these parameters:
 *
 * - `replication-too-low` `factor`; `too-few-healthy` `healthy`, `needed`; `zone-at-risk` `zone` (the other one);
 *   `mates-gray` `instances` (names, joined); `wal-replaying` `instance`; `budget-exhausted` `budget`;
 *   `other-operation` `operation` (its kind), `subject`; `rollout-running` `workload`; `flush-behind` `chunks`;
 *   `never-flushed` `withinMs`; `shutdown-prepared` `instance`; `not-in-ring` and `member-alive` `member`;
 *   `last-instance` `component`; `below-replication` `replicas`, `factor`; `autoscaled` `autoscaler`; `two-compactors` `replicas`;
 *   `past-cancelling` `status`; `ring-unread` `ring`; `board-stale` `ageMs`; `all-tenants` `count` (ingesters).
 * - The others have none. A number is a count; one whose name ends with `Ms` is a duration.
 */
export const SAFETY_REASONS = [
  "replication-too-low",
  "too-few-healthy",
  "zone-at-risk",
  "mates-gray",
  "wal-replaying",
  "budget-exhausted",
  "other-operation",
  "rollout-running",
  "store-trouble",
  "flush-behind",
  "never-flushed",
  "shutdown-prepared",
  "not-in-ring",
  "member-alive",
  "last-instance",
  "below-replication",
  "two-compactors",
  "autoscaled",
  "already-so",
  "past-cancelling",
  "single-replica-data",
  "ring-unread",
  "factor-unknown",
  "budgets-unread",
  "workloads-unread",
  "board-stale",
  "all-tenants",
  "rejoins-with-same-tokens",
] as const;
export type SafetyReasonKind = (typeof SAFETY_REASONS)[number];

export const safetyReasonSchema = z.object({
  kind: z.enum(SAFETY_REASONS),
  /** `stops` makes the answer no, `doubts` makes it unknown, `notes` is worth knowing. */
  weight: z.enum(["stops", "doubts", "notes"]),
  params: z.record(z.string(), z.union([z.string(), z.number()])),
});
export type SafetyReason = z.output<typeof safetyReasonSchema>;

/** Whether touching it now is safe. */
export const safeNowSchema = z.object({
  answer: z.enum(["yes", "no", "unknown"]),
  reasons: z.array(safetyReasonSchema),
  /** What was looked at and found well, as reasons that do not apply: `health.checked.<kind>`. */
  checked: z.array(z.enum(SAFETY_REASONS)),
  checkedAtMs: z.number(),
});
export type SafeNow = z.output<typeof safeNowSchema>;

/** One step of a plan; `operations.step.<key>` with `params`. */
export const planStepSchema = z.object({
  key: z.string(),
  params: z.record(z.string(), z.union([z.string(), z.number()])),
  kind: z.enum(["check", "act", "wait", "verify"]),
  /** What is sent, to the letter, for review; `null` for a step that sends nothing. */
  request: z.string().nullable(),
});
export type PlanStep = z.output<typeof planStepSchema>;

/** What is shown before anything is done. It expires, and is refused when the world has moved. */
export const operationPlanSchema = z.object({
  id: planIdSchema,
  site: siteIdSchema,
  operation: operationSchema,
  createdAtMs: z.number(),
  expiresAtMs: z.number(),
  safe: safeNowSchema,
  steps: z.array(planStepSchema),
  /** What it does and does not do, `operations.effect.<key>`. */
  effects: z.array(z.object({ key: z.string(), params: z.record(z.string(), z.union([z.string(), z.number()])) })),
  /** A unified diff of what changes in an object, or empty. */
  diff: z.string(),
  /** For a delete request: a few of the lines that it would remove. Log text. */
  preview: z.array(z.object({ timestampNs: z.string(), line: z.string() })),
  /** Whether it can be taken back, and by what. */
  undo: z.enum(["none", "automatic", "by-hand"]),
});
export type OperationPlan = z.output<typeof operationPlanSchema>;

export const OPERATION_STEP_STATES = ["waiting", "running", "done", "failed", "skipped"] as const;

/** What a job of kind `health-operation` tells while it runs (its checkpoint) and at its end (its output). */
export const operationReportSchema = z.object({
  plan: operationPlanSchema,
  steps: z.array(
    z.object({
      state: z.enum(OPERATION_STEP_STATES),
      startedAtMs: z.number().nullable(),
      endedAtMs: z.number().nullable(),
      /** What was measured: queue lengths, a ring's state. `operations.detail.<key>`. */
      detail: z.object({ key: z.string(), params: z.record(z.string(), z.union([z.string(), z.number()])) }).nullable(),
    }),
  ),
  verified: z.boolean(),
  /** Why it was done though it was not known to be safe. */
  reason: z.string().exactOptional(),
  /** Why it did not come to its end; the job has failed then, and is shown with this report all the same. */
  error: wireErrorSchema.exactOptional(),
});
export type OperationReport = z.output<typeof operationReportSchema>;
