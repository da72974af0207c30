import { z } from "zod";
import { jobIdSchema, siteIdSchema } from "../model/ids.ts";
import {
  cardinalityReportSchema,
  cardinalityRequestSchema,
  emergencyPlanSchema,
  labelChangeSchema,
  whatIfSchema,
} from "../model/tenants/cardinality.ts";
import { tenantIdSchema } from "../model/tenant-id.ts";
import { command, query } from "./procedure.ts";

const byTenant = z.object({ site: siteIdSchema, tenant: tenantIdSchema });
/** Every report names its tenant, so that the door can tell whose it is. */
const ofReport = byTenant.extend({ job: jobIdSchema });
const reachOfReport = {
  tenants: ({ tenant }: { readonly tenant: string }) => [tenant],
  handles: ({ job }: { readonly job: string }) => [{ kind: "job", id: job }] as const,
};

/** Labels, their values and the streams they make. */
export const cardinalityApi = {
  /** Samples a tenant's series, as a job of kind `cardinality`. */
  start: command({
    input: cardinalityRequestSchema,
    output: z.object({ job: jobIdSchema }),
    permission: "cardinality.sample",
    audit: "access",
    auditSubject: ({ site, tenant, selector }) => ({ site, tenant, selector }),
    tenants: ({ tenant }) => [tenant],
  }),
  /** Samples that were taken and are kept, newest first. */
  reports: query({
    input: byTenant,
    output: z.array(
      z.object({
        job: jobIdSchema,
        takenAtMs: z.number(),
        series: z.number(),
        labels: z.number(),
        sampledShare: z.number(),
      }),
    ),
    permission: "tenants.read",
    audit: "none",
    tenants: ({ tenant }) => [tenant],
  }),
  report: query({
    input: ofReport,
    output: cardinalityReportSchema,
    permission: "tenants.read",
    audit: "none",
    ...reachOfReport,
  }),
  whatIf: query({
    input: ofReport.extend({ changes: z.array(labelChangeSchema).max(20) }),
    output: whatIfSchema,
    permission: "tenants.read",
    audit: "none",
    ...reachOfReport,
  }),
  /** Streams and values by day, from the ledger, oldest first. */
  growth: query({
    input: byTenant,
    output: z.array(z.object({ day: z.string(), series: z.number(), labels: z.record(z.string(), z.number()) })),
    permission: "tenants.read",
    audit: "none",
    tenants: ({ tenant }) => [tenant],
  }),
  emergency: query({
    input: ofReport.extend({ label: z.string().min(1).max(1_024) }),
    output: emergencyPlanSchema,
    permission: "tenants.read",
    audit: "none",
    ...reachOfReport,
  }),
  /** A Prometheus rule from `loki_ingester_memory_streams`, with a threshold out of what was seen and the tenant's limit. */
  alertRule: query({
    input: byTenant,
    output: z.object({ yaml: z.string(), threshold: z.number(), from: z.string() }),
    permission: "tenants.read",
    audit: "none",
    tenants: ({ tenant }) => [tenant],
  }),
};
