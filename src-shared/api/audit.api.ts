import { z } from "zod";
import { jobIdSchema } from "../model/ids.ts";
import { command, everyTenant, query } from "./procedure.ts";

/** One link of the chain. `hash` covers every other field and the hash before it. */
export const auditEntrySchema = z.object({
  sequence: z.number(),
  atMs: z.number(),
  principal: z.string(),
  role: z.string(),
  action: z.string(),
  auditClass: z.enum(["access", "change", "security"]),
  subject: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  outcome: z.enum(["started", "succeeded", "failed", "refused", "cancelled"]),
  error: z.string().nullable(),
  /** The entry that this one ends, when it tells an outcome. */
  of: z.number().nullable(),
  previousHash: z.string(),
  hash: z.string(),
});
export type AuditEntry = z.infer<typeof auditEntrySchema>;

export const auditApi = {
  list: query({
    input: z.object({
      before: z.number().int().positive().exactOptional(),
      limit: z.number().int().min(1).max(500),
      contains: z.string().max(200).exactOptional(),
      auditClass: z.enum(["access", "change", "security"]).exactOptional(),
    }),
    output: z.object({ entries: z.array(auditEntrySchema), total: z.number() }),
    permission: "audit.read",
    audit: "none",
    tenants: everyTenant,
  }),
  verify: query({
    input: z.void(),
    output: z.object({
      entries: z.number(),
      intact: z.boolean(),
      /** The first entry that does not fit, and why: `audit.problem.<kind>`. */
      broken: z
        .object({ sequence: z.number(), kind: z.enum(["hash", "link", "gap", "unreadable", "truncated"]) })
        .optional(),
      headHash: z.string(),
    }),
    permission: "audit.read",
    audit: "none",
    tenants: everyTenant,
  }),
  /** Writes the whole chain as NDJSON into the profile's `exports` folder, as a job. */
  export: command({
    input: z.void(),
    output: z.object({ job: jobIdSchema }),
    permission: "audit.export",
    audit: "change",
    tenants: everyTenant,
  }),
};
