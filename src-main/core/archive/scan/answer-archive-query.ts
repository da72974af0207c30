import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { LogExpr } from "../../../../src-shared/logql/ast.ts";
import {
  answerQuery,
  planQuery,
  type QueryAnswer,
  type QueryPlan,
  type QueryRequest,
  refusedAnswer,
} from "../../../../src-shared/logql/answer-query.ts";
import { labelsKey, sortedLabels } from "../../../../src-shared/logql/metric/series.ts";
import type { LabelsResult } from "../../../../src-shared/logql/pipeline/labels-result.ts";
import { compileSelector } from "../../../../src-shared/logql/pipeline/matchers.ts";
import {
  type Hit,
  type LogQueryParams,
  type StreamsAnswer,
  streamsAnswer,
} from "../../../../src-shared/logql/run-log-query.ts";
import type { Completeness } from "../../../../src-shared/model/completeness.ts";
import type { LogBatch, RowExtra } from "../../../../src-shared/model/log-batch.ts";
import type { ArchiveContents } from "../archive-contents.ts";
import type { ArchiveScanner } from "./archive-scanner.ts";
import { loadStreams } from "./load-streams.ts";
import { relevantCompleteness } from "./relevant-completeness.ts";
import { ReadAccount } from "./read-account.ts";
import { readRows } from "./read-rows.ts";
import { runArchiveMetric } from "./run-archive-metric.ts";
import { planBlocks } from "./scan-plan.ts";

export interface ArchiveQueryOptions {
  readonly contents: ArchiveContents;
  readonly tenant: string;
  readonly pool: ArchiveScanner;
  /** Told with an answer, not with a refusal: whether it holds all that the archive should. */
  readonly onCompleteness?: (completeness: Completeness) => void;
}

/**
 * Answers a request over an archive as Loki's `query` and `query_range` do, errors included. With `compat: "loki"` the
 * selected rows of the range are held in memory.
 * @throws `logs.unsupported` with `compat: "loki"` over more than two million rows; what reading the archive throws.
 */
export async function answerArchiveQuery(
  options: ArchiveQueryOptions,
  request: QueryRequest,
  signal: AbortSignal,
): Promise<QueryAnswer> {
  if (signal.aborted) throw new AppError("request.cancelled", {});
  const account = new ReadAccount();
  try {
    const plan = planQuery(request);
    const answer =
      request.compat === "loki"
        ? await answerAsLoki(options, request, plan, account, signal)
        : await answerAsDocumented(options, request, plan, account, signal);
    account.throwIfNothing();
    options.onCompleteness?.(account.completeness(relevantCompleteness(options.contents, options.tenant, null)));
    return answer;
  } catch (error) {
    return refusedAnswer(error);
  }
}

async function answerAsLoki(
  options: ArchiveQueryOptions,
  request: QueryRequest,
  plan: QueryPlan,
  account: ReadAccount,
  signal: AbortSignal,
): Promise<QueryAnswer> {
  return answerQuery(request, await loadStreams({ ...options, account }, plan, signal));
}

async function answerAsDocumented(
  { contents, tenant, pool }: ArchiveQueryOptions,
  request: QueryRequest,
  plan: QueryPlan,
  account: ReadAccount,
  signal: AbortSignal,
): Promise<QueryAnswer> {
  const nowNs = (request.nowNs ?? machineNow)();
  if (plan.kind === "metric") {
    const options = { contents, tenant, pool, account, nowNs };
    return { status: 200, data: await runArchiveMetric(plan.expr, plan.params, options, signal) };
  }
  const { expr, params } = plan;
  const data = await answerLog({ contents, tenant, pool }, expr, params, nowNs, account, signal);
  return { status: 200, data };
}

function machineNow(): bigint {
  return BigInt(Date.now()) * 1_000_000n;
}

async function answerLog(
  { contents, tenant, pool }: ArchiveQueryOptions,
  expr: LogExpr,
  params: LogQueryParams,
  nowNs: bigint,
  account: ReadAccount,
  signal: AbortSignal,
): Promise<StreamsAnswer> {
  const { startNs, endNs, direction, limit, intervalNs = 0n } = params;
  const takes = compileSelector(expr.selector.matchers);
  const batches = readRows(
    {
      blocks: planBlocks({ contents, tenant, startNs, endNs, takes, direction }),
      expr,
      startNs,
      endNs,
      direction,
      streamOrder: "ascending",
      // Which entries an interval leaves out shows only as they come.
      limit: intervalNs > 0n ? null : limit,
      nowNs,
      scanner: pool,
      account,
    },
    signal,
  );
  const hits: Hit[] = [];
  let last: bigint | null = null;
  const isTooClose = (timeNs: bigint): boolean =>
    intervalNs > 0n && last !== null && (direction === "forward" ? timeNs - last : last - timeNs) < intervalNs;
  reading: for await (const batch of batches) {
    for (let row = 0; row < (batch?.rowCount ?? 0); row += 1) {
      if (hits.length >= limit) break reading;
      if (batch === null || isTooClose(batch.timestampsNs[row] ?? 0n)) continue;
      const hit = hitOf(batch, row);
      last = hit.timestampNs;
      hits.push(hit);
    }
  }
  return streamsAnswer(hits, params.categorizeLabels ?? false);
}

function hitOf(batch: LogBatch, row: number): Hit {
  const text = (bytes: Uint8Array, offsets: Uint32Array): string =>
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8", offsets[row], offsets[row + 1]);
  const extra = text(batch.extraBytes, batch.extraOffsets);
  // Written by batch-builder.ts.
  const { m = {}, p = {} } = extra === "" ? {} : (JSON.parse(extra) as RowExtra);
  const stream = batch.streams[batch.streamRefs[row] ?? 0] ?? {};
  return {
    timestampNs: batch.timestampsNs[row] ?? 0n,
    line: text(batch.lineBytes, batch.lineOffsets),
    result: labelsOf(sortedLabels(Object.entries(stream)), m, p),
  };
}

function labelsOf(
  stream: LabelsResult["stream"],
  metadata: RowExtra["m"] = {},
  parsed: RowExtra["p"] = {},
): LabelsResult {
  const labels = sortedLabels([...Object.entries(stream), ...Object.entries(metadata), ...Object.entries(parsed)]);
  return { labels, stream, metadata, parsed, key: labelsKey(labels) };
}
