import { AppError } from "../../src-shared/errors/app-error.ts";
import type { Completeness } from "../../src-shared/model/completeness.ts";
import type { MetricResult } from "../../src-shared/model/log-query.ts";
import { lokiJsonAnswer } from "../core/logs/adapters/loki/loki-json-answer.ts";
import { createLokiLogSource } from "../core/logs/adapters/loki/loki-log-source.ts";
import { isMetricQuery } from "../core/logs/adapters/loki/query-text.ts";
import type { LogSource } from "../core/logs/log-source.ts";
import { systemClock } from "../core/common/clock.ts";
import { batchEntries } from "./batch-entries.ts";
import { audited, openBase, type CommandContext } from "./command-context.ts";
import { completenessLines } from "./completeness-text.ts";
import { entryJson, entryText } from "./entry-text.ts";
import { EXIT_CODES } from "./exit-codes.ts";
import { ExitWith } from "./exit-with.ts";
import { lokiSourceOptions } from "./open-source.ts";
import type { QueryOptions } from "./query-options.ts";
import { formatLabelSet } from "../../src-shared/model/labels.ts";
import { jsonLine, terminalSafe, write } from "./terminal.ts";
import { parseInstant, parseRange, parseStep } from "./time-arguments.ts";

/** Runs one query and prints its answer; what may be missing is told on standard error, always. */
export async function runQuery(context: CommandContext, options: QueryOptions, query: string): Promise<void> {
  const nowMs = systemClock.nowMs();
  const atNs = options.at === undefined ? null : parseInstant(options.at, nowMs);
  const range = atNs === null ? parseRange(options.from, options.to, nowMs) : { startNs: atNs, endNs: atNs };
  const limit = parseLimit(options.limit);
  using base = openBase(context);
  await using stack = new AsyncDisposableStack();
  const { signal } = context.terminal;
  const subject = {
    site: options.site ?? options.source ?? null,
    tenant: options.tenant ?? null,
    query,
    startNs: String(range.startNs),
    endNs: String(range.endNs),
  };
  const act = { action: "logs.query", permission: "logs.read", auditClass: "access", subject } as const;
  const completeness = await audited(base, context, act, async () => {
    const sourceOptions = await lokiSourceOptions(base, context, options, stack);
    const stepNs = atNs === null ? parseStep(options.step, range) : null;
    const logQuery = { expr: query, range, direction: options.direction, limit };
    if (options.output === "loki-json") {
      const answer = await lokiJsonAnswer(sourceOptions, { ...logQuery, stepNs }, signal);
      for (const piece of answer.pieces) await write(context.terminal.stdout, piece);
      await write(context.terminal.stdout, "\n");
      return answer.completeness;
    }
    const source = stack.use(createLokiLogSource(sourceOptions));
    if (!isMetricQuery(query)) return printEntries(context, options, source, logQuery);
    const answer = await source.metric({ expr: query, range, stepNs }, signal);
    await printMetric(context, options, answer.result);
    return answer.completeness;
  });
  const doubts = completenessLines(completeness, context.text);
  for (const doubt of doubts) await write(context.terminal.stderr, `kubemate: ${terminalSafe(doubt)}\n`);
  if (options.requireComplete === true && completeness.verdict !== "complete") {
    const onlyLimit =
      completeness.reasons.length > 0 && completeness.reasons.every(({ kind }) => kind === "limit-reached");
    if (!onlyLimit) throw new ExitWith(EXIT_CODES.incomplete);
  }
}

async function printEntries(
  { terminal }: CommandContext,
  { output }: QueryOptions,
  source: LogSource,
  query: Parameters<LogSource["read"]>[0],
): Promise<Completeness> {
  for await (const event of source.read(query, terminal.signal)) {
    if (event.kind === "end") return event.completeness;
    if (event.kind !== "batch") continue;
    let text = "";
    for (const entry of batchEntries(event.batch)) text += output === "text" ? entryText(entry) : entryJson(entry);
    await write(terminal.stdout, text);
  }
  throw new AppError("internal", {}, { cause: new Error("a read ended without its verdict") });
}

async function printMetric(
  { terminal }: CommandContext,
  { output }: QueryOptions,
  result: MetricResult,
): Promise<void> {
  for (const { metric, points } of result.series) {
    const text = points.map(([seconds, value]) =>
      output === "text"
        ? `${new Date(seconds * 1_000).toISOString()} ${terminalSafe(formatLabelSet(metric))} ${value}\n`
        : jsonLine({ ts: seconds, labels: metric, value }),
    );
    await write(terminal.stdout, text.join(""));
  }
}

function parseLimit(text: string): number | null {
  const limit = Number(text);
  if (Number.isSafeInteger(limit) && limit >= 0) return limit === 0 ? null : limit;
  throw new AppError("request.invalid", { path: "--limit", problem: text });
}
