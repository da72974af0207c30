import { z } from "zod";
import { jobIdSchema, planIdSchema, siteIdSchema } from "../model/ids.ts";
import { runtimePlaceSchema, tenantLimitsSchema, tenantsBoardSchema } from "../model/tenants/board.ts";
import { refusalExplanationSchema } from "../model/tenants/explanation.ts";
import { limitChangeReportSchema, limitChangeSchema, limitPlanSchema } from "../model/tenants/limit-change.ts";
import type { LimitChange } from "../model/tenants/limit-change.ts";
import { tenantIdSchema } from "../model/tenant-id.ts";
import { command, everyTenant, query, stream } from "./procedure.ts";

const bySite = z.object({ site: siteIdSchema });

/** What a change touches, for the audit log. */
export function changeSubject(change: LimitChange): string {
  switch (change.kind) {
    case "edits":
      return change.edits
        .map(({ tenant, key, value }) => `${tenant} ${key}=${value ?? "-"}`)
        .join("; ")
        .slice(0, 1_000);
    case "file":
      return `file of ${change.text.length} characters`;
    case "rollback":
      return `rollback of ${change.job}`;
  }
}

/** Limits of a site's tenants: seen with their use, explained, and changed by plans alone. */
export const tenantsApi = {
  /** The board, at once and again after every round of the site's health. A site is watched from the first call on. */
  watch: stream({
    input: bySite,
    output: tenantsBoardSchema,
    permission: "tenants.read",
    audit: "none",
    reveals: ({ tenants }) => tenants.map(({ tenant }) => tenant),
    masksTenants: true,
  }),
  limits: query({
    input: z.object({ site: siteIdSchema, tenant: tenantIdSchema }),
    output: tenantLimitsSchema,
    permission: "tenants.read",
    audit: "none",
    tenants: ({ tenant }) => [tenant],
    masksTenants: true,
  }),
  /** The runtime configuration as it stands, of all tenants. */
  runtimeConfig: query({
    input: bySite,
    output: z.object({
      place: runtimePlaceSchema,
      text: z.string(),
      problems: z.array(z.object({ line: z.number(), severity: z.enum(["error", "warning"]), text: z.string() })),
      readAtMs: z.number(),
    }),
    permission: "tenants.limits",
    audit: "access",
    auditSubject: ({ site }) => ({ site }),
    tenants: everyTenant,
  }),
  /** What a change would do: diff, problems, capacity, steps. Writes nothing. */
  plan: query({
    input: z.object({ site: siteIdSchema, change: limitChangeSchema }),
    output: limitPlanSchema,
    permission: "tenants.limits",
    audit: "access",
    auditSubject: ({ site, change }) => ({ site, change: change.kind, subject: changeSubject(change) }),
    /** One file holds the limits of all tenants, and what one may take is taken from the others. */
    tenants: everyTenant,
  }),
  /** Does what a plan says, as a job of kind `limits-change`; refused when the ConfigMap has changed since. */
  applyPlan: command({
    input: z.object({ plan: planIdSchema, reason: z.string().trim().min(1).max(500) }),
    output: z.object({ job: jobIdSchema }),
    permission: "tenants.limits",
    audit: "change",
    auditSubject: ({ plan, reason }) => ({ plan, reason }),
    tenants: everyTenant,
  }),
  /** Changes of this console, newest first; with what can be rolled back. */
  changes: query({
    input: z.object({ site: siteIdSchema, limit: z.number().int().min(1).max(200) }),
    output: z.array(
      z.object({
        job: jobIdSchema,
        atMs: z.number(),
        principal: z.string(),
        state: z.string(),
        report: limitChangeReportSchema,
      }),
    ),
    permission: "tenants.read",
    audit: "none",
    tenants: everyTenant,
  }),
  /** One for each refusal in a text that Loki, a collector or a pod wrote; with `site`, also what that site says. */
  explain: query({
    input: z.object({ site: siteIdSchema.nullable(), text: z.string().min(1).max(200_000) }),
    output: z.array(refusalExplanationSchema),
    permission: "tenants.read",
    audit: "none",
    reveals: (explanations, { site }) => (site === null ? [] : explanations.flatMap(({ tenant }) => tenant ?? [])),
    masksTenants: true,
  }),
  /** The same for what is being refused of a tenant by the metrics. */
  explainDiscards: query({
    input: z.object({ site: siteIdSchema, tenant: tenantIdSchema, reason: z.string().min(1).max(100) }),
    output: refusalExplanationSchema,
    permission: "tenants.read",
    audit: "access",
    auditSubject: ({ site, tenant, reason }) => ({ site, tenant, reason }),
    tenants: ({ tenant }) => [tenant],
    masksTenants: true,
  }),
};
