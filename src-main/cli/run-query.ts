import { AppError } from "../../src-shared/errors/app-error.ts";
import type { Completeness } from "../../src-shared/model/completeness.ts";
import { lokiJsonAnswer } from "../core/logs/adapters/loki/loki-json-answer.ts";
import { createLokiLogSource } from "../core/logs/adapters/loki/loki-log-source.ts";
import { isMetricQuery } from "../core/logs/adapters/loki/query-text.ts";
import { systemClock } from "../core/common/clock.ts";
import { auditSpending } from "../../src-shared/model/tenants/quota.ts";
import { admittedQuery } from "./admitted-query.ts";
import { isPlaceOnDisk } from "./archive-place.ts";
import { audited, openBase, type CommandContext } from "./command-context.ts";
import { completenessLines } from "./completeness-text.ts";
import { EXIT_CODES } from "./exit-codes.ts";
import { ExitWith } from "./exit-with.ts";
import { lokiSourceOptions } from "./open-source.ts";
import { parseLimit, printEntries, printMetric } from "./query-printing.ts";
import type { QueryOptions } from "./query-options.ts";
import { spendingOf } from "./spending-options.ts";
import { terminalSafe, write } from "./terminal.ts";
import { parseInstant, parseRange, parseStep } from "./time-arguments.ts";

/** Runs one query and prints its answer; what may be missing is told on standard error, always. */
export async function runQuery(context: CommandContext, options: QueryOptions, query: string): Promise<void> {
  const { source: place } = options;
  if (isPlaceOnDisk(place)) return await queryPlace(context, options, place, query);
  if (options.batch !== undefined) throw new AppError("request.invalid", { path: "--batch", problem: "--source PATH" });
  const nowMs = systemClock.nowMs();
  const atNs = options.at === undefined ? null : parseInstant(options.at, nowMs);
  const range = atNs === null ? parseRange(options.from, options.to, nowMs) : { startNs: atNs, endNs: atNs };
  const limit = parseLimit(options.limit);
  const spending = spendingOf(options);
  using base = openBase(context);
  await using stack = new AsyncDisposableStack();
  const { signal } = context.terminal;
  const subject = {
    site: options.site ?? options.source ?? null,
    tenant: options.tenant ?? null,
    query,
    startNs: String(range.startNs),
    endNs: String(range.endNs),
    ...auditSpending(spending),
  };
  const act = { action: "logs.query", permission: "logs.read", auditClass: "access", subject } as const;
  const completeness = await audited(base, context, act, async () => {
    const sourceOptions = await lokiSourceOptions(base, context, options, stack);
    const stepNs = atNs === null ? parseStep(options.step, range) : null;
    const logQuery = { expr: query, range, direction: options.direction, limit };
    const ask = { query, range, limit, spending };
    const admitted = await admittedQuery(base, context, sourceOptions, ask, stack);
    if (options.output === "loki-json") {
      const answer = await lokiJsonAnswer(sourceOptions, { ...logQuery, stepNs }, signal, admitted.onCost);
      for (const piece of answer.pieces) await write(context.terminal.stdout, piece);
      await write(context.terminal.stdout, "\n");
      return answer.completeness;
    }
    const source = admitted.counted(stack.use(createLokiLogSource(sourceOptions)));
    if (!isMetricQuery(query)) return printEntries(context, options, source, logQuery);
    const answer = await source.metric({ expr: query, range, stepNs }, signal);
    await printMetric(context, options, answer.result);
    return answer.completeness;
  });
  await tellDoubts(context, options, completeness);
}

async function queryPlace(context: CommandContext, options: QueryOptions, place: string, query: string): Promise<void> {
  const { runArchiveQuery } = await import("./run-archive-query.ts");
  using base = openBase(context);
  const subject = { path: place, tenant: options.tenant ?? null, query: options.batch ?? query };
  const act = { action: "logs.query", permission: "logs.read", auditClass: "access", subject } as const;
  const completeness = await audited(base, context, act, () => runArchiveQuery(base, context, options, place, query));
  await tellDoubts(context, options, completeness);
}

/** What may be missing, on standard error; with `--require-complete` also as the exit code. */
async function tellDoubts(context: CommandContext, options: QueryOptions, completeness: Completeness): Promise<void> {
  const doubts = completenessLines(completeness, context.text);
  for (const doubt of doubts) await write(context.terminal.stderr, `kubemate: ${terminalSafe(doubt)}\n`);
  if (options.requireComplete === true && completeness.verdict !== "complete") {
    const onlyLimit =
      completeness.reasons.length > 0 && completeness.reasons.every(({ kind }) => kind === "limit-reached");
    if (!onlyLimit) throw new ExitWith(EXIT_CODES.incomplete);
  }
}
