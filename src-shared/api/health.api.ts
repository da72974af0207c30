import { z } from "zod";
import { jobIdSchema, planIdSchema, siteIdSchema } from "../model/ids.ts";
import { configAuditSchema } from "../model/health/config-audit.ts";
import { deleteRequestSchema } from "../model/health/delete-request.ts";
import { evidenceHistorySchema, instanceDetailsSchema } from "../model/health/instance-details.ts";
import { matesSchema } from "../model/health/mates.ts";
import { operationPlanSchema, operationSchema, type Operation } from "../model/health/operation.ts";
import { ringNameSchema, ringSchema } from "../model/health/ring.ts";
import { healthChangeSchema, siteHealthSchema } from "../model/health/site-health.ts";
import { topologySchema } from "../model/health/topology.ts";
import { EVIDENCE_KINDS } from "../model/health/verdict.ts";
import { watchdogManifestsSchema, watchdogOptionsSchema } from "../model/health/watchdog.ts";
import { tenantIdSchema } from "../model/tenant-id.ts";
import { command, everyTenant, query, stream } from "./procedure.ts";

const bySite = z.object({ site: siteIdSchema });
const instanceSchema = z.string().min(1).max(253);

/** Whom an operation touches, for the audit log. */
export function operationSubject(operation: Operation): string {
  switch (operation.kind) {
    case "flush-tenant":
      return operation.tenant;
    case "cancel-delete":
      return `${operation.tenant} ${operation.request}`;
    case "forget-member":
      return `${operation.ring} ${operation.member}`;
    case "rolling-restart":
    case "scale":
      return `${operation.workload.kind} ${operation.workload.namespace}/${operation.workload.name}`;
    case "flush-ingester":
    case "prepare-shutdown":
    case "shutdown-ingester":
    case "log-level":
      return operation.instance;
  }
}

/** The health of a site's Loki: seen, explained, and acted on by plans alone. */
export const healthApi = {
  /** The board, at once and again after every round. A site is watched from the first call on. */
  watch: stream({
    input: bySite,
    output: siteHealthSchema,
    permission: "health.read",
    audit: "none",
    masksTenants: true,
  }),
  changes: query({
    input: z.object({ site: siteIdSchema, limit: z.number().int().min(1).max(1_000) }),
    output: z.array(healthChangeSchema),
    permission: "health.read",
    audit: "none",
    masksTenants: true,
  }),
  topology: query({
    input: bySite,
    output: topologySchema,
    permission: "health.read",
    audit: "none",
    masksTenants: true,
  }),
  /** Everybody of a component side by side, as of the last round. */
  mates: query({
    input: z.object({ site: siteIdSchema, component: z.string().min(1).max(253) }),
    output: matesSchema,
    permission: "health.read",
    audit: "none",
    masksTenants: true,
  }),
  /** The rings of which somebody may tell. */
  rings: query({
    input: z.object({ site: siteIdSchema, rings: z.array(ringNameSchema).exactOptional() }),
    output: z.array(ringSchema),
    permission: "health.read",
    audit: "none",
  }),
  instance: query({
    input: z.object({ site: siteIdSchema, instance: instanceSchema }),
    output: instanceDetailsSchema,
    permission: "health.read",
    audit: "none",
    masksTenants: true,
  }),
  /** The figure behind an evidence over the last hours, at most six. */
  evidenceHistory: query({
    input: z.object({
      site: siteIdSchema,
      instance: instanceSchema,
      kind: z.enum(EVIDENCE_KINDS),
      lastSeconds: z.number().int().min(60).max(21_600),
    }),
    output: evidenceHistorySchema,
    permission: "health.read",
    audit: "none",
    masksTenants: true,
  }),
  /** `GET /config` of one process, at most 1 MB; Loki masks what it knows to be secret, the console the rest. */
  config: query({
    input: z.object({ site: siteIdSchema, instance: instanceSchema }),
    output: z.object({ yaml: z.string(), cut: z.boolean() }),
    permission: "health.operate",
    audit: "access",
    auditSubject: ({ site, instance }) => ({ site, instance }),
    tenants: everyTenant,
  }),
  auditConfig: query({
    input: bySite,
    output: configAuditSchema,
    permission: "health.read",
    audit: "none",
    tenants: everyTenant,
  }),
  deleteRequests: query({
    input: z.object({ site: siteIdSchema, tenant: tenantIdSchema }),
    output: z.array(deleteRequestSchema),
    permission: "health.read",
    audit: "access",
    auditSubject: ({ site, tenant }) => ({ site, tenant }),
    tenants: ({ tenant }) => [tenant],
  }),
  /** What would be done and whether it is safe now. Sends nothing that acts. */
  plan: query({
    input: z.object({ site: siteIdSchema, operation: operationSchema }),
    output: operationPlanSchema,
    permission: "health.operate",
    audit: "access",
    auditSubject: ({ site, operation }) => ({ site, operation: operation.kind, subject: operationSubject(operation) }),
    /** Whatever is done to a Loki is done to all of its tenants. */
    tenants: everyTenant,
  }),
  /**
   * Does what a plan says, as a job of kind `health-operation`. Looks again whether it is safe: an answer other than yes is
   * refused without a reason for doing it all the same, which `health.override` alone may give. (`apply` is a name
   * that tRPC keeps for itself.)
   */
  applyPlan: command({
    input: z.object({ plan: planIdSchema, reason: z.string().trim().min(1).max(500).exactOptional() }),
    output: z.object({ job: jobIdSchema }),
    permission: "health.operate",
    audit: "change",
    auditSubject: ({ plan, reason }) => ({ plan, reason: reason ?? null }),
    tenants: everyTenant,
  }),
  watchdog: query({
    input: z.object({ site: siteIdSchema, options: watchdogOptionsSchema }),
    output: watchdogManifestsSchema,
    permission: "health.read",
    audit: "none",
  }),
};
