import type { MetricExpr, RangeAggregation, Selector } from "../../../src-shared/logql/ast.ts";
import { isLogExpr } from "../../../src-shared/logql/ast.ts";
import type { LogStream, StreamEntry } from "../../../src-shared/logql/log-entry.ts";
import { LogQlEvalError } from "../../../src-shared/logql/logql-error.ts";
import { type MetricAnswerData, runMetricQuery } from "../../../src-shared/logql/run-metric-query.ts";
import type { LabelSet } from "../../../src-shared/model/labels.ts";
import { goJson, goJsonLabels } from "../format/go-json.ts";
import { HttpProblem, type Reply } from "../http/reply.ts";
import { type ChunkLoss, emptyTally, type ReadTally, StreamCursor } from "../store/entry-merge.ts";
import type { EntryChunk } from "../store/entry-chunk.ts";
import type { LabStream } from "../store/stream.ts";
import { chunkLoss, type LabContext, nowNs } from "./lab-context.ts";
import { LiteralIndex, requiredLiterals } from "./line-pipeline.ts";
import { selectStreams } from "./log-query.ts";
import { parseQuery } from "./parse-query.ts";
import { checkBytes, checkQuery, estimateBytes, intervalsOf, isBlocked } from "./query-limits.ts";
import type { QueryTags } from "./query-tags.ts";
import { metricsLine } from "./metrics-line.ts";
import { isRecent, type QueryStats, queryStats } from "./query-stats.ts";
import { parseDirection, parseInstant, parseLimit, type RequestForm, type TimeBounds } from "./request-form.ts";
import type { TenantLimits } from "./tenant-limits.ts";

export interface MetricRangeRequest {
  readonly tenant: string;
  readonly expr: MetricExpr;
  /** `null` when nothing remains of the range. */
  readonly bounds: TimeBounds | null;
  readonly stepNs: bigint;
  readonly limits: TenantLimits;
  readonly asked: AskedQuery;
}

/** What the log says of the query besides the work it was. */
export interface AskedQuery {
  readonly text: string;
  readonly limit: number;
  readonly tags: QueryTags;
}

/** A metric query over a range. */
export function answerMetricRange(context: LabContext, request: MetricRangeRequest): Reply {
  const { bounds } = request;
  if (bounds === null)
    return metricReply({ resultType: "matrix", result: [] }, emptyTally(), { lines: 0, execMs: 0, recent: false })
      .reply;
  return evaluate(context, { ...request, bounds: alignedToStep(bounds, request.stepNs) });
}

/** The frontend splits metric queries at multiples of the step: the start is moved down to one, the end up. */
function alignedToStep({ startNs, endNs }: TimeBounds, stepNs: bigint): TimeBounds {
  return { startNs: startNs - (startNs % stepNs), endNs: endNs + ((stepNs - (endNs % stepNs)) % stepNs) };
}

/** `/loki/api/v1/query`: metric queries only. */
export function answerInstant(context: LabContext, tenant: string, form: RequestForm, tags: QueryTags): Reply {
  const atNs = parseInstant(form, nowNs(context));
  const limit = parseLimit(form);
  parseDirection(form);
  const text = form.get("query");
  const expr = parseQuery(text);
  const limits = context.limits.of(tenant);
  checkQuery(expr, limit, limits);
  if (isLogExpr(expr) || expr.kind === "variants") {
    throw new HttpProblem(
      400,
      "log queries are not supported as an instant query type, please change your query to a range query type",
    );
  }
  if (isBlocked(text, expr, limits, tags)) {
    context.queryBlocked?.(tenant);
    throw new HttpProblem(400, "query blocked by policy");
  }
  const asked = { text, limit, tags };
  return evaluate(context, { tenant, expr, bounds: { startNs: atNs, endNs: atNs }, stepNs: null, limits, asked });
}

interface Evaluation {
  readonly tenant: string;
  readonly expr: MetricExpr;
  readonly bounds: TimeBounds;
  readonly stepNs: bigint | null;
  readonly limits: TenantLimits;
  readonly asked: AskedQuery;
}

