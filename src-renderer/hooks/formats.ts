import type { Locale } from "../../src-shared/i18n/catalogue.ts";
import { msFromNano, NS_PER_SECOND } from "../../src-shared/model/nano-time.ts";

export const TIME_ZONES = ["utc", "local"] as const;
export type TimeZoneChoice = (typeof TIME_ZONES)[number];

export interface TimestampStyle {
  /** Whether the day is written too. Default: yes. */
  readonly date?: boolean;
  /** Digits after the second. Default: 9. */
  readonly fraction?: 0 | 3 | 6 | 9;
}

/** Everything that turns a value into words and digits, for one language and one time zone. The exact value stays exact. */
export interface Formats {
  readonly locale: Locale;
  readonly timeZone: TimeZoneChoice;
  /** `1,204,332`; at most `fractionDigits` (default 0) behind the point. */
  number(value: number, fractionDigits?: number): string;
  /** `64%` of a fraction between 0 and 1, never rounded up to 100. */
  percent(fraction: number): string;
  /** `1.2 GiB`: powers of 1024. */
  bytes(value: number): string;
  /** `1,288,490,189 bytes`. */
  bytesExact(value: number): string;
  /** `1,204/s`. */
  rate(perSecond: number): string;
  bytesRate(perSecond: number): string;
  /** Milliseconds as their two largest units: `340ms`, `1.2s`, `2m 5s`, `3h 4m`, `2d 3h`. */
  duration(ms: number): string;
  /** `3h ago`. */
  relative(atMs: number, nowMs: number): string;
  /** `2026-11-22 10:14:07 UTC`; the same order in each language, so that it sorts and pastes. */
  dateTime(atMs: number): string;
  /** `10:14:07`. */
  time(atMs: number): string;
  /** An exact instant in the chosen zone, without the zone's name. */
  timestamp(ns: bigint | string, style?: TimestampStyle): string;
  /** `UTC`, or the local zone's offset at that instant: `UTC+08:00`. */
  zone(atMs: number): string;
  /** `a, b, and c`. */
  list(items: readonly string[]): string;
}

const BYTE_UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"] as const;
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

function two(value: number): string {
  return String(value).padStart(2, "0");
}

/** The parts of an instant in the chosen zone, without `Intl`: rows ask for hundreds of them a frame. */
function clockParts(ms: number, zone: TimeZoneChoice): { readonly day: string; readonly time: string } {
  const at = new Date(ms);
  if (Number.isNaN(at.getTime())) return { day: "–", time: "–" };
  if (zone === "utc") {
    const iso = at.toISOString();
    const cut = iso.indexOf("T");
    return { day: iso.slice(0, cut), time: iso.slice(cut + 1, cut + 9) };
  }
  return {
    day: `${String(at.getFullYear()).padStart(4, "0")}-${two(at.getMonth() + 1)}-${two(at.getDate())}`,
    time: `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`,
  };
}

