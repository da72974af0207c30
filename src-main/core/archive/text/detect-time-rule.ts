import type { DayOrder } from "../../../../src-shared/model/archive.ts";
import { exampleOf, type SampleLine } from "./text-sample.ts";
import { NO_YEAR, NO_ZONE, Stamp } from "./times/stamp.ts";
import { daysSinceEpoch } from "./times/stamp-clock.ts";
import { timeRule, timeRules, type TimeRule } from "./times/time-rules.ts";

/** Enough lines to tell rules apart by; more are looked at where these have no times. */
const FIRST_LINES = 300;

/** How the times of a file are read, and what they leave open. */
export interface TimeRuleFound {
  readonly rule: TimeRule;
  /** A line whose time has no zone. */
  readonly zoneless: string | null;
  /** A line whose time has no year. */
  readonly yearless: string | null;
  /** A line that may be read day first or month first, where no line of the file tells which. */
  readonly eitherOrder: string | null;
}

/**
 * The rule that reads the times of most lines of `lines`; of equal ones the first in the table. `null` where there is none: one
 * line with a time is not enough, but where the file is sampled whole. `later` are lines from further on in the file.
 */
export function detectTimeRule(
  lines: readonly SampleLine[],
  later: readonly SampleLine[],
  wholeFile: boolean,
  assumedOrder: DayOrder | null,
): TimeRuleFound | null {
  const best = bestRule(lines.slice(0, FIRST_LINES), wholeFile) ?? bestRule(lines, wholeFile);
  if (best === null) return null;
  const { rule, undecided } = chooseOrder(best, [...lines, ...later], assumedOrder);
  let zoneless: string | null = null;
  let yearless: string | null = null;
  const stamp = new Stamp();
  for (const line of [...lines, ...later]) {
    if (!rule.parse(line.bytes, line.start, line.end, stamp)) continue;
    if (stamp.zoneSeconds === NO_ZONE) zoneless ??= exampleOf(line);
    if (stamp.year === NO_YEAR) yearless ??= exampleOf(line);
  }
  return { rule, zoneless, yearless, eitherOrder: undecided };
}

function bestRule(lines: readonly SampleLine[], wholeFile: boolean): TimeRule | null {
  const stamp = new Stamp();
  let best: TimeRule | null = null;
  let bestCount = 0;
  for (const rule of timeRules()) {
    let count = 0;
    for (const { bytes, start, end } of lines) if (rule.parse(bytes, start, end, stamp)) count += 1;
    if (count <= bestCount || count < lines.length * rule.leastShare) continue;
    best = rule;
    bestCount = count;
  }
  return bestCount >= 2 || wholeFile || lines.length === 1 ? best : null;
}

/**
 * Day or month first: the order that reads more lines (a 13th month tells), else the one whose times do not run back, else what
 * was said, else nobody knows.
 */
function chooseOrder(
  best: TimeRule,
  lines: readonly SampleLine[],
  assumed: DayOrder | null,
): { readonly rule: TimeRule; readonly undecided: string | null } {
  if (best.otherOrder === null) return { rule: best, undecided: null };
  const other = timeRule(best.otherOrder);
  const [mine, theirs] = [orderEvidence(best, lines), orderEvidence(other, lines)];
  if (mine.read !== theirs.read) return { rule: mine.read > theirs.read ? best : other, undecided: null };
  if ((mine.back === 0) !== (theirs.back === 0)) return { rule: mine.back === 0 ? best : other, undecided: null };
  if (assumed !== null) return { rule: best.dayOrder === assumed ? best : other, undecided: null };
  return { rule: best, undecided: mine.example };
}

function orderEvidence(
  rule: TimeRule,
  lines: readonly SampleLine[],
): { readonly read: number; readonly back: number; readonly example: string | null } {
  const stamp = new Stamp();
  let read = 0;
  let back = 0;
  let before = -Infinity;
  let example: string | null = null;
  for (const line of lines) {
    if (!rule.parse(line.bytes, line.start, line.end, stamp)) continue;
    read += 1;
    const day = daysSinceEpoch(stamp.year, stamp.month, stamp.day);
    if (day < before) back += 1;
    before = day;
    if (stamp.day !== stamp.month) example ??= exampleOf(line);
  }
  return { read, back, example };
}
