import { AppError } from "../../src-shared/errors/app-error.ts";
import { costDaySchema } from "../../src-shared/model/tenants/query-cost.ts";
import type { UsageRange } from "../../src-shared/model/tenants/usage.ts";
import { systemClock } from "../core/common/clock.ts";
import type { UsageCaller } from "../core/tenants/usage/usage-scope.ts";
import type { CommandContext } from "./command-context.ts";

export interface UsageRangeOptions {
  readonly from?: string;
  readonly to?: string;
  readonly tenant?: readonly string[];
}

const DAY_MS = 86_400_000;
const DAYS = 30;

/** The days and tenants of a command. Throws `request.invalid` for what is no day, or in the wrong order. */
export function usageRange({ from, to, tenant }: UsageRangeOptions): UsageRange {
  const today = new Date(systemClock.nowMs()).toISOString().slice(0, 10);
  const toDay = to === undefined ? today : dayOption("--to", to);
  const before = new Date(Date.parse(toDay) - (DAYS - 1) * DAY_MS).toISOString().slice(0, 10);
  const fromDay = from === undefined ? before : dayOption("--from", from);
  if (fromDay > toDay) throw new AppError("request.invalid", { path: "--from", problem: `<= ${toDay}` });
  return { fromDay, toDay, tenants: tenant === undefined ? null : [...tenant] };
}

/** Who sits at a command line sees what the profile holds. */
export function commandCaller({ principal }: CommandContext): UsageCaller {
  return { principal, tenants: { kind: "every" } };
}

/** What the audit log says of a range. */
export function auditRange({ fromDay, toDay, tenants }: UsageRange): Readonly<Record<string, string>> {
  return { fromDay, toDay, ...(tenants === null ? {} : { tenants: tenants.join(", ") }) };
}

function dayOption(path: string, text: string): string {
  const parsed = costDaySchema.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new AppError("request.invalid", { path, problem: "2026-11-20" });
}
