import type { DayOrder } from "../../../../src-shared/model/archive.ts";
import { exampleOf, type SampleLine } from "./text-sample.ts";
import { Stamp } from "./times/stamp.ts";
import { daysSinceEpoch } from "./times/stamp-clock.ts";
import { timeRule, type TimeRule } from "./times/time-rules.ts";

interface Evidence {
  readonly rule: TimeRule;
  /** Lines that it reads: a 13th month tells. */
  readonly read: number;
  /** Days that lie before the line before's. */
  readonly back: number;
  /** Different days, and days from the first to the last of them. */
  readonly days: number;
  readonly span: number;
  /** A line that another order reads as another day. */
  readonly example: string | null;
}

/** A span so many times shorter than another's tells, where there are at least so many days. */
const SPAN_RATIO = 10;
const SPAN_DAYS = 3;

/**
 * Of rules that read the same digits in several orders: the one that reads more lines, else one whose days do not run back
 * where the others' do, else one whose days lie close together where the others' are scattered over months, else the one that
 * was said, else the year first (log4j's `yy/MM/dd`, told by the rule's name). `undecided` is a line, where day and month could be either.
 */
export function chooseOrder(
  best: TimeRule,
  lines: readonly SampleLine[],
  assumed: DayOrder | null,
): { readonly rule: TimeRule; readonly undecided: string | null } {
  if (best.otherOrders.length === 0) return { rule: best, undecided: null };
  let left = [best, ...best.otherOrders.map(timeRule)].map((rule) => evidenceOf(rule, lines));
  left = leastOf(left, ({ read }) => -read);
  if (left.some(({ back }) => back === 0)) left = left.filter(({ back }) => back === 0);
  const shortest = Math.min(...left.map(({ span }) => span));
  if (left.every(({ days }) => days >= SPAN_DAYS)) left = left.filter(({ span }) => span < shortest * SPAN_RATIO);
  const [first] = left;
  if (first === undefined) return { rule: best, undecided: null };
  const said = left.find(({ rule }) => rule.dayOrder !== null && rule.dayOrder === assumed);
  if (left.length === 1 || said !== undefined) return { rule: (said ?? first).rule, undecided: null };
  const yearFirst = left.find(({ rule }) => rule.dayOrder === null);
  if (yearFirst !== undefined) return { rule: yearFirst.rule, undecided: null };
  return { rule: first.rule, undecided: first.example };
}

function leastOf(evidence: readonly Evidence[], measure: (one: Evidence) => number): Evidence[] {
  const least = Math.min(...evidence.map(measure));
  return evidence.filter((one) => measure(one) === least);
}

function evidenceOf(rule: TimeRule, lines: readonly SampleLine[]): Evidence {
  const stamp = new Stamp();
  let read = 0;
  let back = 0;
  let example: string | null = null;
  let before = -Infinity;
  const days = new Set<number>();
  for (const line of lines) {
    if (!rule.parse(line.bytes, line.start, line.end, stamp)) continue;
    read += 1;
    const day = daysSinceEpoch(stamp.year, stamp.month, stamp.day);
    if (day < before) back += 1;
    before = day;
    days.add(day);
    if (stamp.day !== stamp.month) example ??= exampleOf(line);
  }
  const span = days.size === 0 ? 0 : Math.max(...days) - Math.min(...days) + 1;
  return { rule, read, back, days: days.size, span, example };
}
