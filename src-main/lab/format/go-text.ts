/** Texts in which Go prints what JavaScript prints otherwise. Durations are nanoseconds unless the name says otherwise. */

const UNITS: readonly (readonly [string, bigint])[] = [
  ["d", 86_400_000_000_000n],
  ["h", 3_600_000_000_000n],
  ["m", 60_000_000_000n],
  ["s", 1_000_000_000n],
  ["ms", 1_000_000n],
];

/** `time.Duration.String()`: `3h0m0s`, `1.5s`, `250ms`, `0s`. */
export function goDuration(ns: bigint): string {
  if (ns === 0n) return "0s";
  const sign = ns < 0n ? "-" : "";
  const value = ns < 0n ? -ns : ns;
  if (value < 1_000n) return `${sign}${value}ns`;
  if (value < 1_000_000n) return `${sign}${decimal(value, 1_000n)}µs`;
  if (value < 1_000_000_000n) return `${sign}${decimal(value, 1_000_000n)}ms`;
  const hours = value / 3_600_000_000_000n;
  const minutes = (value / 60_000_000_000n) % 60n;
  const seconds = `${decimal(value % 60_000_000_000n, 1_000_000_000n)}s`;
  if (hours > 0n) return `${sign}${hours}h${minutes}m${seconds}`;
  return minutes > 0n ? `${sign}${minutes}m${seconds}` : `${sign}${seconds}`;
}

function decimal(value: bigint, unit: bigint): string {
  const fraction = (value % unit).toString().padStart(unit.toString().length - 1, "0").replace(/0+$/, "");
  return fraction === "" ? `${value / unit}` : `${value / unit}.${fraction}`;
}

/** Prometheus' `model.Duration.String()`: `30d1h`, `2h`, `1m30s`, `0s`; a whole number of years or weeks has its own unit. */
export function promDuration(ns: bigint): string {
  if (ns === 0n) return "0s";
  const year = 365n * 86_400_000_000_000n;
  const week = 7n * 86_400_000_000_000n;
  if (ns % year === 0n) return `${ns / year}y`;
  if (ns % week === 0n) return `${ns / week}w`;
  let rest = ns;
  let text = "";
  for (const [name, size] of UNITS) {
    const count = rest / size;
    if (count > 0n) text += `${count}${name}`;
    rest -= count * size;
  }
  return text;
}

const PROM_DURATION = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;

/** Reads `model.ParseDuration`'s form; `null` when it is none. */
export function parsePromDuration(text: string): bigint | null {
  if (text === "0") return 0n;
  const match = PROM_DURATION.exec(text);
  if (match === null || text === "") return null;
  const sizes = [365n * 86_400_000_000_000n, 7n * 86_400_000_000_000n, ...UNITS.map(([, size]) => size)];
  return sizes.reduce((sum, size, index) => sum + BigInt(match[index + 1] ?? "0") * size, 0n);
}

/** `flagext.ByteSize`: powers of 1024 with decimal names, no space: `3MB`, `256KB`, `0B`, `200B`. */
export function byteSize(bytes: number): string {
  const names = ["B", "KB", "MB", "GB", "TB", "PB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < names.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${shortDecimal(value, 2)}${names[unit] ?? "B"}`;
}

/** `humanize.IBytes`: `785 KiB`, `100 B`, `1.5 GiB`; one decimal below ten. */
export function humanBytes(bytes: number): string {
  if (bytes < 10) return `${bytes} B`;
  const names = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
  const exponent = Math.min(Math.floor(Math.log(bytes) / Math.log(1024)), names.length - 1);
  const value = Math.floor((bytes / 1024 ** exponent) * 10 + 0.5) / 10;
  return `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ${names[exponent] ?? "B"}`;
}

function shortDecimal(value: number, digits: number): string {
  return Number(value.toFixed(digits)).toString();
}

/** RFC 3339 in UTC without a fraction: `2026-11-22T12:57:26Z`. */
export function goRfc3339Seconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** RFC 3339 with up to nine fractional digits, trailing zeros dropped. */
export function goRfc3339Nano(ns: bigint): string {
  const seconds = ns / 1_000_000_000n;
  const fraction = (ns % 1_000_000_000n).toString().padStart(9, "0").replace(/0+$/, "");
  const base = new Date(Number(seconds) * 1_000).toISOString().slice(0, 19);
  return fraction === "" ? `${base}Z` : `${base}.${fraction}Z`;
}

/** `time.Time.String()` in UTC: `2026-11-22 14:27:26.444461218 +0000 UTC`. */
export function goTimeString(ns: bigint): string {
  return `${goRfc3339Nano(ns).slice(0, -1).replace("T", " ")} +0000 UTC`;
}

/** A label set as Prometheus prints it, in Go's quoting: `{app="x", msg="a \"b\""}`. */
export function goLabelSet(labels: Readonly<Record<string, string>>): string {
  const names = Object.keys(labels).sort();
  return `{${names.map((name) => `${name}=${goQuote(labels[name] ?? "")}`).join(", ")}}`;
}

/** `strconv.Quote` for the characters that occur in labels. */
export function goQuote(text: string): string {
  const escaped = text.replace(/["\\\u0000-\u001f\u007f\u2028\u2029\ufeff\u202a-\u202e\u2066-\u2069]/g, (character) => {
    const short = { '"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r" }[character];
    if (short !== undefined) return short;
    const code = character.charCodeAt(0);
    return code < 128 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
  });
  return `"${escaped}"`;
}
