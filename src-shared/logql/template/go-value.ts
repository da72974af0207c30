import { formatGoFloatShort } from "../text/go-number.ts";
import { GoTime } from "./go-time.ts";

/** Go's `int64` where it differs from `int`, which a `bigint` stands for: a function's parameter accepts one of them. */
export class GoInt64 {
  readonly value: bigint;

  constructor(value: bigint) {
    this.value = BigInt.asIntN(64, value);
  }
}

/** Labels by name, `map[string]string`; a name that is missing is the empty string. */
export interface LabelMap {
  readonly labelMap: true;
  get(name: string): string | undefined;
  /** In the order of their names. */
  keys(): readonly string[];
}

/** `map[string]interface {}` from JSON. */
export type JsonMap = ReadonlyMap<string, GoValue>;

/**
 * A value in a template: string, `int` (bigint), `int64`, `float64` (number), bool, time, map, slice; `null` is nil and also
 * what has no value.
 */
export type GoValue =
  | string
  | bigint
  | number
  | boolean
  | null
  | GoInt64
  | GoTime
  | LabelMap
  | JsonMap
  | readonly GoValue[];

export function isLabelMap(value: GoValue): value is LabelMap {
  return typeof value === "object" && value !== null && "labelMap" in value;
}

export function isJsonMap(value: GoValue): value is JsonMap {
  return value instanceof Map;
}

export function isSlice(value: GoValue): value is readonly GoValue[] {
  return Array.isArray(value);
}

export function goTypeName(value: GoValue): string {
  if (typeof value === "string") return "string";
  if (typeof value === "bigint") return "int";
  if (typeof value === "number") return "float64";
  if (typeof value === "boolean") return "bool";
  if (value === null) return "<nil>";
  if (value instanceof GoInt64) return "int64";
  if (value instanceof GoTime) return "time.Time";
  if (isLabelMap(value)) return "map[string]string";
  return isSlice(value) ? "[]interface {}" : "map[string]interface {}";
}

export function isTruthy(value: GoValue): boolean {
  if (typeof value === "string") return value !== "";
  if (typeof value === "bigint") return value !== 0n;
  if (typeof value === "number") return value !== 0;
  if (typeof value === "boolean") return value;
  if (value === null) return false;
  if (value instanceof GoInt64) return value.value !== 0n;
  if (value instanceof GoTime) return true;
  if (isLabelMap(value)) return value.keys().length > 0;
  return isSlice(value) ? value.length > 0 : value.size > 0;
}

/** As `fmt` prints with `%v`, nil inside of a map or slice as `<nil>`. */
export function printValue(value: GoValue): string {
  if (typeof value === "string") return value;
  if (typeof value === "bigint" || typeof value === "boolean") return String(value);
  if (typeof value === "number") return formatGoFloatShort(value);
  if (value === null) return "<nil>";
  if (value instanceof GoInt64) return String(value.value);
  if (value instanceof GoTime) return value.toString();
  if (isSlice(value)) return `[${value.map(printValue).join(" ")}]`;
  const keys = [...value.keys()].toSorted();
  const pairs = keys.map((key) => `${key}:${printValue(value.get(key) ?? null)}`);
  return `map[${pairs.join(" ")}]`;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Go counts and cuts strings in bytes of UTF-8. */
export function byteLength(text: string): number {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x7f) return encoder.encode(text).length;
  return text.length;
}

export function byteSlice(text: string, from: number, to: number): string {
  const bytes = encoder.encode(text);
  return bytes.length === text.length ? text.slice(from, to) : decoder.decode(bytes.slice(from, to));
}

export function byteAt(text: string, at: number): number | undefined {
  return encoder.encode(text)[at];
}
