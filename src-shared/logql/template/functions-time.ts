import { fixed, TemplateCallError, type TemplateFunction } from "./function-type.ts";
import { GoTime } from "./go-time.ts";
import { parseTime } from "./go-time-parse.ts";
import { GoInt64, type GoValue } from "./go-value.ts";
import { LOCAL, loadZone, UTC } from "./go-zone.ts";

/** What `date` takes: a time, or seconds since the epoch; anything else is the present. */
function dateOf(value: GoValue, nowNs: bigint): GoTime {
  if (value instanceof GoTime) return value;
  if (typeof value === "bigint") return new GoTime(Number(value), 0);
  if (value instanceof GoInt64) return new GoTime(Number(value.value), 0);
  return GoTime.fromNano(nowNs);
}

/** The unit of a number of so many digits since the epoch, in nanoseconds. */
const UNIT_BY_DIGITS: ReadonlyMap<number, bigint> = new Map([
  [5, 86_400_000_000_000n],
  [10, 1_000_000_000n],
  [13, 1_000_000n],
  [16, 1_000n],
  [19, 1n],
]);

function unixToTime(text: string): GoTime {
  if (!/^[-+]?\d+$/.test(text)) {
    const quoted = JSON.stringify(text);
    throw new TemplateCallError(`unable to parse time '${text}': strconv.ParseInt: parsing ${quoted}: invalid syntax`);
  }
  const unit = UNIT_BY_DIGITS.get(text.length);
  // Go formats the missing error with %w, which prints so.
  if (unit === undefined) throw new TemplateCallError(`unable to parse time '${text}': %!w(<nil>)`);
  return GoTime.fromNano(BigInt(text) * unit, LOCAL);
}

export const TIME_FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  now: fixed([], (_, scope) => GoTime.fromNano(scope.nowNs(), LOCAL)),
  date: fixed(["string", "any"], ([layout, value], scope) => dateOf(value, scope.nowNs()).in(LOCAL).format(layout)),
  toDate: fixed(["string", "string"], ([layout, text]) => parseTime(layout, text, LOCAL) ?? GoTime.zero()),
  toDateInZone: fixed(
    ["string", "string", "string"],
    ([layout, zone, text]) => parseTime(layout, text, loadZone(zone) ?? UTC) ?? GoTime.zero(),
  ),
  unixEpoch: fixed(["time"], ([time]) => String(time.unixSeconds)),
  unixEpochMillis: fixed(["time"], ([time]) => String(time.unixMilli())),
  unixEpochNanos: fixed(["time"], ([time]) => String(time.unixNano())),
  unixToTime: fixed(["string"], ([text]) => unixToTime(text)),
  __timestamp__: fixed([], (_, scope) => GoTime.fromNano(scope.timestampNs, UTC)),
  __line__: fixed([], (_, scope) => scope.line),
};
