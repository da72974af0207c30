import { costDaySchema } from "../../../../src-shared/model/tenants/query-cost.ts";

/** Whole days in UTC, both ends included: what a report is asked for. */
export interface UsageDays {
  readonly fromDay: string;
  readonly toDay: string;
}

export const DAY_PRESETS = ["today", "week", "thirty", "month", "custom"] as const;
export type DayPreset = (typeof DAY_PRESETS)[number];

const DAY_MS = 86_400_000;

/** The day, in UTC, that an instant is in. */
export function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}

/** `week` and `thirty` count today; `month` is the one that has begun. */
export function presetDays(preset: Exclude<DayPreset, "custom">, nowMs: number): UsageDays {
  const toDay = dayOf(nowMs);
  switch (preset) {
    case "today":
      return { fromDay: toDay, toDay };
    case "week":
      return { fromDay: dayOf(nowMs - 6 * DAY_MS), toDay };
    case "thirty":
      return { fromDay: dayOf(nowMs - 29 * DAY_MS), toDay };
    case "month":
      return { fromDay: `${toDay.slice(0, 8)}01`, toDay };
  }
}

export type DaysProblem = "from" | "to" | "reversed";

/** What is wrong with two days that were typed; `null` when they are a range. */
export function daysProblem({ fromDay, toDay }: UsageDays): DaysProblem | null {
  if (!costDaySchema.safeParse(fromDay).success) return "from";
  if (!costDaySchema.safeParse(toDay).success) return "to";
  return fromDay > toDay ? "reversed" : null;
}

/** Every day of a range, in order; at most `most`, the last ones. */
export function eachDay({ fromDay, toDay }: UsageDays, most: number): readonly string[] {
  const days: string[] = [];
  const firstMs = Date.parse(`${fromDay}T00:00:00Z`);
  for (let atMs = Date.parse(`${toDay}T00:00:00Z`); atMs >= firstMs && days.length < most; atMs -= DAY_MS) {
    days.push(dayOf(atMs));
  }
  return days.toReversed();
}
