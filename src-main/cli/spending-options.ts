import { Option, type Command } from "commander";
import { AppError } from "../../src-shared/errors/app-error.ts";
import { spendingSchema, type Spending } from "../../src-shared/model/tenants/quota.ts";

export interface SpendingOptions {
  readonly reason?: string;
  readonly overrideQuota?: boolean;
}

/** What is said with a query that a quota would stop. */
export function addSpendingOptions(command: Command): Command {
  return command
    .option("--reason <text>", "why it is needed though a quota is used up; goes into the audit log")
    .addOption(
      new Option("--override-quota", "with --reason: also past a quota's hard stop; an admin's right").default(false),
    );
}

/** Throws `request.invalid` for an override without a reason, and for a reason of fewer than three characters. */
export function spendingOf({ reason, overrideQuota }: SpendingOptions): Spending | undefined {
  if (reason === undefined && overrideQuota !== true) return undefined;
  const parsed = spendingSchema.safeParse({ reason: reason ?? "", override: overrideQuota === true });
  if (parsed.success) return parsed.data;
  throw new AppError("request.invalid", { path: "--reason", problem: "3 … 500 characters" });
}
