/**
 * Single values as Loki reads and prints them. Every reader gives `null` for what Loki refuses; every printer what Loki would
 * print, which its reader takes back.
 */

const BYTE_UNITS: readonly (readonly string[])[] = [
  ["", "b", "byte"],
  ["k", "kb", "kilo", "kilobyte", "kilobytes"],
  ["m", "mb", "mega", "megabyte", "megabytes"],
  ["g", "gb", "giga", "gigabyte", "gigabytes"],
  ["t", "tb", "tera", "terabyte", "terabytes"],
  ["p", "pb", "peta", "petabyte", "petabytes"],
  ["e", "eb"],
];
const BYTE_NAMES = ["B", "KB", "MB", "GB", "TB", "PB", "EB"];
const MAX_UINT64 = 2n ** 64n - 1n;

/** `flagext.ByteSize` (github.com/c2h5oh/datasize): whole numbers with units of 1024, in any case; no `1.5MB`, no `KiB`. */
export function readBytes(text: string): number | null {
  const match = /^(\d{1,20})\s*([a-zA-Z]*)\s*$/.exec(text);
  if (match === null) return null;
  const [, digits = "", unit = ""] = match;
  const power = BYTE_UNITS.findIndex((names) => names.includes(unit.toLowerCase()));
  if (power < 0) return null;
  const bytes = BigInt(digits) * 1_024n ** BigInt(power);
  return bytes > MAX_UINT64 ? null : Number(bytes);
}

/** The largest unit that divides it: `1536KB`, `3MB`, `0B`. */
export function printBytes(bytes: number): string {
  let rest = BigInt(Math.round(bytes));
  let power = 0;
  while (rest !== 0n && power < BYTE_NAMES.length - 1 && rest % 1_024n === 0n) {
    rest /= 1_024n;
    power += 1;
  }
  return `${rest}${BYTE_NAMES[power] ?? ""}`;
}

const PROMETHEUS_UNITS = [
  ["y", 31_536_000_000],
  ["w", 604_800_000],
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
  ["ms", 1],
] as const;
const PROMETHEUS = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;
/** Go's durations are int64 nanoseconds. */
const MAX_DURATION_MS = 9_223_372_036_854;

/** `model.Duration` of github.com/prometheus/common (`30d1h`, `0`), in seconds: whole numbers, units from large to small. */
export function readDuration(text: string): number | null {
  if (text === "0") return 0;
  const match = PROMETHEUS.exec(text);
  if (match === null || text === "") return null;
  const totalMs = PROMETHEUS_UNITS.reduce((sum, [, unitMs], at) => sum + Number(match[at + 1] ?? 0) * unitMs, 0);
  return totalMs > MAX_DURATION_MS ? null : totalMs / 1_000;
}

/** Years and weeks only where nothing remains, as `30d1h` reads easier than `4w2d1h`. */
export function printDuration(seconds: number): string {
  let restMs = Math.round(seconds * 1_000);
  if (restMs === 0) return "0s";
  let text = "";
  for (const [unit, unitMs] of PROMETHEUS_UNITS) {
    const whole = Math.floor(restMs / unitMs);
    if (whole === 0 || ((unit === "y" || unit === "w") && restMs % unitMs !== 0)) continue;
    text += `${whole}${unit}`;
    restMs -= whole * unitMs;
  }
  return text;
}

const GO_UNIT_SECONDS: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  µs: 1e-6,
  μs: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3_600,
};

/** `time.ParseDuration` of Go (`1h30m0s`, `1.5s`, `0`), in seconds; a bare whole number in YAML is nanoseconds. */
export function readGoDuration(text: string): number | null {
  if (text === "0") return 0;
  const sign = text.startsWith("-") ? -1 : 1;
  const body = text.replace(/^[+-]/, "");
  if (!/^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(body)) return null;
  let seconds = 0;
  for (const [, digits, unit = ""] of body.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g)) {
    seconds += Number(digits) * (GO_UNIT_SECONDS[unit] ?? 0);
  }
  return seconds * 1_000 > MAX_DURATION_MS ? null : sign * seconds;
}

/** As Go prints it: `40m0s`, `1h0m0s`, `1.5s`, `250ms`. Below a millisecond it is printed in whole nanoseconds. */
export function printGoDuration(seconds: number): string {
  if (seconds < 0) return `-${printGoDuration(-seconds)}`;
  if (seconds === 0) return "0s";
  if (seconds < 1e-3) return `${Math.round(seconds * 1e9)}ns`;
  if (seconds < 1) return `${trimmed(seconds * 1_000)}ms`;
  const hours = Math.floor(seconds / 3_600);
  const minutes = Math.floor((seconds - hours * 3_600) / 60);
  const rest = `${trimmed(seconds - hours * 3_600 - minutes * 60)}s`;
  if (hours > 0) return `${hours}h${minutes}m${rest}`;
  return minutes > 0 ? `${minutes}m${rest}` : rest;
}

function trimmed(value: number): string {
  return String(Number(value.toFixed(6)));
}

const DAY = String.raw`\d{4}-\d{2}-\d{2}`;
const ZONE = String.raw`(?:Z|[+-]\d{2}:\d{2})`;
const TIME = new RegExp(`^${DAY}(?:T\\d{2}:\\d{2}(?:${ZONE}|:\\d{2}(?:\\.\\d{1,9})?${ZONE})?)?$`);

/**
 * `flagext.Time` of dskit: `0` for never, `2006-01-02` and `2006-01-02T15:04` of UTC, RFC 3339 with or without seconds; in
 * milliseconds since the epoch, 0 for never.
 */
export function readTime(text: string): number | null {
  if (text === "0") return 0;
  if (!TIME.test(text)) return null;
  const atMs = Date.parse(/T\d{2}:\d{2}$/.test(text) ? `${text}Z` : text);
  return Number.isNaN(atMs) ? null : atMs;
}

export function printTime(atMs: number): string {
  return atMs === 0 ? "0" : new Date(atMs).toISOString().replace(".000Z", "Z");
}
