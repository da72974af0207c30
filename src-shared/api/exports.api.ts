import { z } from "zod";
import { jobIdSchema, resultSetIdSchema, secretRefSchema } from "../model/ids.ts";
import { timeRangeSchema } from "../model/nano-time.ts";
import { auditSpending, spendingSchema } from "../model/tenants/quota.ts";
import { REDACTION_PATTERNS } from "../model/redaction-pattern.ts";
import { auditTarget, logTargetSchema, targetHandles, targetTenants } from "./log-target.ts";
import { command, query, stream } from "./procedure.ts";

/** An object store with the S3 API. Credentials are a secret `{"accessKeyId","secretAccessKey","sessionToken"?}`. */
export const s3PlaceSchema = z.object({
  endpoint: z.url().exactOptional(),
  region: z.string().max(64).exactOptional(),
  bucket: z.string().min(3).max(63),
  prefix: z.string().max(512),
  credentials: secretRefSchema.exactOptional(),
  caFile: z.string().exactOptional(),
});
export type S3Place = z.output<typeof s3PlaceSchema>;

export const exportDestinationSchema = z.discriminatedUnion("kind", [
  /** A name in the profile's `archives` folder, or a path. */
  z.object({ kind: z.literal("folder"), path: z.string().min(1).max(4_096) }),
  z.object({ kind: z.literal("s3"), place: s3PlaceSchema }),
]);
export type ExportDestination = z.output<typeof exportDestinationSchema>;

export const exportRequestSchema = z.object({
  target: logTargetSchema,
  query: z.string().min(1).max(131_072),
  range: timeRangeSchema,
  destination: exportDestinationSchema,
  redact: z.array(z.enum(REDACTION_PATTERNS)),
  /** `null` for as fast as source and tenant bear. */
  linesPerSecond: z.number().int().positive().nullable(),
  /** Parts of the range read at the same time. */
  parallel: z.number().int().min(1).max(16),
  /** Why it shall be run though a quota is used up. */
  spending: spendingSchema.exactOptional(),
});
export type ExportRequest = z.output<typeof exportRequestSchema>;

export const exportsApi = {
  patterns: query({
    input: z.void(),
    output: z.array(z.enum(REDACTION_PATTERNS)),
    permission: "logs.read",
    audit: "none",
  }),
  /** Exports the whole range of a query, not what is on the screen, as a job of kind `logs-export`. */
  start: command({
    input: exportRequestSchema,
    output: z.object({ job: jobIdSchema }),
    permission: "logs.export",
    audit: "change",
    auditSubject: ({ target, query: expr, range, destination, redact, spending }) => ({
      ...auditTarget(target),
      ...auditSpending(spending),
      query: expr.slice(0, 2_000),
      startNs: String(range.startNs),
      endNs: String(range.endNs),
      to:
        destination.kind === "folder"
          ? destination.path
          : `s3://${destination.place.bucket}/${destination.place.prefix}`,
      redact: redact.join(","),
    }),
    /** What is written with the console's own secrets goes wherever they lead, so it is for those who may see every tenant. */
    tenants: ({ target, destination }) => (destination.kind === "s3" ? "every" : targetTenants(target)),
    handles: ({ target }) => targetHandles(target),
  }),
  /** The short path: rows of a result set as text for one small file. `logs.selection-too-large` past 256 MiB. */
  selection: stream({
    input: z.object({
      set: resultSetIdSchema,
      /** Rows `[from, to)`. */
      from: z.number().int().nonnegative(),
      to: z.number().int().positive(),
      format: z.enum(["ndjson", "csv", "text"]),
      redact: z.array(z.enum(REDACTION_PATTERNS)),
    }),
    output: z.object({
      text: z.string(),
      rows: z.number(),
      totalRows: z.number(),
      redacted: z.record(z.string(), z.number()),
    }),
    permission: "logs.export",
    audit: "access",
    auditSubject: ({ set, from, to, format }) => ({ set, from, to, format }),
    handles: ({ set }) => [{ kind: "result-set", id: set }],
  }),
};
