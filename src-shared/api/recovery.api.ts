import { z } from "zod";
import { jobIdSchema, planIdSchema, siteIdSchema } from "../model/ids.ts";
import {
  batchIdSchema,
  quarantineBatchSchema,
  quarantinePlanSchema,
  quarantineRequestSchema,
  type QuarantineRequest,
} from "../model/storage/quarantine.ts";
import {
  drillSchema,
  recoveryFactsSchema,
  runbookRunSchema,
  runbookSchema,
  signedDrillReportSchema,
} from "../model/storage/recovery.ts";
import { restorePlanEventSchema, restoreReportSchema, restoreRequestSchema } from "../model/storage/restore.ts";
import { storeIdSchema } from "../model/storage/store.ts";
import { command, everyTenant, query, stream } from "./procedure.ts";

const byStore = z.object({ store: storeIdSchema });
const withReason = z.object({ plan: planIdSchema, reason: z.string().trim().min(1).max(500) });

/** What a request touches, for the audit log. */
function quarantineSubject(request: QuarantineRequest): { store: string; kind: string; what: string } {
  const { store, kind } = request;
  switch (request.kind) {
    case "set-aside":
      return { store, kind, what: `${request.findings.length} findings of ${request.scan}` };
    case "set-aside-keys":
      return { store, kind, what: request.keys.slice(0, 10).join(" ").slice(0, 1_000) };
    case "undo":
      return { store, kind, what: request.batch };
  }
}

/** Setting objects aside, bringing them back, and rehearsing it. Plans write nothing; jobs do what a plan says. */
export const recoveryApi = {
  planQuarantine: query({
    input: quarantineRequestSchema,
    output: quarantinePlanSchema,
    permission: "storage.quarantine",
    audit: "access",
    auditSubject: quarantineSubject,
    tenants: everyTenant,
  }),
  /** A job of kind `storage-quarantine`. */
  applyQuarantine: command({
    input: withReason,
    output: z.object({ job: jobIdSchema }),
    permission: "storage.quarantine",
    audit: "change",
    auditSubject: ({ plan, reason }) => ({ plan, reason }),
    tenants: everyTenant,
  }),
  /** What is set aside in a bucket, by the manifests in it; newest first. */
  batches: query({
    input: byStore,
    output: z.array(quarantineBatchSchema),
    permission: "storage.read",
    audit: "none",
    tenants: everyTenant,
  }),
  batch: query({
    input: z.object({ store: storeIdSchema, batch: batchIdSchema }),
    output: quarantineBatchSchema,
    permission: "storage.read",
    audit: "none",
    tenants: everyTenant,
  }),
  /** Tells how far it is, and at its end the plan. With `into`, the plan of a drill. */
  planRestore: stream({
    input: restoreRequestSchema,
    output: restorePlanEventSchema,
    permission: "storage.restore",
    audit: "access",
    auditSubject: ({ store, source, into }) => ({ store, source: source.kind, into }),
    tenants: everyTenant,
  }),
  /** A job of kind `storage-restore`; of a drill's plan, one of kind `storage-drill`. */
  applyRestore: command({
    input: withReason,
    output: z.object({ job: jobIdSchema }),
    permission: "storage.restore",
    audit: "change",
    auditSubject: ({ plan, reason }) => ({ plan, reason }),
    tenants: everyTenant,
  }),
  /** Restores of this console, newest first. */
  restores: query({
    input: z.object({ store: storeIdSchema, limit: z.number().int().min(1).max(200) }),
    output: z.array(
      z.object({
        job: jobIdSchema,
        atMs: z.number(),
        principal: z.string(),
        state: z.string(),
        report: restoreReportSchema,
      }),
    ),
    permission: "storage.read",
    audit: "none",
    tenants: everyTenant,
  }),
  facts: query({
    input: byStore,
    output: recoveryFactsSchema,
    permission: "storage.read",
    audit: "none",
    tenants: everyTenant,
  }),
  /** Newest first; of every store without one. */
  drills: query({
    input: z.object({ store: storeIdSchema.nullable(), limit: z.number().int().min(1).max(200) }),
    output: z.array(drillSchema),
    permission: "storage.read",
    audit: "none",
    tenants: everyTenant,
  }),
  drillReport: query({
    input: z.object({ drill: jobIdSchema, language: z.enum(["en", "zh-CN"]) }),
    output: z.object({ signed: signedDrillReportSchema, markdown: z.string(), html: z.string() }),
    permission: "storage.read",
    audit: "access",
    auditSubject: ({ drill }) => ({ drill }),
    tenants: everyTenant,
  }),
  /** Writes Markdown, HTML and the signed JSON into the profile's `exports` folder. */
  saveDrillReport: command({
    input: z.object({ drill: jobIdSchema, language: z.enum(["en", "zh-CN"]) }),
    output: z.object({ files: z.array(z.string()) }),
    permission: "storage.read",
    audit: "access",
    auditSubject: ({ drill }) => ({ drill }),
    tenants: everyTenant,
  }),
  runbooks: query({
    input: z.void(),
    output: z.array(runbookSchema),
    permission: "storage.read",
    audit: "none",
    tenants: everyTenant,
  }),
  runbookRuns: query({
    input: z.object({ limit: z.number().int().min(1).max(200) }),
    output: z.array(runbookRunSchema),
    permission: "storage.read",
    audit: "none",
    tenants: everyTenant,
  }),
  startRunbook: command({
    input: z.object({
      runbook: z.string().max(64),
      site: siteIdSchema.nullable(),
      store: storeIdSchema.nullable(),
    }),
    output: runbookRunSchema,
    permission: "storage.restore",
    audit: "change",
    auditSubject: ({ runbook, site, store }) => ({ runbook, site, store }),
    tenants: everyTenant,
  }),
  /** What a person did or saw. */
  markRunbookStep: command({
    input: z.object({
      run: z.string().max(64),
      step: z.string().max(64),
      state: z.enum(["done", "failed", "skipped", "open"]),
      note: z.string().max(2_000),
    }),
    output: runbookRunSchema,
    permission: "storage.restore",
    audit: "change",
    auditSubject: ({ run, step, state }) => ({ run, step, state }),
    tenants: everyTenant,
  }),
  /** Lets the console look, where a step is a check. */
  checkRunbookStep: command({
    input: z.object({ run: z.string().max(64), step: z.string().max(64) }),
    output: runbookRunSchema,
    permission: "storage.restore",
    audit: "change",
    auditSubject: ({ run, step }) => ({ run, step }),
    tenants: everyTenant,
  }),
};
