import { z } from "zod";
import { jobIdSchema, siteIdSchema } from "../ids.ts";
import { restoreReportSchema } from "./restore.ts";
import { storeIdSchema } from "./store.ts";

const paramsSchema = z.record(z.string(), z.union([z.string(), z.number()]));

/**
 * How much would be lost now, by what it is known from; `storage.rpo.<what>`, with `.<reason>` where it is not known.
 * - `wal`: lines that only ingesters' disks have, if all of these were lost: since the oldest last flush.
 * - `flush`: how long ago any chunk reached the bucket.
 * - `versions`: how far back the bucket's own versions reach. - `dr`: how far the DR copy lags behind.
 */
export const RPO_PARTS = ["wal", "flush", "versions", "dr"] as const;

export const recoveryFactsSchema = z.object({
  store: storeIdSchema,
  checkedAtMs: z.number(),
  rpo: z.object({
    /** Losing the bucket: `null` where it is not known. */
    bucketLostMs: z.number().nullable(),
    /** Losing the ingesters' disks as well. */
    allLostMs: z.number().nullable(),
    parts: z.array(
      z.object({
        what: z.enum(RPO_PARTS),
        state: z.enum(["known", "unknown", "absent"]),
        ms: z.number().nullable(),
        reason: z.string().nullable(),
        params: paramsSchema,
        /** What it was read from: a metric, an object's key and time. */
        evidence: z.array(z.object({ fact: z.string(), value: z.string() })),
      }),
    ),
  }),
  rto: z.object({
    /** Restoring the whole bucket at the rate of the last drill that came to its end. */
    ms: z.number().nullable(),
    state: z.enum(["measured", "unmeasured", "stale"]),
    bytes: z.number().nullable(),
    bytesPerSecond: z.number().nullable(),
    drill: jobIdSchema.nullable(),
    drillAtMs: z.number().nullable(),
  }),
});
export type RecoveryFacts = z.output<typeof recoveryFactsSchema>;

/** A drill that was run. `signature` is over the report's canonical JSON with the key of this profile (Ed25519). */
export const drillSchema = z.object({
  drill: jobIdSchema,
  store: storeIdSchema,
  title: z.string(),
  into: z.string(),
  principal: z.string(),
  startedAtMs: z.number(),
  endedAtMs: z.number(),
  result: z.enum(["passed", "failed", "cancelled"]),
  steps: z.array(z.object({ key: z.string(), params: paramsSchema, state: z.string(), ms: z.number().nullable() })),
  objects: z.number(),
  bytes: z.number(),
  bytesPerSecond: z.number().nullable(),
  lostMinutes: z.number(),
  rpoMs: z.number().nullable(),
  rtoMs: z.number().nullable(),
});
export type Drill = z.output<typeof drillSchema>;

export const drillReportSchema = z.object({
  drill: drillSchema,
  restore: restoreReportSchema,
  consoleVersion: z.string(),
});
export type DrillReport = z.output<typeof drillReportSchema>;

export const signedDrillReportSchema = z.object({
  report: drillReportSchema,
  signature: z.object({
    algorithm: z.literal("Ed25519"),
    /** SPKI, base64. */
    publicKey: z.string(),
    /** First 16 hex digits of the key's SHA-256. */
    keyId: z.string(),
    /** Base64, over the canonical JSON of `report`. */
    value: z.string(),
  }),
});
export type SignedDrillReport = z.output<typeof signedDrillReportSchema>;

/** A runbook: what to do, step by step. Texts are `runbook.<runbook>.<step>.title|text`; built in, read from data. */
export const runbookSchema = z.object({
  id: z.string().regex(/^[a-z][a-z0-9-]{0,60}$/),
  steps: z.array(
    z.object({
      id: z.string().regex(/^[a-z][a-z0-9-]{0,60}$/),
      /** `look`: a person says what they saw. `check`: the console looks. `act`: a plan of the console's. */
      kind: z.enum(["look", "check", "act"]),
      /** What a `check` asks: a name the console knows. */
      check: z.string().nullable(),
      /** A place in the console, `storage?tab=scan`; `null` for none. */
      link: z.string().nullable(),
    }),
  ),
});
export type Runbook = z.output<typeof runbookSchema>;

export const runbookRunSchema = z.object({
  run: z.string(),
  runbook: z.string(),
  site: siteIdSchema.nullable(),
  store: storeIdSchema.nullable(),
  startedAtMs: z.number(),
  startedBy: z.string(),
  endedAtMs: z.number().nullable(),
  steps: z.array(
    z.object({
      step: z.string(),
      state: z.enum(["open", "done", "failed", "skipped"]),
      by: z.string().nullable(),
      atMs: z.number().nullable(),
      note: z.string(),
      /** What a check found: `runbook.found.<key>`. */
      found: z.object({ key: z.string(), params: paramsSchema }).nullable(),
    }),
  ),
});
export type RunbookRun = z.output<typeof runbookRunSchema>;
