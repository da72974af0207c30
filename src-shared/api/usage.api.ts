import { z } from "zod";
import { jobIdSchema, siteIdSchema } from "../model/ids.ts";
import { COST_DIMENSIONS, queryCostSchema } from "../model/tenants/query-cost.ts";
import { quotaSchema, quotaScopeSchema, quotaStateSchema } from "../model/tenants/quota.ts";
import { costlyShapeSchema, ledgerStateSchema, usageRangeSchema, usageReportSchema } from "../model/tenants/usage.ts";
import { command, everyTenant, query } from "./procedure.ts";

/** What queries cost, by whom, and how much more they may. */
export const usageApi = {
  ledger: query({ input: z.void(), output: ledgerStateSchema, permission: "usage.read", audit: "none" }),
  report: query({
    input: z.object({
      by: z.enum(COST_DIMENSIONS),
      range: usageRangeSchema,
      limit: z.number().int().min(1).max(1_000),
    }),
    output: usageReportSchema,
    permission: "usage.read",
    audit: "none",
    tenants: ({ range }) => range.tenants ?? [],
    reveals: ({ rows }, { by }) => (by === "tenant" ? rows.map(({ key }) => key) : []),
  }),
  /** The dearest single queries; query texts may name customers' data, so looking is recorded. */
  costliest: query({
    input: z.object({ range: usageRangeSchema, limit: z.number().int().min(1).max(200) }),
    output: z.array(queryCostSchema),
    permission: "usage.read",
    audit: "access",
    auditSubject: ({ range }) => ({ fromDay: range.fromDay, toDay: range.toDay }),
    tenants: ({ range }) => range.tenants ?? [],
    reveals: (costs) => costs.map(({ tenant }) => tenant),
  }),
  /** The dearest shapes of queries with what would make each cheaper, at most ten. */
  fixes: query({
    input: z.object({ range: usageRangeSchema }),
    output: z.array(costlyShapeSchema),
    permission: "usage.read",
    audit: "access",
    auditSubject: ({ range }) => ({ fromDay: range.fromDay, toDay: range.toDay }),
    tenants: ({ range }) => range.tenants ?? [],
    reveals: (shapes) => shapes.flatMap(({ tenants }) => tenants),
  }),
  /** Reads the frontends' lines of a site now, from Loki or from its pods, instead of at the next round. */
  collect: command({
    input: z.object({ site: siteIdSchema }),
    output: z.object({ lines: z.number(), added: z.number(), from: z.enum(["loki", "pods"]) }),
    permission: "usage.read",
    audit: "access",
    auditSubject: ({ site }) => ({ site }),
    /** The frontends write about the queries of all tenants. */
    tenants: everyTenant,
  }),
  /** Single costs as a file, by a job of kind `usage-export`. */
  exportCosts: command({
    input: z.object({ range: usageRangeSchema, format: z.enum(["csv", "parquet"]) }),
    output: z.object({ job: jobIdSchema }),
    permission: "usage.export",
    audit: "access",
    auditSubject: ({ range, format }) => ({ fromDay: range.fromDay, toDay: range.toDay, format }),
    tenants: ({ range }) => range.tenants ?? [],
  }),
  quotas: query({
    input: z.void(),
    output: z.array(quotaStateSchema),
    permission: "usage.read",
    audit: "none",
    reveals: (quotas) => quotas.flatMap(({ quota: { scope } }) => (scope.kind === "tenant" ? [scope.name] : [])),
  }),
  setQuota: command({
    input: quotaSchema,
    output: quotaStateSchema,
    permission: "usage.quota",
    audit: "security",
    auditSubject: ({ scope, bytes, hardBytes, warnShare }) => ({ ...scope, bytes, hardBytes, warnShare }),
    /** What one tenant may spend is spent on what all share. */
    tenants: everyTenant,
  }),
  removeQuota: command({
    input: quotaScopeSchema,
    output: z.object({ removed: z.boolean() }),
    permission: "usage.quota",
    audit: "security",
    auditSubject: (scope) => ({ ...scope }),
    tenants: everyTenant,
  }),
};
