import { z } from "zod";
import { ROLES } from "../../permissions/roles.ts";
import { MAX_COST_BYTES } from "./query-cost.ts";

export const QUOTA_KINDS = ["tenant", "user", "role"] as const;
export const QUOTA_PERIODS = ["day", "month"] as const;

/** Whose bytes are counted together. Of users the principal, of roles one of the console's. */
export const quotaScopeSchema = z
  .object({ kind: z.enum(QUOTA_KINDS), name: z.string().min(1).max(300), period: z.enum(QUOTA_PERIODS) })
  .refine(({ kind, name }) => kind !== "role" || ROLES.some((role) => role === name), { path: ["name"] });
export type QuotaScope = z.output<typeof quotaScopeSchema>;

/**
 * Bytes that queries may read in a day or a month (UTC). From `warnShare` on one is told; from `bytes` on a reason is asked for;
 * past `hardBytes` a query is refused unless an admin overrides it.
 */
export const quotaSchema = z
  .object({
    scope: quotaScopeSchema,
    bytes: z
      .number()
      .int()
      .min(1)
      .max(MAX_COST_BYTES * 1_000),
    hardBytes: z
      .number()
      .int()
      .min(1)
      .max(MAX_COST_BYTES * 1_000),
    warnShare: z.number().min(0.01).max(1),
  })
  .refine(({ bytes, hardBytes }) => hardBytes >= bytes, { path: ["hardBytes"] });
export type Quota = z.output<typeof quotaSchema>;

export const quotaStateSchema = z.object({
  quota: quotaSchema,
  /** `2026-11-20` or `2026-11`. */
  period: z.string(),
  usedBytes: z.number(),
  /** Held for queries that are on their way. */
  reservedBytes: z.number(),
  state: z.enum(["free", "warned", "reason-needed", "stopped"]),
  /** When the period ends, UTC. */
  renewsAtMs: z.number(),
});
export type QuotaState = z.output<typeof quotaStateSchema>;

/** Said with a query that a quota had stopped. */
export const spendingSchema = z.object({
  reason: z.string().trim().min(3).max(500),
  /** Also past the hard stop: only `usage.override` may. */
  override: z.boolean(),
});
export type Spending = z.output<typeof spendingSchema>;

/** What the audit log says of it. */
export function auditSpending(spending: Spending | undefined): {
  readonly reason?: string;
  readonly override?: boolean;
} {
  return spending === undefined ? {} : { reason: spending.reason, override: spending.override };
}
