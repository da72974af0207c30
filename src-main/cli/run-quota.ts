import { AppError } from "../../src-shared/errors/app-error.ts";
import {
  quotaSchema,
  quotaScopeSchema,
  type QuotaScope,
  type QuotaState,
} from "../../src-shared/model/tenants/quota.ts";
import { systemClock } from "../core/common/clock.ts";
import type { ConsoleBase } from "../core/console-base.ts";
import { openCostLedger } from "../core/console-usage.ts";
import { quotaStates } from "../core/tenants/quotas/quota-states.ts";
import type { CostLedger } from "../core/tenants/usage/cost-ledger.ts";
import { sizeArgument } from "./size-argument.ts";
import { audited, openBase, type CommandContext, type OutputFormat } from "./command-context.ts";
import { jsonLine, write } from "./terminal.ts";
import { textTable } from "./text-table.ts";

export interface QuotaShowOptions {
  readonly output: OutputFormat;
}

export interface QuotaScopeOptions extends QuotaShowOptions {
  readonly of: QuotaScope["kind"];
  readonly per: QuotaScope["period"];
}

export interface QuotaSetOptions extends QuotaScopeOptions {
  readonly bytes: string;
  readonly hard?: string;
  readonly warn: string;
}

/** Reads the ledger of the profile; throws what it throws. */
export async function showQuotas(context: CommandContext, { output }: QuotaShowOptions): Promise<void> {
  using base = openBase(context);
  const act = { action: "usage.quotas", permission: "usage.read", auditClass: "access", subject: {} } as const;
  const states = await audited(base, context, act, () =>
    withLedger(base, context, (ledger) => quotaStates(ledger, systemClock.nowMs())),
  );
  await print(context, states, output);
}

/** Throws `request.invalid` for sizes that are none, or a hard stop below the quota. */
export async function setQuota(context: CommandContext, options: QuotaSetOptions, name: string): Promise<void> {
  const scope = scopeOf(options, name);
  const bytes = sizeArgument("--bytes", options.bytes);
  const hardBytes = options.hard === undefined ? bytes : sizeArgument("--hard", options.hard);
  const parsed = quotaSchema.safeParse({ scope, bytes, hardBytes, warnShare: Number(options.warn) / 100 });
  if (!parsed.success) {
    const [path] = parsed.error.issues[0]?.path ?? [];
    const option = path === "hardBytes" ? "--hard" : path === "warnShare" ? "--warn" : "--bytes";
    throw new AppError("request.invalid", { path: option, problem: option === "--warn" ? "1 … 100" : ">= --bytes" });
  }
  const quota = parsed.data;
  using base = openBase(context);
  const subject = { ...scope, bytes, hardBytes, warnShare: quota.warnShare };
  const act = { action: "usage.setQuota", permission: "usage.quota", auditClass: "security", subject } as const;
  const states = await audited(base, context, act, () =>
    withLedger(base, context, async (ledger) => {
      await ledger.setQuota(quota);
      return quotaStates(ledger, systemClock.nowMs());
    }),
  );
  await print(
    context,
    states.filter((state) => isOf(state, scope)),
    options.output,
  );
}

/** Throws `tenants.quota-unknown` where there is none. */
export async function removeQuota(context: CommandContext, options: QuotaScopeOptions, name: string): Promise<void> {
  const scope = scopeOf(options, name);
  using base = openBase(context);
  const act = {
    action: "usage.removeQuota",
    permission: "usage.quota",
    auditClass: "security",
    subject: { ...scope },
  } as const;
  await audited(base, context, act, () =>
    withLedger(base, context, async (ledger) => {
      if (!(await ledger.removeQuota(scope))) throw new AppError("tenants.quota-unknown", { scope: scope.kind, name });
    }),
  );
  if (options.output !== "text") await write(context.terminal.stdout, jsonLine({ removed: scope }));
}

async function withLedger<Result>(
  base: ConsoleBase,
  context: CommandContext,
  work: (ledger: CostLedger) => Promise<Result>,
): Promise<Result> {
  await using ledger = openCostLedger({ base, locateWorker: context.terminal.locateWorker });
  return await work(ledger);
}

function scopeOf({ of, per }: QuotaScopeOptions, name: string): QuotaScope {
  const parsed = quotaScopeSchema.safeParse({ kind: of, name, period: per });
  if (parsed.success) return parsed.data;
  throw new AppError("request.invalid", {
    path: "<name>",
    problem: of === "role" ? "viewer | operator | admin | auditor" : name,
  });
}

function isOf({ quota }: QuotaState, { kind, name, period }: QuotaScope): boolean {
  return quota.scope.kind === kind && quota.scope.name === name && quota.scope.period === period;
}

async function print(context: CommandContext, states: readonly QuotaState[], output: OutputFormat): Promise<void> {
  const { stdout } = context.terminal;
  if (output === "json") return write(stdout, jsonLine(states));
  if (output === "ndjson") return write(stdout, states.map((state) => jsonLine(state)).join(""));
  const rows = states.map(({ quota: { scope, bytes, hardBytes }, period, usedBytes, reservedBytes, state }) => [
    scope.kind,
    scope.name,
    period,
    gigabytes(usedBytes),
    gigabytes(reservedBytes),
    gigabytes(bytes),
    gigabytes(hardBytes),
    state,
  ]);
  return write(stdout, textTable(["OF", "NAME", "PERIOD", "USED GB", "HELD GB", "QUOTA GB", "HARD GB", "STATE"], rows));
}

function gigabytes(bytes: number): string {
  return (bytes / 1_000 ** 3).toFixed(3);
}
