import type { LabelSet } from "../model/labels.ts";
import type { Direction } from "../model/log-query.ts";
import type { LogExpr } from "./ast.ts";
import { groupByStream, type LogEntry, type LogStream } from "./log-entry.ts";
import { compileLogPipeline, type EvalOptions, type StreamPipeline } from "./log-pipeline.ts";
import { LogQlEvalError } from "./logql-error.ts";
import type { LabelsResult } from "./pipeline/labels-result.ts";
import { labelsKey } from "./metric/series.ts";
import { hiddenAtChunkEnd } from "./pipeline/loki-376-chunk-end.ts";
import { streamHash } from "./pipeline/stream-hash.ts";

/** `startNs` belongs to the range, `endNs` does not. */
export interface LogQueryParams extends EvalOptions {
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly direction: Direction;
  /** Entries over all streams. */
  readonly limit: number;
  /** Loki's `interval`: at most one entry in this time, over all streams. */
  readonly intervalNs?: bigint | undefined;
  /** Answers as with the header `X-Loki-Response-Encoding-Flags: categorize-labels`. */
  readonly categorizeLabels?: boolean | undefined;
}

/** An entry of an answer: time, line, and with categorized labels what is not the stream's. */
export type ResultValue =
  | readonly [timestampNs: string, line: string]
  | readonly [timestampNs: string, line: string, extra: ResultExtra];

export interface ResultExtra {
  readonly structuredMetadata?: LabelSet;
  readonly parsed?: LabelSet;
}

export interface ResultStream {
  readonly stream: LabelSet;
  readonly values: readonly ResultValue[];
}

/** The `data` of Loki's answer to a log query, without `stats`. */
export interface StreamsAnswer {
  readonly resultType: "streams";
  readonly result: readonly ResultStream[];
  readonly encodingFlags?: readonly string[];
}

/** An entry that passed a query. */
export interface Hit {
  readonly timestampNs: bigint;
  readonly line: string;
  readonly result: LabelsResult;
}

function isStreamList(source: Iterable<LogEntry> | readonly LogStream[]): source is readonly LogStream[] {
  if (!Array.isArray(source)) return false;
  const first: unknown = source[0];
  return typeof first === "object" && first !== null && "entries" in first;
}

/** Streams of any of the two forms in which entries may be given. */
export function toStreams(source: Iterable<LogEntry> | readonly LogStream[]): readonly LogStream[] {
  return isStreamList(source) ? source : groupByStream(source);
}

/** Streams that a query takes, in the order that decides between entries of one time. */
function hashOrdered(streams: readonly LogStream[], matches: (labels: LabelSet) => boolean): readonly LogStream[] {
  const taken = streams.flatMap((stream) =>
    matches(stream.labels) ? [{ stream, hash: streamHash(stream.labels) }] : [],
  );
  taken.sort((left, right) => (left.hash < right.hash ? -1 : left.hash > right.hash ? 1 : 0));
  return taken.map(({ stream }) => stream);
}

/** The first entries of a stream in the query's direction that pass, as many as the limit takes. */
function streamHits(stream: LogStream, run: StreamPipeline, params: LogQueryParams): readonly Hit[] {
  const { startNs, endNs, direction, intervalNs = 0n } = params;
  const isHidden = params.compat === "loki" ? hiddenAtChunkEnd(stream, params) : null;
  const entries = Array.isArray(stream.entries) ? stream.entries : Array.from(stream.entries);
  const most = intervalNs > 0n ? entries.length : params.limit;
  const backward = direction === "backward";
  const hits: Hit[] = [];
  for (let step = 0; step < entries.length && hits.length < most; step++) {
    const entry = entries[backward ? entries.length - 1 - step : step];
    if (entry === undefined || entry.timestampNs < startNs || entry.timestampNs >= endNs) continue;
    const { timestampNs, line, metadata } = entry;
    if (isHidden?.(timestampNs) === true || !run.process(timestampNs, line, metadata)) continue;
    hits.push({ timestampNs, line: run.line, result: run.result() });
  }
  return hits;
}

function collect(expr: LogExpr, streams: readonly LogStream[], params: LogQueryParams): Hit[] {
  const pipeline = compileLogPipeline(expr, params);
  const hits: Hit[] = [];
  for (const stream of hashOrdered(streams, pipeline.matches)) {
    for (const hit of streamHits(stream, pipeline.forStream(stream.labels), params)) hits.push(hit);
  }
  return hits;
}

/** In the query's direction; entries of one time stay as they are: by stream, backward the last stored entry first. */
function ordered(hits: Hit[], direction: Direction): Hit[] {
  const sign = direction === "backward" ? -1 : 1;
  return hits.sort((left, right) =>
    left.timestampNs < right.timestampNs ? -sign : left.timestampNs > right.timestampNs ? sign : 0,
  );
}

function limited(hits: readonly Hit[], { limit, intervalNs = 0n, direction }: LogQueryParams): readonly Hit[] {
  if (intervalNs <= 0n) return hits.slice(0, limit);
  const kept: Hit[] = [];
  let last: bigint | null = null;
  for (const hit of hits) {
    if (kept.length >= limit) break;
    const distance: bigint =
      last === null ? intervalNs : direction === "forward" ? hit.timestampNs - last : last - hit.timestampNs;
    if (distance < intervalNs) continue;
    kept.push(hit);
    last = hit.timestampNs;
  }
  return kept;
}

function extraOf({ metadata, parsed }: LabelsResult): ResultExtra {
  return {
    ...(Object.keys(metadata).length > 0 ? { structuredMetadata: metadata } : {}),
    ...(Object.keys(parsed).length > 0 ? { parsed } : {}),
  };
}

function textOrder(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The answer for entries in their order, which are grouped by their labels. */
export function streamsAnswer(hits: readonly Hit[], categorize: boolean): StreamsAnswer {
  const result = grouped(hits, categorize);
  return { resultType: "streams", result, ...(categorize ? { encodingFlags: ["categorize-labels"] } : {}) };
}

function grouped(hits: readonly Hit[], categorize: boolean): readonly ResultStream[] {
  const byKey = new Map<string, { readonly stream: LabelSet; readonly values: ResultValue[] }>();
  for (const { timestampNs, line, result } of hits) {
    const key = categorize ? labelsKey(result.stream) : result.key;
    let group = byKey.get(key);
    if (group === undefined) {
      group = { stream: categorize ? result.stream : result.labels, values: [] };
      byKey.set(key, group);
    }
    const time = timestampNs.toString();
    group.values.push(categorize ? [time, line, extraOf(result)] : [time, line]);
  }
  return [...byKey.entries()].toSorted(([left], [right]) => textOrder(left, right)).map(([, group]) => group);
}

/** Answers a log query from entries, as Loki would. Throws `LogQlEvalError` for what Loki refuses. */
export function runLogQuery(
  expr: LogExpr,
  source: Iterable<LogEntry> | readonly LogStream[],
  params: LogQueryParams,
): StreamsAnswer {
  if (params.endNs <= params.startNs) {
    throw new LogQlEvalError(400, "end timestamp must not be before or equal to start time");
  }
  const hits = limited(ordered(collect(expr, toStreams(source), params), params.direction), params);
  return streamsAnswer(hits, params.categorizeLabels ?? false);
}
