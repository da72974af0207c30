import type { DayOrder } from "../../../../../src-shared/model/archive.ts";
import {
  afterBlanks,
  afterColumns,
  afterTokens,
  inBrackets,
  inJson,
  inLogfmt,
  atStart,
  afterPriority,
} from "./stamp-places.ts";
import {
  compactIsoStamp,
  dayFirstStamp,
  epochStamp,
  isoStamp,
  klogStamp,
  monthDayStamp,
  monthFirstStamp,
  shortDayFirstStamp,
  shortMonthFirstStamp,
  shortYearFirstStamp,
  yearMonthDayStamp,
} from "./numeric-stamps.ts";
import { chineseStamp } from "./chinese-stamp.ts";
import { asctimeStamp, dayMonthYearStamp, monthDayYearStamp, syslogStamp } from "./named-month-stamps.ts";
import type { StampParser } from "./stamp.ts";

/** How a line's time is found: what it looks like, and where in the line it stands. */
export interface TimeRule {
  /** Such as `iso`, `syslog@pri`, `iso@json:time`, `epoch@token1`: what a block's `reading.timeRule` holds. */
  readonly name: string;
  /** Reads the time of the line `[at, end)`. */
  readonly parse: StampParser;
  /** Least share of the sample's lines that must have such a time, for places where one could stand by chance. */
  readonly leastShare: number;
  /** The order of day and month that it takes; `null` where the text says it. */
  readonly dayOrder: DayOrder | null;
  /** Rules that read the same digits in another order. */
  readonly otherOrders: readonly string[];
}

interface StampKind {
  readonly name: string;
  readonly parse: StampParser;
  readonly dayOrder?: DayOrder;
  readonly others?: readonly string[];
  /** Whether bare digits could be it. */
  readonly weak?: true;
}

const STAMPS: readonly StampKind[] = [
  { name: "iso", parse: isoStamp },
  { name: "day-month-year", parse: dayMonthYearStamp },
  { name: "asctime", parse: asctimeStamp },
  { name: "month-day-year", parse: monthDayYearStamp },
  { name: "syslog", parse: syslogStamp },
  { name: "klog", parse: klogStamp },
  { name: "yy/mm/dd", parse: shortYearFirstStamp, others: ["dd/mm/yy", "mm/dd/yy"] },
  { name: "dd/mm/yyyy", parse: dayFirstStamp, dayOrder: "day-first", others: ["mm/dd/yyyy"] },
  { name: "mm/dd/yyyy", parse: monthFirstStamp, dayOrder: "month-first", others: ["dd/mm/yyyy"] },
  { name: "dd/mm/yy", parse: shortDayFirstStamp, dayOrder: "day-first", others: ["yy/mm/dd", "mm/dd/yy"] },
  { name: "mm/dd/yy", parse: shortMonthFirstStamp, dayOrder: "month-first", others: ["yy/mm/dd", "dd/mm/yy"] },
  { name: "yyyymmdd", parse: compactIsoStamp },
  { name: "yymmdd", parse: yearMonthDayStamp },
  { name: "month-day", parse: monthDayStamp },
  { name: "chinese", parse: chineseStamp },
  { name: "epoch", parse: epochStamp, weak: true },
];

const FIELD_STAMPS = STAMPS.filter(({ name }) =>
  ["iso", "epoch", "day-month-year", "month-day-year", "asctime", "yyyymmdd"].includes(name),
);

const FIELDS = [
  "time",
  "timestamp",
  "ts",
  "@timestamp",
  "@t",
  "t",
  "datetime",
  "date",
  "Timestamp",
  "Time",
  "asctime",
  "eventTime",
  "log_time",
  "__REALTIME_TIMESTAMP",
  "requestReceivedTimestamp",
];

const MAX_TOKENS = 5;
const MAX_COLUMNS = 3;

function rulesAt(place: string, stamps: readonly StampKind[], leastShare: number, at: (p: StampParser) => StampParser) {
  return stamps.map((stamp): TimeRule => {
    const suffix = place === "" ? "" : `@${place}`;
    return {
      name: `${stamp.name}${suffix}`,
      parse: at(stamp.parse),
      leastShare: Math.max(leastShare, stamp.weak === true ? 0.5 : 0),
      dayOrder: stamp.dayOrder ?? null,
      otherOrders: (stamp.others ?? []).map((other) => `${other}${suffix}`),
    };
  });
}

/** Every rule, in the order in which equal ones are preferred: times that lines begin with before such further inside. */
const RULES: readonly TimeRule[] = [
  ...rulesAt("", STAMPS, 0, atStart),
  ...rulesAt("pri", STAMPS, 0, afterPriority),
  ...rulesAt("indent", STAMPS, 0.6, afterBlanks),
  ...rulesAt("brackets", STAMPS.slice(0, 2), 0.2, inBrackets),
  ...FIELDS.flatMap((field) => rulesAt(`json:${field}`, FIELD_STAMPS, 0.5, (parse) => inJson(field, parse))),
  ...FIELDS.flatMap((field) => rulesAt(`logfmt:${field}`, FIELD_STAMPS, 0.5, (parse) => inLogfmt(field, parse))),
  ...Array.from({ length: MAX_TOKENS }, (_, index) =>
    rulesAt(`token${index + 1}`, STAMPS, index < 2 ? 0.2 : 0.6, (parse) => afterTokens(index + 1, parse)),
  ).flat(),
  ...Array.from({ length: MAX_COLUMNS }, (_, index) =>
    rulesAt(`column${index + 1}`, FIELD_STAMPS, 0.6, (parse) => afterColumns(index + 1, parse)),
  ).flat(),
];

const BY_NAME: ReadonlyMap<string, TimeRule> = new Map(RULES.map((rule) => [rule.name, rule]));

/** Every rule there is. */
export function timeRules(): readonly TimeRule[] {
  return RULES;
}

/** The rule of a name that `timeRules` has, or of two such with ` + ` between them: the second where the first reads nothing. */
export function timeRule(name: string): TimeRule {
  const [first = "", second] = name.split(" + ");
  const rule = BY_NAME.get(first);
  if (rule === undefined) throw new Error(`there is no time rule ${first}`);
  if (second === undefined) return rule;
  const { parse: otherwise } = timeRule(second);
  return {
    ...rule,
    name,
    parse: (bytes, at, end, stamp) => rule.parse(bytes, at, end, stamp) || otherwise(bytes, at, end, stamp),
  };
}
