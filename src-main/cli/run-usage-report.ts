import { AppError } from "../../src-shared/errors/app-error.ts";
import type { CostDimension } from "../../src-shared/model/tenants/query-cost.ts";
import type { CostlyShape, UsageRange, UsageReport } from "../../src-shared/model/tenants/usage.ts";
import type { ConsoleBase } from "../core/console-base.ts";
import { openCostLedger, usagePrices } from "../core/console-usage.ts";
import { costlyShapes } from "../core/tenants/usage/fixes/costly-shapes.ts";
import { usageReport } from "../core/tenants/usage/usage-report.ts";
import { audited, openBase, type CommandContext } from "./command-context.ts";
import { jsonLine, write } from "./terminal.ts";
import { auditRange, usageRange, type UsageRangeOptions } from "./usage-options.ts";
import { reportCsv, reportText, shapesCsv, shapesText } from "./usage-printing.ts";

export interface UsageReportOptions extends UsageRangeOptions {
  readonly by: CostDimension;
  readonly limit: string;
  readonly fixes?: boolean;
  readonly output: "text" | "json" | "csv";
}

const MOST_ROWS = 100_000;

/** Prints what the ledger of the profile adds up, or with `--fixes` its dearest shapes. Throws what the ledger throws. */
export async function runUsageReport(context: CommandContext, options: UsageReportOptions): Promise<void> {
  const range = usageRange(options);
  const limit = Number(options.limit);
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST_ROWS)
    throw new AppError("request.invalid", { path: "--limit", problem: `1 … ${MOST_ROWS}` });
  using base = openBase(context);
  const { stdout } = context.terminal;
  if (options.fixes === true) {
    const shapes = await readFixes(base, context, range);
    if (options.output === "json") await write(stdout, jsonLine(shapes));
    else await write(stdout, options.output === "csv" ? shapesCsv(shapes) : shapesText(shapes));
    return;
  }
  const report = await readReport(base, context, range, options.by, limit);
  if (options.output === "json") await write(stdout, jsonLine(report));
  else await write(stdout, options.output === "csv" ? reportCsv(report) : reportText(report));
}

async function readReport(
  base: ConsoleBase,
  context: CommandContext,
  range: UsageRange,
  by: CostDimension,
  limit: number,
): Promise<UsageReport> {
  const subject = { by, ...auditRange(range) };
  const act = { action: "usage.report", permission: "usage.read", auditClass: "access", subject } as const;
  return audited(base, context, act, async () => {
    await using ledger = openCostLedger({ base, locateWorker: context.terminal.locateWorker });
    const parts = { ledger, prices: usagePrices(base.settings), clock: base.clock };
    return await usageReport({ by, range, tenants: range.tenants, limit }, parts);
  });
}

async function readFixes(
  base: ConsoleBase,
  context: CommandContext,
  range: UsageRange,
): Promise<readonly CostlyShape[]> {
  const subject = auditRange(range);
  const act = { action: "usage.fixes", permission: "usage.read", auditClass: "access", subject } as const;
  return audited(base, context, act, async () => {
    await using ledger = openCostLedger({ base, locateWorker: context.terminal.locateWorker });
    return await costlyShapes({ range, tenants: range.tenants }, ledger, usagePrices(base.settings));
  });
}
