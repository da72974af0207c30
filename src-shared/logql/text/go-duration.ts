/**
 * Durations as Go programs write and read them. Loki uses two notations: Prometheus's in ranges (`1h30m`, `2d`, whole
 * numbers, units from big to small) and Go's in label values and answers (`1.5s`, `5m0s`). All are nanoseconds in `bigint`,
 * bounded to 64 signed bits as Go's `time.Duration`.
 */

const MAX_DURATION = 2n ** 63n - 1n;

const NS = 1n;
const US = 1_000n * NS;
const MS = 1_000n * US;
const SECOND = 1_000n * MS;
const MINUTE = 60n * SECOND;
const HOUR = 60n * MINUTE;
const DAY = 24n * HOUR;

export type DurationReading =
  | { readonly ok: true; readonly ns: bigint }
  | { readonly ok: false; readonly error: string };

/** Units of the Prometheus notation; they must come in this order. */
const PROMETHEUS_UNITS: readonly (readonly [string, bigint])[] = [
  ["y", 365n * DAY],
  ["w", 7n * DAY],
  ["d", DAY],
  ["h", HOUR],
  ["m", MINUTE],
  ["s", SECOND],
  ["ms", MS],
];

function failed(error: string): DurationReading {
  return { ok: false, error };
}

/** Reads `1h30m`, `2d`, `0`; errors in the words of Prometheus's `model.ParseDuration`. */
export function parsePrometheusDuration(text: string): DurationReading {
  if (text === "0") return { ok: true, ns: 0n };
  if (text === "") return failed("empty duration string");
  const invalid = failed(`not a valid duration string: ${JSON.stringify(text)}`);
  let ns = 0n;
  let lastUnit = -1;
  let rest = text;
  while (rest !== "") {
    const piece = /^(\d+)(\D+)/.exec(rest);
    const [whole, digits, unitText] = piece ?? [];
    if (whole === undefined || digits === undefined || unitText === undefined) return invalid;
    const position = PROMETHEUS_UNITS.findIndex(([name]) => name === unitText);
    const unit = PROMETHEUS_UNITS[position];
    if (unit === undefined) return failed(`unknown unit "${unitText}" in duration "${text}"`);
    if (position <= lastUnit) return invalid;
    lastUnit = position;
    ns += BigInt(digits) * unit[1];
    if (ns > MAX_DURATION) return failed("duration out of range");
    rest = rest.slice(whole.length);
  }
  return { ok: true, ns };
}

const GO_UNITS: ReadonlyMap<string, bigint> = new Map([
  ["ns", NS],
  ["us", US],
  ["µs", US],
  ["μs", US],
  ["ms", MS],
  ["s", SECOND],
  ["m", MINUTE],
  ["h", HOUR],
]);

/** Go's `time` package quotes byte by byte: what is not ASCII as `\\xNN`. */
function quoteBytes(text: string): string {
  let out = '"';
  for (const byte of new TextEncoder().encode(text)) {
    const char = String.fromCharCode(byte);
    if (byte >= 0x80 || byte < 0x20) out += `\\x${byte.toString(16).padStart(2, "0")}`;
    else out += char === '"' || char === "\\" ? `\\${char}` : char;
  }
  return `${out}"`;
}

/** Reads `1.5s`, `-2h45m`, `.5m`; errors in the words of Go's `time.ParseDuration`. */
export function parseGoDuration(text: string): DurationReading {
  const quoted = quoteBytes(text);
  const invalid = failed(`time: invalid duration ${quoted}`);
  const negative = text.startsWith("-");
  let rest = /^[-+]/.test(text) ? text.slice(1) : text;
  if (rest === "0") return { ok: true, ns: 0n };
  if (rest === "") return invalid;
  let total = 0n;
  while (rest !== "") {
    const number = /^(\d*)(?:\.(\d*))?/.exec(rest);
    const [matched = "", whole = "", fraction = ""] = number ?? [];
    if (whole === "" && fraction === "") return invalid;
    rest = rest.slice(matched.length);
    const unitText = /^[^.\d]*/.exec(rest)?.[0] ?? "";
    if (unitText === "") return failed(`time: missing unit in duration ${quoted}`);
    rest = rest.slice(unitText.length);
    const unit = GO_UNITS.get(unitText);
    if (unit === undefined) return failed(`time: unknown unit ${quoteBytes(unitText)} in duration ${quoted}`);
    total += BigInt(whole === "" ? "0" : whole) * unit;
    if (fraction !== "") {
      const digits = fraction.slice(0, 18);
      total += (BigInt(digits) * unit) / 10n ** BigInt(digits.length);
    }
    if (total > MAX_DURATION) return invalid;
  }
  return { ok: true, ns: negative ? -total : total };
}

function withFraction(value: bigint, unit: bigint): string {
  const whole = value / unit;
  const width = unit.toString().length - 1;
  const fraction = (value % unit).toString().padStart(width, "0").replace(/0+$/, "");
  return fraction === "" ? whole.toString() : `${whole}.${fraction}`;
}

/** As Go prints a `time.Duration`: `5m0s`, `1.5s`, `100ms`, `0s`. */
export function formatGoDuration(ns: bigint): string {
  if (ns === 0n) return "0s";
  const sign = ns < 0n ? "-" : "";
  const value = ns < 0n ? -ns : ns;
  if (value < US) return `${sign}${value}ns`;
  if (value < MS) return `${sign}${withFraction(value, US)}µs`;
  if (value < SECOND) return `${sign}${withFraction(value, MS)}ms`;
  const hours = value / HOUR;
  const minutes = (value % HOUR) / MINUTE;
  const seconds = `${withFraction(value % MINUTE, SECOND)}s`;
  if (hours > 0n) return `${sign}${hours}h${minutes}m${seconds}`;
  return minutes > 0n ? `${sign}${minutes}m${seconds}` : `${sign}${seconds}`;
}

/** As Prometheus prints a range: `5m`, `1h30m`, `1d`, `0s`; below a millisecond is cut off. */
export function formatPrometheusDuration(ns: bigint): string {
  let ms = ns / MS;
  if (ms === 0n) return "0s";
  let text = "";
  if (ms < 0n) {
    text = "-";
    ms = -ms;
  }
  for (const [name, unit] of PROMETHEUS_UNITS) {
    const unitMs = unit / MS;
    const exactOnly = name === "y" || name === "w" || name === "d";
    if (exactOnly && (ms % unitMs !== 0n || ms === 0n)) continue;
    const count = ms / unitMs;
    if (count > 0n) text += `${count}${name}`;
    ms -= count * unitMs;
  }
  return text;
}

/** The duration in seconds as a 64-bit float, as Go's `Duration.Seconds()`. */
export function durationSeconds(ns: bigint): number {
  const seconds = ns / SECOND;
  return Number(seconds) + Number(ns % SECOND) / 1e9;
}
