/** Numbers as Go's `strconv` reads and prints them. */

const DECIMAL = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/;
const HEX_FLOAT = /^([-+]?)0[xX]([0-9a-fA-F]*)(?:\.([0-9a-fA-F]*))?[pP]([-+]?\d+)$/;
const SPECIAL = /^([-+]?)(inf|infinity|nan)$/i;

/** `strconv.ParseFloat(text, 64)`: `null` for invalid syntax, ±Infinity where Go says out of range. */
export function parseGoFloat(text: string): number | null {
  if (DECIMAL.test(text)) return Number(text);
  const special = SPECIAL.exec(text);
  if (special !== null) {
    if ((special[2] ?? "").toLowerCase() === "nan") return special[1] === "" ? Number.NaN : null;
    return special[1] === "-" ? -Infinity : Infinity;
  }
  const hex = HEX_FLOAT.exec(text);
  if (hex === null) return null;
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = hex;
  if (whole === "" && fraction === "") return null;
  const mantissa = Number.parseInt(`${whole}${fraction}`, 16);
  const value = mantissa * 2 ** (Number(exponent) - 4 * fraction.length);
  return sign === "-" ? -value : value;
}

/** Whether Go calls a number that was read as ±Infinity out of range (it is not, when the text says infinity). */
export function isOutOfRange(text: string, value: number): boolean {
  return !Number.isFinite(value) && !SPECIAL.test(text);
}

/** `strconv.FormatFloat(value, 'f', -1, 64)`: the shortest decimal that reads back, never with an exponent. */
export function formatGoFloat(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  if (Object.is(value, -0)) return "-0";
  const text = String(value);
  const at = text.indexOf("e");
  if (at < 0) return text;
  const exponent = Number(text.slice(at + 1));
  const negative = text.startsWith("-");
  const [whole = "", fraction = ""] = text.slice(negative ? 1 : 0, at).split(".");
  const digits = whole + fraction;
  const point = whole.length + exponent;
  const sign = negative ? "-" : "";
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
  if (point >= digits.length) return sign + digits + "0".repeat(point - digits.length);
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** `strconv.FormatFloat(value, 'e', -1, 64)`: one digit before the point, at least two in the exponent. */
export function formatGoExponent(value: number, digits?: number): string {
  const text = digits === undefined ? value.toExponential() : value.toExponential(digits);
  return text.replace(/e([-+])(\d)$/, "e$10$2");
}

/** `%v` of a float64: as `%g`, with an exponent below 1e-4 and from 1e6 on, so `1e+06` and `123456`. */
export function formatGoFloatShort(value: number): string {
  if (!Number.isFinite(value) || value === 0) return formatGoFloat(value);
  const magnitude = Math.abs(value);
  return magnitude < 1e-4 || magnitude >= 1e6 ? formatGoExponent(value) : formatGoFloat(value);
}
