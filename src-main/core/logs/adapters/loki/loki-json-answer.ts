import type { Completeness } from "../../../../../src-shared/model/completeness.ts";
import { formatLabelSet, type LabelSet } from "../../../../../src-shared/model/labels.ts";
import type { LogQuery, MetricQuery, ReadStats } from "../../../../../src-shared/model/log-query.ts";
import type { NanoTime } from "../../../../../src-shared/model/nano-time.ts";
import type { CostListener } from "../../request-cost.ts";
import { addRawStats, type RawStats } from "./answer-stats.ts";
import { lineText } from "./column-batches.ts";
import { parsedJson } from "./loki-client.ts";
import { createLokiLogSource, type LokiLogSourceOptions } from "./loki-log-source.ts";
import { metricPage, metricRequest } from "./metric-answer.ts";
import { costOfMetric, judgedMetric } from "./metric-reader.ts";
import { isMetricQuery } from "./query-text.ts";
import { ReadMeter } from "./read-meter.ts";

export interface LokiJsonQuery extends LogQuery {
  /** Metric queries only. One whose range has no length is asked as an instant query. */
  readonly stepNs: NanoTime | null;
}

/** An answer in the shape of Loki's own HTTP API, in pieces to be written one after the other. */
export interface LokiJsonAnswer {
  readonly pieces: Iterable<string>;
  readonly completeness: Completeness;
  readonly stats: ReadStats;
}

/**
 * Asks a query as the console does (past the server's page size, with back-off) and gives the answer in the shape of
 * `query_range` without `categorize-labels`: streams sorted as Loki sorts them, entries in query order, `stats` added up.
 * A metric answer is passed through as Loki wrote it, value for value.
 */
export async function lokiJsonAnswer(
  options: LokiLogSourceOptions,
  query: LokiJsonQuery,
  signal: AbortSignal,
  onCost?: CostListener,
): Promise<LokiJsonAnswer> {
  return isMetricQuery(query.expr)
    ? metricJson(options, query, signal, onCost)
    : logJson(options, query, signal, onCost);
}

async function metricJson(
  options: LokiLogSourceOptions,
  query: MetricQuery,
  signal: AbortSignal,
  onCost: CostListener | undefined,
): Promise<LokiJsonAnswer> {
  await using source = createLokiLogSource(options);
  const { path, params } = metricRequest(query);
  const meter = new ReadMeter();
  const { text, page } = await source.client.ask(
    { path, params, onRetry: () => meter.retried(), ...costOfMetric(query, onCost) },
    (body) => ({ text: new TextDecoder().decode(body).trimEnd(), page: metricPage(parsedJson(body)) }),
    signal,
    (answer) => answer.page.stats,
  );
  const { completeness, stats } = await judgedMetric(source.client, query, page, meter, signal);
  return { pieces: [text], completeness, stats };
}

interface StreamText {
  readonly labels: LabelSet;
  readonly values: string[];
}

async function logJson(
  options: LokiLogSourceOptions,
  query: LogQuery,
  signal: AbortSignal,
  onCost: CostListener | undefined,
): Promise<LokiJsonAnswer> {
  let stats: RawStats = {};
  const warnings = new Set<string>();
  await using source = createLokiLogSource({
    ...options,
    categorize: false,
    onAccount: (account) => {
      if (account.raw !== null) stats = addRawStats(stats, account.raw);
      for (const warning of account.warnings) warnings.add(warning);
    },
  });
  const streams = new Map<string, StreamText>();
  for await (const event of source.read(query, signal, onCost)) {
    if (event.kind === "end") {
      const pieces = answerPieces(streams, stats, [...warnings].toSorted());
      return { pieces, completeness: event.completeness, stats: event.stats };
    }
    if (event.kind === "progress") continue;
    const { batch } = event;
    const texts = batch.streams.map((labels) => streamText(streams, labels));
    for (let row = 0; row < batch.rowCount; row++) {
      const value = `["${batch.timestampsNs[row] ?? 0n}",${JSON.stringify(lineText(batch, row))}]`;
      texts[batch.streamRefs[row] ?? 0]?.values.push(value);
    }
  }
  throw new Error("a read ended without its verdict");
}

function streamText(streams: Map<string, StreamText>, labels: LabelSet): StreamText {
  const key = formatLabelSet(labels);
  const found = streams.get(key);
  if (found !== undefined) return found;
  const made: StreamText = { labels, values: [] };
  streams.set(key, made);
  return made;
}

function* answerPieces(
  streams: ReadonlyMap<string, StreamText>,
  stats: RawStats,
  warnings: readonly string[],
): Generator<string, void, undefined> {
  yield '{"status":"success",';
  if (warnings.length > 0) yield `"warnings":${JSON.stringify(warnings)},`;
  yield '"data":{"resultType":"streams","result":[';
  const sorted = [...streams]
    .filter(([, { values }]) => values.length > 0)
    .map(([text, stream]) => ({ order: Buffer.from(text), stream }))
    // Go compares strings by their bytes.
    .toSorted((a, b) => Buffer.compare(a.order, b.order));
  for (const [index, { stream }] of sorted.entries()) {
    yield `${index === 0 ? "" : ","}{"stream":${JSON.stringify(sortedLabels(stream.labels))},"values":[`;
    for (let from = 0; from < stream.values.length; from += 1_000) {
      yield `${from === 0 ? "" : ","}${stream.values.slice(from, from + 1_000).join(",")}`;
    }
    yield "]}";
  }
  yield `],"stats":${JSON.stringify(stats)}}}`;
}

function sortedLabels(labels: LabelSet): LabelSet {
  return Object.fromEntries(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
