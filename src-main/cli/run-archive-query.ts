import type { QueryRequest } from "../../src-shared/logql/answer-query.ts";
import type { Completeness } from "../../src-shared/model/completeness.ts";
import { nanoFromMs } from "../../src-shared/model/nano-time.ts";
import { answerArchiveQuery } from "../core/archive/scan/answer-archive-query.ts";
import { systemClock } from "../core/common/clock.ts";
import type { ConsoleBase } from "../core/console-base.ts";
import { archiveRange, archiveTenant, rangeWithin } from "./archive-place.ts";
import type { CommandContext } from "./command-context.ts";
import { openCommandArchive, type CommandArchive } from "./open-archive.ts";
import { batchAnswer, batchRequest, readBatch } from "./query-batch.ts";
import type { QueryOptions } from "./query-options.ts";
import { printEntries, printMetric, parseLimit } from "./query-printing.ts";
import { queryInvalid } from "../core/logs/adapters/loki/loki-error.ts";
import { isMetricQuery } from "../core/logs/adapters/loki/query-text.ts";
import { assumptionsOf } from "./assumption-options.ts";
import { jsonLine, write } from "./terminal.ts";
import { parseInstant, parseStep } from "./time-arguments.ts";

/** Runs a query, or a file of them, over what is on disk. */
export async function runArchiveQuery(
  base: ConsoleBase,
  context: CommandContext,
  options: QueryOptions,
  place: string,
  query: string,
): Promise<Completeness> {
  const assumptions = assumptionsOf(options, options.tenant);
  await using archive = await openCommandArchive(base, context, [place], assumptions);
  if (options.batch !== undefined) return await runBatch(context, options, archive, options.batch);
  const tenant = archiveTenant(archive.contents, options.tenant);
  const nowMs = systemClock.nowMs();
  const atNs = options.at === undefined ? null : parseInstant(options.at, nowMs);
  const whole = archiveRange(archive.contents, tenant);
  const range = atNs === null ? rangeWithin(whole, options.from, options.to, nowMs) : { startNs: atNs, endNs: atNs };
  const limit = parseLimit(options.limit);
  const { signal } = context.terminal;
  if (options.output === "loki-json") {
    const compat = options.compat ?? "documented";
    const request: QueryRequest =
      atNs === null
        ? {
            kind: "range",
            query,
            compat,
            ...range,
            step: options.step,
            limit: limit ?? Number.MAX_SAFE_INTEGER,
            direction: options.direction,
          }
        : { kind: "instant", query, compat, timeNs: atNs };
    let completeness = archive.contents.completeness;
    const onCompleteness = (verdict: Completeness): void => void (completeness = verdict);
    const answer = await answerArchiveQuery(
      { contents: archive.contents, tenant, pool: archive.pool, onCompleteness },
      request,
      signal,
    );
    if ("error" in answer) throw queryInvalid(answer.error);
    await write(context.terminal.stdout, jsonLine({ status: "success", data: answer.data }));
    return completeness;
  }
  await using source = archive.logSource(tenant);
  if (!isMetricQuery(query)) {
    return await printEntries(context, options, source, { expr: query, range, direction: options.direction, limit });
  }
  const stepNs = atNs === null ? parseStep(options.step, range) : null;
  const { result, completeness } = await source.metric({ expr: query, range, stepNs }, signal);
  await printMetric(context, options, result);
  return completeness;
}

async function runBatch(
  { terminal }: CommandContext,
  { compat = "documented", tenant: named }: QueryOptions,
  { contents, pool }: CommandArchive,
  file: string,
): Promise<Completeness> {
  const nowNs = nanoFromMs(systemClock.nowMs());
  for (const query of await readBatch(file)) {
    terminal.signal.throwIfAborted();
    const tenant = archiveTenant(contents, query.tenant ?? named);
    const request = batchRequest(query, compat, nowNs);
    const answer = await answerArchiveQuery({ contents, tenant, pool }, request, terminal.signal);
    await write(terminal.stdout, jsonLine(batchAnswer(query.id, answer)));
  }
  return contents.completeness;
}