function evaluate(context: LabContext, { tenant, expr, bounds, stepNs, limits, asked }: Evaluation): Reply {
  const began = performance.now();
  const ranges = rangesOf(expr);
  for (const { range } of ranges) {
    const startNs = bounds.startNs - range.intervalNs - range.offsetNs;
    const streams = selectStreams(context, tenant, range.log.selector);
    checkBytes(estimateBytes(streams, { startNs, endNs: bounds.endNs }), limits);
  }
  const tally = emptyTally();
  let lines = 0;
  const bySelector = new Map(ranges.map((each) => [each.range.log.selector, each]));
  const source = (selector: Selector, fromNs: bigint, toNs: bigint): LogStream[] => {
    const aggregation = bySelector.get(selector);
    const reader = new StreamReader(aggregation);
    return selectStreams(context, tenant, selector).map((stream) => ({
      labels: stream.labels,
      entries: reader.read(
        stream,
        { startNs: fromNs + 1n, endNs: toNs + 1n },
        chunkLoss(context, tenant),
        tally,
        () => {
          lines += 1;
        },
      ),
    }));
  };
  try {
    const data = runMetricQuery(expr, source, {
      ...bounds,
      stepNs,
      compat: "loki",
      nowNs: () => nowNs(context),
      maxSeries: limits.max_query_series,
    });
    const longestNs = intervalsOf(expr).reduce((most, each) => (each > most ? each : most), 0n);
    const { reply, stats, body } = metricReply(data, tally, {
      lines,
      execMs: performance.now() - began,
      recent: longestNs > 0n && isRecent(bounds.endNs, nowNs(context)),
    });
    context.queryLog?.(
      metricsLine({
        tenant,
        query: asked.text,
        type: "metric",
        rangeType: stepNs === null ? "instant" : "range",
        bounds,
        stepNs: stepNs ?? 0n,
        limit: asked.limit,
        returnedLines: 0,
        resultStreams: stats.summary.totalEntriesReturned,
        resultBytes: body.length,
        stats,
        tags: asked.tags,
        nowNs: nowNs(context),
      }),
    );
    return reply;
  } catch (error) {
    if (error instanceof LogQlEvalError) throw new HttpProblem(error.status, error.text);
    throw error;
  }
}

function rangesOf(expr: MetricExpr): RangeAggregation[] {
  switch (expr.kind) {
    case "rangeAggregation":
      return [expr];
    case "vectorAggregation":
    case "labelReplace":
      return rangesOf(expr.inner);
    case "binary":
      return [...rangesOf(expr.left), ...rangesOf(expr.right)];
    case "literal":
    case "vector":
      return [];
  }
}

/** Whether a range aggregation looks at lines at all: a plain count does not, and is spared their decoding. */
function readsLines({ op, range }: RangeAggregation): boolean {
  const counts = op === "count_over_time" || op === "rate" || op === "absent_over_time";
  return !counts || range.log.stages.length > 0;
}

/** Distinct metadata kept decoded; a stream with more of them, one for each trace, is not worth remembering. */
const KNOWN_METADATA = 256;

/** Reads a stream's entries for one range aggregation. */
class StreamReader {
  private readonly known = new Map<string, LabelSet>();
  private readonly literals: LiteralIndex;
  private readonly withLines: boolean;

  constructor(aggregation: RangeAggregation | undefined) {
    this.literals = new LiteralIndex(aggregation === undefined ? [] : requiredLiterals(aggregation.range.log.stages));
    this.withLines = aggregation === undefined || readsLines(aggregation);
  }

  *read(
    stream: LabStream,
    bounds: TimeBounds,
    lost: ChunkLoss,
    tally: ReadTally,
    passed: () => void,
  ): Generator<StreamEntry> {
    const cursor = new StreamCursor(stream, {
      streams: [stream],
      ...bounds,
      backward: false,
      lost,
      tally,
    });
    for (; cursor.chunk !== null; cursor.advance()) {
      const { chunk, index, timestampNs } = cursor;
      if (!this.literals.mayContain(chunk, index)) continue;
      passed();
      yield { timestampNs, line: this.withLines ? chunk.lineAt(index) : "", metadata: this.metadataOf(chunk, index) };
    }
  }

  private metadataOf(chunk: EntryChunk, index: number): LabelSet {
    if (this.known.size >= KNOWN_METADATA) return chunk.metadataAt(index);
    const key = chunk.metadataKey(index);
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const metadata = chunk.metadataAt(index);
    this.known.set(key, metadata);
    return metadata;
  }
}

function metricReply(
  data: MetricAnswerData,
  tally: ReadTally,
  work: { readonly lines: number; readonly execMs: number; readonly recent: boolean },
): { readonly reply: Reply; readonly stats: QueryStats; readonly body: Buffer } {
  const stats = queryStats(tally, {
    returned: data.resultType === "scalar" ? 1 : data.result.length,
    passed: work.lines,
    splits: 1,
    execMs: work.execMs,
    referencedMetadata: false,
    recent: work.recent,
  });
  const body = Buffer.from(
    `{"status":"success","data":{"resultType":"${data.resultType}","result":${resultJson(data)},"stats":${goJson(stats)}}}`,
  );
  return { reply: { status: 200, contentType: "application/json; charset=UTF-8", body: [body] }, stats, body };
}

function resultJson(data: MetricAnswerData): string {
  switch (data.resultType) {
    case "scalar":
      return goJson(data.result);
    case "vector":
      return `[${data.result.map(({ metric, value }) => `{"metric":${goJsonLabels(metric)},"value":${goJson(value)}}`).join(",")}]`;
    case "matrix":
      return `[${data.result.map(({ metric, values }) => `{"metric":${goJsonLabels(metric)},"values":${goJson(values)}}`).join(",")}]`;
  }
}
