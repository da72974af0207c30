import { quoteGo } from "../../../src-shared/logql/text/go-quote.ts";

const DURATION_UNITS: readonly (readonly [string, bigint])[] = [
  ["d", 86_400_000_000_000n],
  ["h", 3_600_000_000_000n],
  ["m", 60_000_000_000n],
  ["s", 1_000_000_000n],
  ["ms", 1_000_000n],
];

/** `model.Duration.String()` as limits are printed: `30d1h`, `2h`, `0s`; whole years and weeks have units of their own. */
export function limitDuration(ns: bigint): string {
  if (ns === 0n) return "0s";
  const week = 604_800_000_000_000n;
  const year = 31_536_000_000_000_000n;
  if (ns % year === 0n) return `${ns / year}y`;
  if (ns % week === 0n) return `${ns / week}w`;
  let rest = ns;
  let text = "";
  for (const [name, size] of DURATION_UNITS) {
    if (rest >= size) text += `${rest / size}${name}`;
    rest %= size;
  }
  return text;
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
  return `{${names.map((name) => `${name}=${quoteGo(labels[name] ?? "")}`).join(", ")}}`;
}
