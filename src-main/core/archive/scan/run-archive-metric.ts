import type { MetricExpr } from "../../../../src-shared/logql/ast.ts";
import type { FedSamples } from "../../../../src-shared/logql/metric/eval-context.ts";
import { compileSelector } from "../../../../src-shared/logql/pipeline/matchers.ts";
import {
  type MetricAnswerData,
  type MetricQueryParams,
  runMetricQuery,
  type SamplesNeeded,
  samplesNeeded,
} from "../../../../src-shared/logql/run-metric-query.ts";
import type { ArchiveContents } from "../archive-contents.ts";
import type { ArchiveScanner, ScanJob } from "./archive-scanner.ts";
import { windowsReach } from "./block-samples.ts";
import type { ReadAccount } from "./read-account.ts";
import { SampleCollector } from "./sample-feed.ts";
import { scanInOrder } from "./scan-in-order.ts";
import { planBlocks } from "./scan-plan.ts";
import { blockRef, type SampleColumns, type SamplesAnswer } from "./scan-protocol.ts";

const MAX_BYTES_AHEAD = 24 * 2 ** 20;

export interface ArchiveMetricOptions {
  readonly contents: ArchiveContents;
  readonly tenant: string;
  readonly pool: ArchiveScanner;
  readonly account: ReadAccount;
  readonly nowNs: bigint;
}

/**
 * Evaluates a metric query in its documented meaning. Samples are extracted in the scan threads, for each range aggregation
 * of the query; where only their number and sum count, they are added up there. Throws `LogQlEvalError` for what Loki refuses.
 */
export async function runArchiveMetric(
  expr: MetricExpr,
  params: MetricQueryParams,
  options: ArchiveMetricOptions,
  signal: AbortSignal,
): Promise<MetricAnswerData> {
  const job: ScanJob = { name: "samples" };
  const fed: FedSamples[] = [];
  for (const needed of samplesNeeded(expr, params)) {
    // One after the other: each has all threads, and what they hold is held once.
    // oxlint-disable-next-line no-await-in-loop
    fed.push(await feedOf(needed, params, options, job, signal));
  }
  let next = 0;
  const feed = (): FedSamples => {
    const samples = fed[next];
    next += 1;
    if (samples === undefined) throw new Error("a query asked for more samples than it needs");
    return samples;
  };
  return runMetricQuery(expr, { feed }, params);
}

async function feedOf(
  needed: SamplesNeeded,
  params: MetricQueryParams,
  { contents, tenant, pool, account, nowNs }: ArchiveMetricOptions,
  job: ScanJob,
  signal: AbortSignal,
): Promise<FedSamples> {
  const { aggregation, pushed, grid } = needed;
  const { fromNs, toNs } = windowsReach(aggregation, grid);
  const takes = compileSelector(aggregation.range.log.selector.matchers);
  const blocks = planBlocks({ contents, tenant, startNs: fromNs + 1n, endNs: toNs + 1n, takes, direction: "forward" });
  const collector = new SampleCollector(needed, params.maxSeries);
  const steps = scanInOrder({
    items: blocks,
    run: ({ block, dedupe }, stop) =>
      pool.scan<"samples">(
        job,
        { kind: "samples", block: blockRef(block), aggregation, pushed, grid, nowNs, dedupe },
        stop,
      ),
    sizeOf,
    ahead: pool.threads + 2,
    maxBytesAhead: MAX_BYTES_AHEAD,
    signal,
  });
  let done = 0;
  for await (const { item, answer, error } of steps) {
    done += 1;
    if (answer === null) {
      account.failed(item.block, error);
      continue;
    }
    account.answered(answer);
    collector.add(answer, item.order, blocks[done]?.block.minNs ?? null);
  }
  return collector.finish();
}

function sizeOf({ tallies, samples, loose }: SamplesAnswer): number {
  const columns = (part: SampleColumns | null): number => (part === null ? 0 : part.timestampsNs.length * 28);
  return (tallies?.counts.byteLength ?? 0) * 2 + columns(samples) + columns(loose);
}
