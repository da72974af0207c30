import { z } from "zod";
import { wireErrorSchema } from "../errors/wire-error.ts";
import { completenessSchema } from "../model/completeness.ts";
import { resultSetIdSchema } from "../model/ids.ts";
import { labelSetSchema } from "../model/labels.ts";
import {
  detectedFieldSchema,
  directionSchema,
  indexStatsSchema,
  metricResultSchema,
  readStatsSchema,
} from "../model/log-query.ts";
import { LOG_LEVELS } from "../model/log-level.ts";
import { logRowSchema } from "../model/log-row.ts";
import { nanoTextSchema, nanoTimeSchema, timeRangeSchema } from "../model/nano-time.ts";
import { auditSpending, spendingSchema } from "../model/tenants/quota.ts";
import { auditTarget, logTargetSchema, reachOfTarget } from "./log-target.ts";
import { command, query, stream } from "./procedure.ts";

/** Rows the page may ask for at once; the list never shows more. */
export const MAX_WINDOW_ROWS = 400;
/** Bytes of one line that travel in a window; the rest is read with `lineText`. */
export const MAX_WINDOW_LINE_BYTES = 4_096;

const target = { target: logTargetSchema };
const ranged = { ...target, range: timeRangeSchema };
const set = { set: resultSetIdSchema };
const reachOfSet = { handles: (input: { readonly set: string }) => [{ kind: "result-set", id: input.set }] as const };

/** What the page is told about a result set, at most ten times a second. */
export const resultSetStateSchema = z.object({
  set: resultSetIdSchema,
  phase: z.enum(["reading", "tailing", "reconnecting", "done", "failed", "stopped"]),
  /** Raised with every change; two states with one version are equal. */
  version: z.number(),
  rows: z.number(),
  bytes: z.number(),
  firstNs: nanoTextSchema.optional(),
  lastNs: nanoTextSchema.optional(),
  direction: directionSchema,
  /** Rows a second over the last seconds; for a tail the live rate. */
  rowsPerSecond: z.number(),
  dropped: z.number(),
  gaps: z.number(),
  spilledBytes: z.number(),
  completeness: completenessSchema,
  stats: readStatsSchema,
  error: wireErrorSchema.optional(),
});
export type ResultSetState = z.infer<typeof resultSetStateSchema>;

/** How a pattern is matched against lines; regular expressions are RE2's, as everywhere in LogQL. */
export const textMatchSchema = z.object({
  kind: z.enum(["literal", "regex"]),
  pattern: z.string().min(1).max(10_000),
  caseSensitive: z.boolean(),
});
export type TextMatch = z.infer<typeof textMatchSchema>;

export const levelCountsSchema = z.partialRecord(z.enum(LOG_LEVELS), z.number());

export const histogramSchema = z.object({
  startNs: nanoTextSchema,
  bucketNs: nanoTextSchema,
  /** One a bucket; entries (result set, metric query) by level. */
  buckets: z.array(levelCountsSchema),
  /** `false` while some of the range has not been counted. */
  whole: z.boolean(),
});
export type Histogram = z.infer<typeof histogramSchema>;

export const fieldStatSchema = z.object({
  name: z.string(),
  from: z.enum(["label", "metadata", "parsed"]),
  /** Rows that have it. */
  rows: z.number(),
  /** Distinct values; `exact` is false when counting stopped at a bound. */
  distinct: z.number(),
  exact: z.boolean(),
  top: z.array(z.object({ value: z.string(), rows: z.number() })),
});
export type FieldStat = z.infer<typeof fieldStatSchema>;

export const TEXT_FORMATS = ["text", "ndjson", "csv", "logfmt"] as const;

export const windowSchema = z.object({
  version: z.number(),
  total: z.number(),
  from: z.number(),
  streams: z.array(labelSetSchema),
  rows: z.array(logRowSchema),
});
export type RowWindow = z.infer<typeof windowSchema>;

export const costEstimateSchema = z.object({
  stats: indexStatsSchema.optional(),
  /** Why a run would be dear: `logs.cost.<kind>` with parameters; worst first. */
  warnings: z.array(
    z.object({
      kind: z.enum(["catch-all", "many-bytes", "long-range", "many-streams", "over-limit", "no-line-filter"]),
      params: z.record(z.string(), z.union([z.string(), z.number()])),
      /** Matchers that would narrow it, ready to insert. */
      suggestions: z.array(z.string()),
    }),
  ),
  /** Whether to ask before running. */
  confirm: z.boolean(),
});
export type CostEstimate = z.infer<typeof costEstimateSchema>;

