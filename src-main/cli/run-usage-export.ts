import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { AppError } from "../../src-shared/errors/app-error.ts";
import { openCostLedger } from "../core/console-usage.ts";
import { exportCosts } from "../core/tenants/usage/export-costs.ts";
import { audited, openBase, type CommandContext, type OutputFormat } from "./command-context.ts";
import { jsonLine, write } from "./terminal.ts";
import { auditRange, usageRange, type UsageRangeOptions } from "./usage-options.ts";

export interface UsageExportOptions extends UsageRangeOptions {
  readonly toFile: string;
  readonly format: "csv" | "parquet";
  readonly output: OutputFormat;
}

/** Writes the single costs of a range into a new file. Throws `files.unwritable` for one that is there already. */
export async function runUsageExport(context: CommandContext, options: UsageExportOptions): Promise<void> {
  const range = usageRange(options);
  const file = resolve(options.toFile);
  if (existsSync(file)) throw new AppError("files.unwritable", { file, problem: "it is there already" });
  using base = openBase(context);
  const subject = { ...auditRange(range), format: options.format };
  const act = { action: "usage.exportCosts", permission: "usage.export", auditClass: "access", subject } as const;
  const { signal, locateWorker, stdout } = context.terminal;
  const written = await audited(base, context, act, async () => {
    await using ledger = openCostLedger({ base, locateWorker });
    return await exportCosts(ledger, { file, range, format: options.format }, () => {}, signal);
  });
  if (signal.aborted) throw new AppError("request.cancelled", {});
  if (options.output !== "text") return write(stdout, jsonLine(written));
  return write(stdout, `${written.file}: ${written.costs} queries\n`);
}
