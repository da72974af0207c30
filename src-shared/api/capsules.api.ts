import { z } from "zod";
import { completenessSchema } from "../model/completeness.ts";
import { directionSchema } from "../model/log-query.ts";
import { archiveIdSchema, jobIdSchema } from "../model/ids.ts";
import { nanoTextSchema, timeRangeSchema } from "../model/nano-time.ts";
import { REDACTION_PATTERNS } from "../model/redaction-pattern.ts";
import { auditEntrySchema } from "./audit.api.ts";
import { logTargetSchema, targetHandles, targetTenants } from "./log-target.ts";
import { command, joinedNeed, query } from "./procedure.ts";

export const CAPSULE_SUFFIX = ".kubemate-capsule";

/** A query whose answer goes into a capsule; `limit` `null` takes the whole range. */
export const capsuleQuerySchema = z.object({
  target: logTargetSchema,
  query: z.string().min(1).max(131_072),
  range: timeRangeSchema,
  direction: directionSchema,
  limit: z.number().int().positive().nullable(),
});
export type CapsuleQuery = z.output<typeof capsuleQuerySchema>;

export const capsuleSchema = z.object({
  title: z.string(),
  notes: z.string(),
  createdAtMs: z.number(),
  createdBy: z.string(),
  program: z.string(),
  queries: z.array(
    z.object({
      query: z.string(),
      site: z.string().nullable(),
      tenant: z.string().nullable(),
      startNs: nanoTextSchema,
      endNs: nanoTextSchema,
      rows: z.number(),
      completeness: completenessSchema,
    }),
  ),
  /** Facts of the sites at that time, by name. */
  facts: z.array(z.object({ site: z.string(), name: z.string(), value: z.string() })),
  /** The audit entries of how it came about, with their hashes. */
  audit: z.array(auditEntrySchema),
  redacted: z.record(z.string(), z.number()),
});
export type Capsule = z.output<typeof capsuleSchema>;

/** Investigation capsules: one checksummed file that opens anywhere, read-only, as an archive of kind `capsule`. */
export const capsulesApi = {
  create: command({
    input: z.object({
      title: z.string().min(1).max(200),
      notes: z.string().max(200_000),
      queries: z.array(capsuleQuerySchema).min(1).max(50),
      redact: z.array(z.enum(REDACTION_PATTERNS)),
      /** A name in the profile's `exports` folder, or a path; the suffix is added. */
      file: z.string().min(1).max(4_096),
    }),
    output: z.object({ job: jobIdSchema }),
    permission: "logs.export",
    audit: "change",
    auditSubject: ({ title, queries, file }) => ({ title, queries: queries.length, file }),
    tenants: ({ queries }) => joinedNeed(queries.map(({ target }) => targetTenants(target))),
    handles: ({ queries }) => queries.flatMap(({ target }) => targetHandles(target)),
  }),
  describe: query({
    input: z.object({ archive: archiveIdSchema }),
    output: capsuleSchema,
    permission: "archives.read",
    audit: "access",
    auditSubject: ({ archive }) => ({ archive }),
    handles: ({ archive }) => [{ kind: "archive", id: archive }],
  }),
};
