import { z } from "zod";

/** What a request asked for, as Loki's `metrics.go` line names it in `query_type`. */
export const QUERY_KINDS = ["metric", "filter", "limited", "labels", "series", "stats", "shards", "volume"] as const;

/** Longer query texts are cut: the hash is of the whole text all the same. */
export const MAX_COST_QUERY_CHARS = 8_192;
export const MAX_SHAPE_CHARS = 2_048;
/** 1 PiB. No single query reads more; a larger figure is a broken or hostile line. */
export const MAX_COST_BYTES = 2 ** 50;

const name = z.string().max(300);
const count = z.number().int().min(0).max(MAX_COST_BYTES);

/**
 * What one query cost, whoever ran it. Texts are data of strangers (queries, tags) and bounded. Two records with one `id` are
 * the same query.
 */
export const queryCostSchema = z.object({
  id: z.string().min(1).max(200),
  /** When it ended, in milliseconds since the Unix epoch. */
  atMs: z.number().int().min(0).max(8_640_000_000_000_000),
  site: name,
  tenant: name,
  /** Empty where nothing tells it. */
  user: name,
  /** The program that asked (`X-Query-Tags: Source=…`); empty where nothing tells it. */
  source: name,
  query: z.string().max(MAX_COST_QUERY_CHARS),
  /** The query with its literals replaced; see `queryShape`. */
  shape: z.string().max(MAX_SHAPE_CHARS),
  /** FNV-1, 32 bits, of the query text: the number that `blocked_queries[].hash` takes. */
  hash: z.number().int().min(0).max(0xffff_ffff),
  /** `null` where the record does not tell it. */
  kind: z.enum(QUERY_KINDS).nullable(),
  /** How long a time the query asked for; 0 for an instant query. */
  rangeMs: z.number().min(0),
  /** Uncompressed bytes processed. From a log line it is humanised, and so right to about 5 %. */
  bytes: count,
  lines: count,
  /** What the caller waited. */
  durationMs: z.number().min(0),
  splits: count,
  shards: count,
  /** Share of cache lookups (chunks and results) that were answered, 0 to 1; `null` where none was made. */
  cacheShare: z.number().min(0).max(1).nullable(),
  /** HTTP status. */
  status: z.number().int().min(0).max(999),
  tags: z.record(name, name),
});
export type QueryCost = z.infer<typeof queryCostSchema>;

/** What a report is grouped by. */
export const COST_DIMENSIONS = ["tenant", "user", "source", "shape", "day"] as const;
export type CostDimension = (typeof COST_DIMENSIONS)[number];

/** A whole day in UTC: `2026-11-20`. */
export const costDaySchema = z.iso.date();

/** One line of a report: sums over the queries of one tenant, user, source, shape or day. */
export const costReportRowSchema = z.object({
  key: z.string(),
  queries: z.number(),
  /** Queries that ended with a status of 400 or more. */
  failed: z.number(),
  bytes: z.number(),
  lines: z.number(),
  durationMs: z.number(),
});
export type CostReportRow = z.infer<typeof costReportRowSchema>;
