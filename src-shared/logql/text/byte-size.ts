import { parseGoFloat } from "./go-number.ts";

/**
 * Sizes in bytes as the `humanize` library of Go reads them: a decimal number (commas allowed) and a unit without regard to
 * case; `k` and `kb` are 1000, `ki` and `kib` 1024.
 */

const UNIT_LETTERS = ["k", "m", "g", "t", "p", "e"] as const;

function unitTable(): ReadonlyMap<string, number> {
  const table = new Map<string, number>([
    ["", 1],
    ["b", 1],
  ]);
  UNIT_LETTERS.forEach((letter, index) => {
    const decimal = 1000 ** (index + 1);
    const binary = 1024 ** (index + 1);
    table.set(letter, decimal);
    table.set(`${letter}b`, decimal);
    table.set(`${letter}i`, binary);
    table.set(`${letter}ib`, binary);
  });
  return table;
}

const UNITS = unitTable();

export type ByteSizeReading =
  | { readonly ok: true; readonly bytes: number }
  | { readonly ok: false; readonly error: string };

/** Reads `10MB`, `1.5KiB`, `2,048`; errors in the words of `humanize.ParseBytes`. */
export function parseByteSize(text: string): ByteSizeReading {
  const number = /^[\d.,\p{Nd}]*/u.exec(text)?.[0] ?? "";
  const plain = number.replaceAll(",", "");
  const value = parseGoFloat(plain);
  if (value === null)
    return { ok: false, error: `strconv.ParseFloat: parsing ${JSON.stringify(plain)}: invalid syntax` };
  const unit = text.slice(number.length).trim().toLowerCase();
  const factor = UNITS.get(unit);
  if (factor === undefined) return { ok: false, error: `unhandled size name: ${unit}` };
  const bytes = value * factor;
  if (bytes >= 2 ** 64) return { ok: false, error: `too large: ${text}` };
  return { ok: true, bytes: Math.trunc(bytes) };
}

const DECIMAL_SUFFIXES = ["B", "kB", "MB", "GB", "TB", "PB", "EB"] as const;

/** As `humanize.Bytes` prints: `82 B`, `1.5 MB`, `83 kB`. */
export function formatByteSize(bytes: number): string {
  if (bytes < 10) return `${bytes} B`;
  const exponent = Math.min(Math.floor(Math.log(bytes) / Math.log(1000)), DECIMAL_SUFFIXES.length - 1);
  const value = Math.floor((bytes / 1000 ** exponent) * 10 + 0.5) / 10;
  return `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ${DECIMAL_SUFFIXES[exponent] ?? ""}`;
}
