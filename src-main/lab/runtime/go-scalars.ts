const SIZE_UNITS: readonly (readonly string[])[] = [
  ["", "b", "byte"],
  ["k", "kb", "kilo", "kilobyte", "kilobytes"],
  ["m", "mb", "mega", "megabyte", "megabytes"],
  ["g", "gb", "giga", "gigabyte", "gigabytes"],
  ["t", "tb", "tera", "terabyte", "terabytes"],
  ["p", "pb", "peta", "petabyte", "petabytes"],
];

/** Bytes of a `flagext.ByteSize`; `null` for what it does not take. */
export function parseSize(text: string): number | null {
  const match = /^(\d{1,15})\s*([a-zA-Z]*)$/.exec(text.trim());
  const power = SIZE_UNITS.findIndex((names) => names.includes((match?.[2] ?? "?").toLowerCase()));
  return match === null || power < 0 ? null : Number(match[1]) * 1_024 ** power;
}

const UNITS_NS: Readonly<Record<string, bigint>> = {
  y: 31_536_000_000_000_000n,
  w: 604_800_000_000_000n,
  d: 86_400_000_000_000n,
  h: 3_600_000_000_000n,
  m: 60_000_000_000n,
  s: 1_000_000_000n,
  ms: 1_000_000n,
};
const DURATION = /^(?:\d+y)?(?:\d+w)?(?:\d+d)?(?:\d+h)?(?:\d+m)?(?:\d+s)?(?:\d+ms)?$/;

/** Nanoseconds of a `model.Duration`, as `30d1h` or `0`; `null` for what it does not take. */
export function parseModelDuration(text: string): bigint | null {
  if (text === "0") return 0n;
  if (text === "" || !DURATION.test(text)) return null;
  let sum = 0n;
  for (const [, digits = "0", unit = "s"] of text.matchAll(/(\d+)(ms|[ywdhms])/g))
    sum += BigInt(digits) * (UNITS_NS[unit] ?? 0n);
  return sum;
}

const GO_UNITS: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  µs: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3_600,
};

/** Seconds of a Go `time.Duration`, as `1h30m0s` or `1.5s`; `null` for what it does not take. */
export function parseGoDuration(text: string): number | null {
  if (text === "0") return 0;
  if (!/^[-+]?(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|ms|s|m|h))+$/.test(text)) return null;
  let seconds = 0;
  for (const [, digits, unit = "s"] of text.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h)/g))
    seconds += Number(digits) * (GO_UNITS[unit] ?? 0);
  return text.startsWith("-") ? -seconds : seconds;
}

const ZONE = String.raw`(?:Z|[+-]\d{2}:\d{2})`;
const TIME = new RegExp(String.raw`^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?:${ZONE}|:\d{2}(?:\.\d+)?${ZONE})?)?$`);

/** Milliseconds since the epoch of a `flagext.Time`, 0 for `0`; `null` for what it does not take. */
export function parseFlagTime(text: string): number | null {
  if (text === "0") return 0;
  if (!TIME.test(text)) return null;
  const atMs = Date.parse(/T\d{2}:\d{2}$/.test(text) ? `${text}Z` : text);
  return Number.isNaN(atMs) ? null : atMs;
}