export const logsApi = {
  labels: query({
    input: z.object({ ...ranged, query: z.string().exactOptional() }),
    output: z.array(z.string()),
    permission: "logs.read",
    audit: "none",
    ...reachOfTarget,
  }),
  labelValues: query({
    input: z.object({ ...ranged, label: z.string(), query: z.string().exactOptional() }),
    output: z.array(z.string()),
    permission: "logs.read",
    audit: "none",
    ...reachOfTarget,
  }),
  series: query({
    input: z.object({ ...ranged, matchers: z.array(z.string()) }),
    output: z.array(labelSetSchema),
    permission: "logs.read",
    audit: "none",
    ...reachOfTarget,
  }),
  detectedFields: query({
    input: z.object({ ...ranged, query: z.string() }),
    output: z.array(detectedFieldSchema),
    permission: "logs.read",
    audit: "access",
    auditSubject: (input) => ({ ...auditTarget(input.target), query: input.query }),
    ...reachOfTarget,
  }),
  estimate: query({
    input: z.object({ ...ranged, query: z.string() }),
    output: costEstimateSchema,
    permission: "logs.read",
    audit: "none",
    ...reachOfTarget,
  }),
  /** Volume over the whole range by level, from the source (a metric query or `index/volume_range`), not from the rows read. */
  volume: query({
    input: z.object({ ...ranged, query: z.string(), buckets: z.number().int().min(1).max(500) }),
    output: histogramSchema.extend({ unit: z.enum(["entries", "bytes"]) }),
    permission: "logs.read",
    audit: "none",
    ...reachOfTarget,
  }),
  metric: query({
    input: z.object({
      ...ranged,
      query: z.string(),
      stepNs: nanoTimeSchema.nullable(),
      spending: spendingSchema.exactOptional(),
    }),
    output: metricResultSchema.extend({ completeness: completenessSchema, stats: readStatsSchema }),
    permission: "logs.read",
    audit: "access",
    auditSubject: (input) => ({ ...auditTarget(input.target), query: input.query, ...auditSpending(input.spending) }),
    ...reachOfTarget,
  }),

  /** Begins to read into a new result set and answers at once; `watch` tells how it goes. */
  open: command({
    input: z.object({
      ...ranged,
      query: z.string(),
      direction: directionSchema,
      limit: z.number().int().positive().nullable(),
      /** Why it shall be run though a quota is used up. */
      spending: spendingSchema.exactOptional(),
    }),
    output: resultSetStateSchema,
    permission: "logs.read",
    audit: "access",
    auditSubject: (input) => ({
      ...auditTarget(input.target),
      query: input.query,
      startNs: String(input.range.startNs),
      endNs: String(input.range.endNs),
      ...auditSpending(input.spending),
    }),
    ...reachOfTarget,
  }),
  tail: command({
    input: z.object({ ...target, query: z.string(), sinceNs: nanoTimeSchema.exactOptional() }),
    output: resultSetStateSchema,
    permission: "logs.read",
    audit: "access",
    auditSubject: (input) => ({ ...auditTarget(input.target), query: input.query, tail: true }),
    ...reachOfTarget,
  }),
  /** Stops reading or following; the rows stay. */
  stop: command({
    input: z.object(set),
    output: resultSetStateSchema,
    permission: "logs.read",
    audit: "none",
    ...reachOfSet,
  }),
  /** Gives the rows and their disk space back. */
  close: command({
    input: z.object(set),
    output: z.object({ closed: z.boolean() }),
    permission: "logs.read",
    audit: "none",
    ...reachOfSet,
  }),
  watch: stream({
    input: z.object(set),
    output: resultSetStateSchema,
    permission: "logs.read",
    audit: "none",
    ...reachOfSet,
  }),

  window: query({
    input: z.object({
      ...set,
      from: z.number().int().min(0),
      count: z.number().int().min(1).max(MAX_WINDOW_ROWS),
    }),
    output: windowSchema,
    permission: "logs.read",
    audit: "none",
    ...reachOfSet,
  }),
  /** A piece of one line, in bytes; `text` ends at a character's end, so `nextOffset` may be less than asked. */
  lineText: query({
    input: z.object({
      ...set,
      row: z.number().int().min(0),
      offset: z.number().int().min(0),
      length: z.number().int().min(1).max(1_048_576),
    }),
    output: z.object({ text: z.string(), nextOffset: z.number().nullable(), lineBytes: z.number() }),
    permission: "logs.read",
    audit: "none",
    ...reachOfSet,
  }),
  /** The row nearest to an instant in this set's order; `row` is -1 for an empty set. */
  rowAt: query({
    input: z.object({ ...set, timestampNs: nanoTimeSchema }),
    output: z.object({ row: z.number() }),
    permission: "logs.read",
    audit: "none",
    ...reachOfSet,
  }),

  /** Counts matches while it reads; `density` has `gutter` numbers, matches a slice of the set from first row to last. */
  find: stream({
    input: z.object({ ...set, match: textMatchSchema, gutter: z.number().int().min(1).max(2_000) }),
    output: z.object({
      matches: z.number(),
      scannedRows: z.number(),
      totalRows: z.number(),
      done: z.boolean(),
      density: z.array(z.number()),
    }),
    permission: "logs.read",
    audit: "none",
    ...reachOfSet,
  }),
  /** The next match after (or before) a row, wrapping round; `row` is -1 when there is none. `index` counts from 0. */
  findNext: query({
    input: z.object({
      ...set,
      match: textMatchSchema,
      fromRow: z.number().int().min(-1),
      direction: z.enum(["next", "previous"]),
    }),
    output: z.object({ row: z.number(), index: z.number(), wrapped: z.boolean() }),
    permission: "logs.read",
    audit: "none",
    ...reachOfSet,
  }),
  /** Rows of this set that match, as a new set that shares its columns. */
  filter: command({
    input: z.object({
      ...set,
      match: textMatchSchema.exactOptional(),
      levels: z.array(z.enum(LOG_LEVELS)).exactOptional(),
      range: timeRangeSchema.exactOptional(),
      invert: z.boolean().exactOptional(),
    }),
    output: resultSetStateSchema,
    permission: "logs.read",
    audit: "none",
    ...reachOfSet,
  }),
  histogram: query({
    input: z.object({ ...set, range: timeRangeSchema.exactOptional(), buckets: z.number().int().min(1).max(500) }),
    output: histogramSchema,
    permission: "logs.read",
    audit: "none",
    ...reachOfSet,
  }),
  fieldStats: query({
    input: z.object({ ...set, top: z.number().int().min(1).max(100) }),
    output: z.object({ fields: z.array(fieldStatSchema), scannedRows: z.number(), whole: z.boolean() }),
    permission: "logs.read",
    audit: "none",
    ...reachOfSet,
  }),
  /** The lines around a row in the same stream (or in the streams that share `labels`), as a set of its own. */
  context: command({
    input: z.object({
      ...set,
      row: z.number().int().min(0),
      before: z.number().int().min(0).max(5_000),
      after: z.number().int().min(0).max(5_000),
      /** Labels that define "same source"; all stream labels when left out. */
      labels: z.array(z.string()).exactOptional(),
    }),
    output: resultSetStateSchema.extend({ anchorRow: z.number() }),
    permission: "logs.read",
    audit: "access",
    auditSubject: (input) => ({ set: input.set, row: input.row }),
    ...reachOfSet,
  }),
  /** Rows as text, a piece a call: give `cursor` back until it is null. Rows are `[from, to)`. */
  copy: query({
    input: z.object({
      ...set,
      from: z.number().int().min(0),
      to: z.number().int().min(0),
      format: z.enum(TEXT_FORMATS),
      cursor: z.number().int().min(0).exactOptional(),
    }),
    output: z.object({ text: z.string(), cursor: z.number().nullable(), rows: z.number() }),
    permission: "logs.export",
    audit: "access",
    auditSubject: (input) => ({ set: input.set, from: input.from, to: input.to, format: input.format }),
    ...reachOfSet,
  }),
  /** Streams that can be followed or read where the source has no labels of its own: pods and their containers. */
  pods: query({
    input: z.object({ ...target }),
    output: z.array(
      z.object({ namespace: z.string(), pod: z.string(), containers: z.array(z.string()), component: z.string() }),
    ),
    permission: "logs.read",
    audit: "none",
    ...reachOfTarget,
  }),
};
