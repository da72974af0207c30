import { parseGoFloat } from "../text/go-number.ts";
import { GoInt64, type GoValue } from "./go-value.ts";

/** Lenient conversions as the `cast` library of Go makes them, on which the arithmetic functions stand: 0 for what is none. */

function parseInteger(text: string): bigint | null {
  const trimmed = text.replace(/^([-+]?\d+)\.\d*$/, "$1");
  const found = /^([-+]?)(0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO]?[0-7_]+|\d[\d_]*)$/.exec(trimmed);
  if (found === null) return null;
  const digits = (found[2] ?? "").replaceAll("_", "");
  const value = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits);
  const result = found[1] === "-" ? -value : value;
  return BigInt.asIntN(64, result) === result ? result : null;
}

export function toInt64(value: GoValue): bigint {
  if (typeof value === "bigint") return value;
  if (value instanceof GoInt64) return value.value;
  if (typeof value === "number") return Number.isFinite(value) ? BigInt.asIntN(64, BigInt(Math.trunc(value))) : 0n;
  if (typeof value === "boolean") return value ? 1n : 0n;
  return typeof value === "string" ? (parseInteger(value) ?? 0n) : 0n;
}

export function toFloat64(value: GoValue): number {
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  if (value instanceof GoInt64) return Number(value.value);
  if (typeof value === "boolean") return value ? 1 : 0;
  return typeof value === "string" ? (parseGoFloat(value) ?? 0) : 0;
}