function zoneName(ms: number, zone: TimeZoneChoice): string {
  if (zone === "utc") return "UTC";
  const minutes = -new Date(ms).getTimezoneOffset();
  const size = Math.abs(minutes);
  return `UTC${minutes < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

function timestampText(ns: bigint, zone: TimeZoneChoice, { date = true, fraction = 9 }: TimestampStyle): string {
  const { day, time } = clockParts(msFromNano(ns), zone);
  const rest = ((ns % NS_PER_SECOND) + NS_PER_SECOND) % NS_PER_SECOND;
  const digits = fraction === 0 ? "" : `.${rest.toString().padStart(9, "0").slice(0, fraction)}`;
  return `${date ? `${day} ` : ""}${time}${digits}`;
}

function createDuration(locale: Locale): (ms: number) => string {
  const unit = (name: string, digits = 0): Intl.NumberFormat =>
    new Intl.NumberFormat(locale, { style: "unit", unit: name, unitDisplay: "narrow", maximumFractionDigits: digits });
  const whole = {
    millisecond: unit("millisecond"),
    second: unit("second"),
    minute: unit("minute"),
    hour: unit("hour"),
    day: unit("day"),
  };
  const fineSecond = unit("second", 1);
  const both = (
    ms: number,
    large: readonly [Intl.NumberFormat, number],
    small: readonly [Intl.NumberFormat, number],
  ): string => {
    const steps = Math.round(ms / small[1]);
    const perLarge = large[1] / small[1];
    const rest = steps % perLarge;
    const head = large[0].format(Math.floor(steps / perLarge));
    return rest === 0 ? head : `${head} ${small[0].format(rest)}`;
  };
  return (ms) => {
    if (!Number.isFinite(ms)) return "–";
    const size = Math.abs(ms);
    const sign = ms < 0 ? "-" : "";
    if (size > 0 && size < 1) return `${sign}<${whole.millisecond.format(1)}`;
    if (size < 999.5) return sign + whole.millisecond.format(Math.round(size));
    if (size < MINUTE_MS - 50) return sign + fineSecond.format(size / SECOND_MS);
    if (size < HOUR_MS) return sign + both(size, [whole.minute, MINUTE_MS], [whole.second, SECOND_MS]);
    if (size < DAY_MS) return sign + both(size, [whole.hour, HOUR_MS], [whole.minute, MINUTE_MS]);
    return sign + both(size, [whole.day, DAY_MS], [whole.hour, HOUR_MS]);
  };
}

function createBytes(locale: Locale): (value: number) => string {
  const formats = [0, 1].map((digits) => new Intl.NumberFormat(locale, { maximumFractionDigits: digits }));
  return (value) => {
    if (!Number.isFinite(value)) return "–";
    let size = value;
    let unit = 0;
    // 1023.5 would be written "1,024": the next unit begins where rounding reaches it.
    while (Math.abs(size) >= 1_023.5 && unit < BYTE_UNITS.length - 1) {
      size /= 1_024;
      unit += 1;
    }
    const digits = unit > 0 && Math.abs(size) < 100 ? 1 : 0;
    return `${formats[digits]?.format(size) ?? String(size)} ${BYTE_UNITS[unit] ?? ""}`;
  };
}

function createRelative(locale: Locale): Formats["relative"] {
  const format = new Intl.RelativeTimeFormat(locale, { style: "narrow", numeric: "auto" });
  return (atMs, nowMs) => {
    const ms = atMs - nowMs;
    const size = Math.abs(ms);
    if (size < MINUTE_MS) return format.format(Math.round(ms / SECOND_MS), "second");
    if (size < HOUR_MS) return format.format(Math.trunc(ms / MINUTE_MS), "minute");
    if (size < DAY_MS) return format.format(Math.trunc(ms / HOUR_MS), "hour");
    return format.format(Math.trunc(ms / DAY_MS), "day");
  };
}

export function createFormats(locale: Locale, timeZone: TimeZoneChoice): Formats {
  const numbers = new Map<number, Intl.NumberFormat>();
  const number = (value: number, fractionDigits = 0): string => {
    if (!Number.isFinite(value)) return "–";
    let format = numbers.get(fractionDigits);
    if (format === undefined) {
      format = new Intl.NumberFormat(locale, { maximumFractionDigits: fractionDigits });
      numbers.set(fractionDigits, format);
    }
    return format.format(value);
  };
  const percent = new Intl.NumberFormat(locale, { style: "percent" });
  const byteUnit = new Intl.NumberFormat(locale, { style: "unit", unit: "byte", unitDisplay: "long" });
  const list = new Intl.ListFormat(locale, { type: "conjunction", style: "long" });
  const bytes = createBytes(locale);
  const dateTime = (atMs: number): string => {
    const { day, time } = clockParts(atMs, timeZone);
    return `${day} ${time} ${zoneName(atMs, timeZone)}`;
  };
  return {
    locale,
    timeZone,
    number,
    // What is almost whole is not called whole; the small addend undoes what binary fractions take from 0.29 * 100.
    percent: (fraction) => percent.format(fraction >= 1 ? 1 : Math.floor(fraction * 100 + 1e-9) / 100),
    bytes,
    bytesExact: (value) => byteUnit.format(value),
    rate: (perSecond) => `${number(perSecond, perSecond < 10 ? 1 : 0)}/s`,
    bytesRate: (perSecond) => `${bytes(perSecond)}/s`,
    duration: createDuration(locale),
    relative: createRelative(locale),
    dateTime,
    time: (atMs) => clockParts(atMs, timeZone).time,
    timestamp: (ns, style = {}) => timestampText(BigInt(ns), timeZone, style),
    zone: (atMs) => zoneName(atMs, timeZone),
    list: (items) => list.format(items),
  };
}
