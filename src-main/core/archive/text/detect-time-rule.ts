import type { DayOrder } from "../../../../src-shared/model/archive.ts";
import { exampleOf, type SampleLine } from "./text-sample.ts";
import { chooseOrder } from "./choose-order.ts";
import { NO_YEAR, NO_ZONE, Stamp } from "./times/stamp.ts";
import { timeRule, timeRules, type TimeRule } from "./times/time-rules.ts";

/** Enough lines to tell rules apart by; more are looked at where these have no times. */
const FIRST_LINES = 200;

/** Lines that sort out rules which have nothing to do with the file. */
const SPREAD_LINES = 40;
/** The same for rules that at least half of the lines must follow: one in a thousand such is missed. */
const SPREAD_LINES_OF_HALF = 10;

/** The share of lines that make a second rule worth it. */
const SECOND_SHARE = 0.1;
/** Rules of places further inside lines are no second ones. */
const BRACKETS_SHARE = 0.2;

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
  const all = [...lines, ...later];
  const { rule: first, undecided } = chooseOrder(best, all, assumedOrder);
  const rule = withSecond(first, all);
  let zoneless: string | null = null;
  let yearless: string | null = null;
  const stamp = new Stamp();
  for (const line of all) {
    if (!rule.parse(line.bytes, line.start, line.end, stamp)) continue;
    if (stamp.zoneSeconds === NO_ZONE) zoneless ??= exampleOf(line);
    if (stamp.year === NO_YEAR) yearless ??= exampleOf(line);
  }
  return { rule, zoneless, yearless, eitherOrder: undecided };
}

/**
 * A second rule, where a good part of the lines have times of another kind at their beginning: access and error log of one
 * server, a program that changed its format. Without it these lines would join the entries before.
 */
function withSecond(first: TimeRule, lines: readonly SampleLine[]): TimeRule {
  const stamp = new Stamp();
  const unread = lines.filter(({ bytes, start, end }) => !first.parse(bytes, start, end, stamp));
  if (unread.length < lines.length * SECOND_SHARE) return first;
  const second = bestRule(unread, false);
  if (second === null || second.leastShare > BRACKETS_SHARE || second.otherOrders.length > 0) return first;
  const count = unread.filter(({ bytes, start, end }) => second.parse(bytes, start, end, stamp)).length;
  return count < lines.length * SECOND_SHARE ? first : timeRule(`${first.name} + ${second.name}`);
}

function bestRule(lines: readonly SampleLine[], wholeFile: boolean): TimeRule | null {
  const few = spread(lines, SPREAD_LINES);
  const fewest = spread(lines, SPREAD_LINES_OF_HALF);
  const hopeful = timeRules().filter((rule) => countRead(rule, rule.leastShare < 0.5 ? few : fewest) > 0);
  let best: TimeRule | null = null;
  let bestCount = 0;
  for (const rule of hopeful.length > 0 ? hopeful : timeRules()) {
    const count = countRead(rule, lines);
    if (count <= bestCount || count < lines.length * rule.leastShare) continue;
    best = rule;
    bestCount = count;
  }
  return bestCount >= 2 || wholeFile || lines.length === 1 ? best : null;
}

function countRead(rule: TimeRule, lines: readonly SampleLine[]): number {
  const stamp = new Stamp();
  let count = 0;
  for (const { bytes, start, end } of lines) if (rule.parse(bytes, start, end, stamp)) count += 1;
  return count;
}

/** So many lines, evenly taken from all. */
function spread(lines: readonly SampleLine[], count: number): readonly SampleLine[] {
  if (lines.length <= count) return lines;
  return Array.from({ length: count }, (_, at) => lines[Math.floor((at * lines.length) / count)] ?? []).flat();
}
