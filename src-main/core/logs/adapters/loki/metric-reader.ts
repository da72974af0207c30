import type { MetricQuery } from "../../../../../src-shared/model/log-query.ts";
import { NS_PER_MS } from "../../../../../src-shared/model/nano-time.ts";
import type { CostListener } from "../../request-cost.ts";
import type { MetricAnswer } from "../../log-source.ts";
import { answerStats } from "./answer-stats.ts";
import { completenessVerdict, suspectAnswer, type ReadEvidence } from "./completeness-verdict.ts";
import { confirmByIndex } from "./index-promise.ts";
import { parsedJson, type LokiCall, type LokiClient } from "./loki-client.ts";
import { metricPage, metricRequest, type MetricPage } from "./metric-answer.ts";
import type { PageAccount } from "./page-source.ts";
import { longestRangeNs, selectorsOf } from "./query-text.ts";
import { ReadMeter } from "./read-meter.ts";

/** Asks a metric query and judges the answer by its own stats; the index is asked only when something looks wrong. */
export async function readMetric(
  client: LokiClient,
  query: MetricQuery,
  signal: AbortSignal,
  onCost?: CostListener,
): Promise<MetricAnswer> {
  const meter = new ReadMeter();
  const { path, params } = metricRequest(query);
  const page = await client.ask(
    { path, params, onRetry: () => meter.retried(), ...costOfMetric(query, onCost) },
    (body) => metricPage(parsedJson(body)),
    signal,
    ({ stats }) => stats,
  );
  return { result: page.result, ...(await judgedMetric(client, query, page, meter, signal)) };
}

/** What a call is told of, where somebody listens. */
export function costOfMetric(
  { expr, range, stepNs }: MetricQuery,
  onCost: CostListener | undefined,
): Pick<LokiCall, "cost"> {
  if (onCost === undefined) return {};
  const rangeMs = stepNs === null ? 0 : Number((range.endNs - range.startNs) / NS_PER_MS);
  return { cost: { query: expr, rangeMs, listen: onCost } };
}

/** Verdict and cost of an answer to a metric query. */
export async function judgedMetric(
  client: LokiClient,
  query: MetricQuery,
  page: MetricPage,
  meter: ReadMeter,
  signal: AbortSignal,
): Promise<Pick<MetricAnswer, "completeness" | "stats">> {
  // The first window reaches back before the range.
  const range = { startNs: query.range.startNs - longestRangeNs(query.expr), endNs: query.range.endNs + 1n };
  const account: PageAccount = {
    ...range,
    rows: page.points,
    full: false,
    stats: answerStats(page.stats),
    raw: null,
    warnings: page.result.warnings,
  };
  meter.answered(account);
  const evidence: ReadEvidence = {
    range,
    rows: page.points,
    limit: null,
    answers: [account],
    promised: null,
    needsPromise: false,
    confirmation: null,
    noticed: [],
    lookbackStartNs: null,
  };
  const [selector, ...others] = selectorsOf(query.expr);
  const suspect = suspectAnswer(evidence);
  const confirmation =
    suspect === null || selector === undefined || others.length > 0
      ? null
      : await confirmByIndex(client, selector, range, signal);
  const completeness = completenessVerdict({ ...evidence, confirmation });
  return { completeness, stats: meter.stats };
}
