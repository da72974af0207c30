import { z } from "zod";
import { labelSetSchema } from "./labels.ts";
import type { NanoTime, TimeRange } from "./nano-time.ts";

export const directionSchema = z.enum(["backward", "forward"]);
export type Direction = z.infer<typeof directionSchema>;

/** A log query over a range. `limit` counts entries; `null` reads the whole range. */
export interface LogQuery {
  readonly expr: string;
  readonly range: TimeRange;
  readonly direction: Direction;
  readonly limit: number | null;
  /**
   * One of several reads that follow one another, as an export makes them; `true` when the range begins where another of them
   * ended. Loki leaves out an entry that stands at the end of its chunk and at the start of a range: a read that goes on
   * from another must not. Nothing of such reads is cached, since nobody makes them twice.
   */
  readonly continues?: boolean;
}

/** A metric query; an instant one has `range.startNs === range.endNs` and no step. `stepNs` is in nanoseconds. */
export interface MetricQuery {
  readonly expr: string;
  readonly range: TimeRange;
  readonly stepNs: NanoTime | null;
}

/** A metric answer in Loki's own shape: times in seconds, values as the shortest decimal text. */
export const metricResultSchema = z.object({
  resultType: z.enum(["matrix", "vector", "scalar"]),
  series: z.array(z.object({ metric: labelSetSchema, points: z.array(z.tuple([z.number(), z.string()])) })),
  warnings: z.array(z.string()),
});
export type MetricResult = z.infer<typeof metricResultSchema>;

/** `GET /loki/api/v1/index/stats`: what the index promises for a selector and range. Replicas count more than once. */
export const indexStatsSchema = z.object({
  streams: z.number(),
  chunks: z.number(),
  bytes: z.number(),
  entries: z.number(),
});
export type IndexStats = z.infer<typeof indexStatsSchema>;

/** What reading cost, added up over all requests of one read; from Loki's `stats.summary`. Times in milliseconds. */
export const readStatsSchema = z.object({
  requests: z.number(),
  retries: z.number(),
  cachedSplits: z.number(),
  bytesProcessed: z.number(),
  linesProcessed: z.number(),
  queueMs: z.number(),
  execMs: z.number(),
});
export type ReadStats = z.infer<typeof readStatsSchema>;

export const NO_READ_STATS: ReadStats = {
  requests: 0,
  retries: 0,
  cachedSplits: 0,
  bytesProcessed: 0,
  linesProcessed: 0,
  queueMs: 0,
  execMs: 0,
};

/** A field that Loki found in lines or structured metadata (`detected_fields`). */
export const detectedFieldSchema = z.object({
  label: z.string(),
  type: z.enum(["string", "int", "float", "boolean", "duration", "bytes"]),
  cardinality: z.number(),
  parsers: z.array(z.string()),
});
export type DetectedField = z.infer<typeof detectedFieldSchema>;
