import { z } from "zod";

export const AUDIT_SEVERITIES = ["critical", "warning", "info"] as const;

/** One thing that is not as it should be. The words are `health.audit.<rule>.title` and `.why`, with `params`. */
export const auditFindingSchema = z.object({
  rule: z.string(),
  severity: z.enum(AUDIT_SEVERITIES),
  /** A path in Loki's configuration (`common.replication_factor`) or `Kind namespace/name`. */
  where: z.string(),
  present: z.string(),
  params: z.record(z.string(), z.union([z.string(), z.number()])),
  /** A unified diff of what would mend it; `null` where no text can. */
  patch: z.string().nullable(),
});
export type AuditFinding = z.output<typeof auditFindingSchema>;

/** What an audit could not look at, and what that keeps from being judged. */
export const auditGapSchema = z.object({
  fact: z.enum(["config", "workloads", "pods", "budgets", "bucket", "services"]),
  /** An error's code: why. */
  code: z.string(),
  /** Rules that said nothing for it. */
  rules: z.array(z.string()),
});
export type AuditGap = z.output<typeof auditGapSchema>;

export const configAuditSchema = z.object({
  checkedAtMs: z.number(),
  /** The instance whose `/config` was read; `null` when none was. */
  configFrom: z.string().nullable(),
  findings: z.array(auditFindingSchema),
  gaps: z.array(auditGapSchema),
  /** Rules that were applied and found nothing. */
  passed: z.array(z.string()),
});
export type ConfigAudit = z.output<typeof configAuditSchema>;
