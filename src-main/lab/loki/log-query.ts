import type { LogExpr, Selector } from "../../../src-shared/logql/ast.ts";
import { compileSelector } from "../../../src-shared/logql/pipeline/matchers.ts";
import { emptyTally, mergeEntries, type ReadTally } from "../store/entry-merge.ts";
import type { LabStream } from "../store/stream.ts";
import type { SampledLine } from "./detected-fields.ts";
import { chunkLoss, type LabContext, nowNs, tenantStreams } from "./lab-context.ts";
import { compileLines } from "./line-pipeline.ts";
import { LogAnswer } from "./log-answer.ts";
import type { TimeBounds } from "./request-form.ts";

export interface LogQueryRequest {
  readonly tenant: string;
  readonly expr: LogExpr;
  readonly bounds: TimeBounds;
  readonly limit: number;
  readonly backward: boolean;
  /** Keep an entry only this long after the one before; 0 keeps all. */
  readonly intervalNs: bigint;
  readonly categorize: boolean;
}

export interface LogQueryResult {
  readonly answer: LogAnswer;
  readonly tally: ReadTally;
  /** Lines that passed the filters, returned or not. */
  readonly passed: number;
  readonly referencedMetadata: boolean;
}

/** The tenant's streams that a selector picks. */
export function selectStreams(context: LabContext, tenant: string, selector: Selector): LabStream[] {
  const accepts = compileSelector(selector.matchers);
  return tenantStreams(context, tenant).filter(({ labels }) => accepts(labels));
}

/**
 * Runs a log query. Without stages the stored bytes are the answer; with stages each candidate line goes through the
 * evaluator, and literals of its first line filters are looked for in the stored bytes before any line is decoded.
 */
export function runLogQuery(context: LabContext, request: LogQueryRequest): LogQueryResult {
  const { expr, bounds, limit, backward, intervalNs, categorize } = request;
  const tally = emptyTally();
  const answer = new LogAnswer(categorize);
  const lines = compileLines(expr, () => nowNs(context));
  const streams = selectStreams(context, request.tenant, expr.selector);
  let passed = 0;
  let lastNs: bigint | null = null;
  mergeEntries({ streams, ...bounds, backward, lost: chunkLoss(context, request.tenant), tally }, (cursor) => {
    const { chunk, index, timestampNs, stream } = cursor;
    if (chunk === null) return false;
    if (lines !== null && !lines.mayMatch(chunk, index)) return true;
    const written = lines?.run(stream, chunk, index) ?? null;
    if (lines !== null && written === null) return true;
    passed += 1;
    if (intervalNs > 0n && lastNs !== null && distance(lastNs, timestampNs) < intervalNs) return true;
    lastNs = timestampNs;
    if (written === null || written.unchanged) answer.addStored(stream, chunk, index);
    else answer.addWritten(timestampNs, written.line, written.labels);
    return answer.count < limit;
  });
  return { answer, tally, passed, referencedMetadata: lines?.referencesMetadata === true };
}

/** The newest lines of a query, for the detection of fields. */
export function sampleLines(
  context: LabContext,
  tenant: string,
  expr: LogExpr,
  bounds: TimeBounds,
  limit: number,
): SampledLine[] {
  const lines = compileLines(expr, () => nowNs(context));
  const streams = selectStreams(context, tenant, expr.selector);
  const found: SampledLine[] = [];
  mergeEntries(
    { streams, ...bounds, backward: true, lost: chunkLoss(context, tenant), tally: emptyTally() },
    ({ chunk, index, stream }) => {
      if (chunk === null) return false;
      if (lines === null)
        found.push({ stream: stream.labels, metadata: chunk.metadataAt(index), parsed: {}, line: chunk.lineAt(index) });
      else if (lines.mayMatch(chunk, index)) {
        const written = lines.run(stream, chunk, index);
        if (written !== null) found.push({ ...written.labels, line: written.line });
      }
      return found.length < limit;
    },
  );
  return found;
}

function distance(a: bigint, b: bigint): bigint {
  return a < b ? b - a : a - b;
}
