import { mkdtempSync, rmSync } from "node:fs";
import { randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AppError, isAppError } from "../../src-shared/errors/app-error.ts";
import { jobIdSchema } from "../../src-shared/model/ids.ts";
import {
  cardinalityRequestSchema,
  type CardinalityReport,
  type LabelChange,
  type WhatIf,
} from "../../src-shared/model/tenants/cardinality.ts";
import { tenantIdProblem, type TenantId } from "../../src-shared/model/tenant-id.ts";
import { siteFacts } from "../core/console-cardinality-facts.ts";
import type { ConsoleBase } from "../core/console-base.ts";
import { assembleWhatIf } from "../core/tenants/cardinality/assemble-what-if.ts";
import { rememberSample } from "../core/tenants/cardinality/remember-sample.ts";
import { SqliteCardinalityHistory } from "../core/tenants/cardinality/sqlite-cardinality-history.ts";
import { TableThread } from "../core/tenants/cardinality/table-thread.ts";
import { requestMatchers, seriesFile, takeSample } from "../core/tenants/cardinality/take-sample.ts";
import { listedFacts, tenantFacts, type TenantFacts } from "../core/tenants/cardinality/tenant-facts.ts";
import { cardinalityText } from "./cardinality-printing.ts";
import { audited, openBase, type CommandContext, type OutputFormat } from "./command-context.ts";
import { openTenantSeries, type OpenedTenant } from "./open-cardinality.ts";
import type { SourceOptions } from "./source-options.ts";
import { jsonLine, write } from "./terminal.ts";
import { parseDuration } from "./time-arguments.ts";

export interface CardinalityOptions extends SourceOptions {
  readonly selector: string;
  readonly last: string;
  readonly sampleLines: number;
  readonly whatIf?: readonly LabelChange[];
  readonly output: OutputFormat;
}

export interface CardinalityAnswer {
  readonly report: CardinalityReport;
  /** `null` where nothing was asked. */
  readonly whatIf: WhatIf | null;
  readonly facts: WhatIf["facts"];
}

/** Samples a tenant's series and prints what they are made of; the table is gone behind it, the day is kept. */
export async function runCardinality(context: CommandContext, options: CardinalityOptions): Promise<void> {
  const tenant = checkedTenant(options.tenant ?? "fake");
  const lastMinutes = minutesOf(options.last);
  requestMatchers(options);
  using base = openBase(context);
  const act = {
    action: "cardinality.start",
    permission: "cardinality.sample",
    auditClass: "access",
    subject: { site: options.site ?? options.source ?? "", tenant, selector: options.selector },
  } as const;
  const answer = await audited(base, context, act, async () => {
    await using stack = new AsyncDisposableStack();
    const opened = await openTenantSeries(base, context, { ...options, tenant }, stack);
    return await sampleAndAsk(base, context, options, { tenant, lastMinutes, opened });
  });
  const { stdout } = context.terminal;
  if (options.output === "text") await write(stdout, cardinalityText(answer));
  else if (options.output === "json") await write(stdout, jsonLine(answer));
  else for (const label of answer.report.labels) await write(stdout, jsonLine(label));
}

async function sampleAndAsk(
  base: ConsoleBase,
  context: CommandContext,
  { selector, sampleLines, whatIf }: CardinalityOptions,
  {
    tenant,
    lastMinutes,
    opened,
  }: { readonly tenant: TenantId; readonly lastMinutes: number; readonly opened: OpenedTenant },
): Promise<CardinalityAnswer> {
  const { signal, locateWorker } = context.terminal;
  const { clock } = base;
  const logger = base.logger.child("cardinality");
  const directory = mkdtempSync(join(tmpdir(), "kubemate-cardinality-"));
  try {
    await using thread = new TableThread({ worker: locateWorker("series-table"), clock, logger });
    const id = jobIdSchema.parse(randomUUID());
    const input = cardinalityRequestSchema.parse({ site: opened.site, tenant, selector, lastMinutes, sampleLines });
    const taken = await takeSample(
      { source: opened.source, thread, clock, random: Math.random, directory },
      { id, input, checkpoint: null, signal, logger, commit: async () => {}, report: () => {} },
    );
    const facts = await factsOrNone(base, opened, tenant, signal);
    await using history = new SqliteCardinalityHistory(base.profile.file("cardinality.db"));
    const report = await rememberSample(history, taken, facts);
    if (whatIf === undefined) return { report, whatIf: null, facts: listedFacts(facts) };
    const file = seriesFile(directory, id);
    const {
      tookMs,
      series: _series,
      ...streams
    } = await thread.ask({ kind: "what-if", file, changes: whatIf }, signal);
    return { report, whatIf: assembleWhatIf(whatIf, streams, facts, tookMs), facts: listedFacts(facts) };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Metrics that cannot be read make an estimate less, and no failure. */
async function factsOrNone(
  { clock, logger }: ConsoleBase,
  { openHealth }: OpenedTenant,
  tenant: string,
  signal: AbortSignal,
): Promise<TenantFacts> {
  try {
    return await siteFacts(await openHealth(signal), clock, tenant, signal);
  } catch (error) {
    if (!isAppError(error) || signal.aborted) throw error;
    logger.info("nothing is known of a tenant's ingestion", { code: error.code });
    return tenantFacts(tenant, { now: [], before: [], config: null });
  }
}

function checkedTenant(tenant: string): TenantId {
  const problem = tenantIdProblem(tenant);
  if (problem !== null)
    throw new AppError("tenants.invalid", { tenant: tenant.slice(0, 200), problem: problem.reason });
  // It has just been checked.
  return tenant as TenantId;
}

function minutesOf(text: string): number {
  const ns = parseDuration(text);
  const minutes = ns === null ? 0 : Math.round(Number(ns) / 60e9);
  if (minutes < 5 || minutes > 43_200) throw new AppError("request.invalid", { path: "--last", problem: "5m to 30d" });
  return minutes;
}
