import type { GoYaml, GoYamlMap } from "../format/go-yaml.ts";
import { GoTime } from "../format/go-yaml.ts";
import { parseFlagTime, parseGoDuration, parseModelDuration, parseSize } from "./go-scalars.ts";
import { type GoType, INNER_FIELDS, LIMIT_FIELDS } from "./limit-fields.ts";

/** An error that ends decoding at once, as an error of a type's own reader does. */
export class DecodeEnd extends Error {}

/** One tenant's entry as it was decoded: sizes are bytes, durations nanoseconds, all else as it was written. */
export type DecodedLimits = ReadonlyMap<string, GoYaml>;

const GO_NAMES: Readonly<Record<GoType, string>> = {
  int: "int",
  uint: "uint",
  float64: "float64",
  bool: "bool",
  string: "string",
  size: "string",
  duration: "string",
  "go-duration": "time.Duration",
  time: "string",
  strings: "[]string",
  map: "map[string]interface {}",
  list: "[]interface {}",
};

/** Decodes values as yaml.v2 does with strict checking; what does not fit is gathered, a line each. */
export class LimitsDecoder {
  readonly #errors: { readonly line: number; readonly text: string }[] = [];
  readonly #lines: ReadonlyMap<string, number>;

  constructor(lines: ReadonlyMap<string, number>) {
    this.#lines = lines;
  }

  /** In the order of the file. */
  errors(): readonly string[] {
    return this.#errors.toSorted((a, b) => a.line - b.line).map(({ line, text }) => `line ${line}: ${text}`);
  }

  /** `overrides.<tenant>`; `null` for a tenant without an entry. @throws DecodeEnd */
  tenant(value: GoYaml, path: readonly string[]): DecodedLimits | null {
    if (value === null) return null;
    const map = this.map(value, path, "validation.plain");
    const decoded = new Map<string, GoYaml>();
    for (const [key, member] of Object.entries(map ?? {})) {
      const own = [...path, key];
      const field = LIMIT_FIELDS.get(key);
      if (field === undefined) this.unknown(own, "validation.plain");
      else {
        const read = this.#value(key, field[0], member, own);
        if (read !== undefined) decoded.set(key, read);
      }
    }
    return decoded;
  }

  /** A map of scalar fields, as `configs.<tenant>`. @throws DecodeEnd */
  fields(value: GoYaml, path: readonly string[], goType: string, fields: Readonly<Record<string, GoType>>): void {
    if (value === null) return;
    for (const [key, member] of Object.entries(this.map(value, path, goType) ?? {})) {
      const type = Object.hasOwn(fields, key) ? fields[key] : undefined;
      if (type === undefined) this.unknown([...path, key], goType);
      else this.#scalar(type, member, [...path, key]);
    }
  }

  map(value: GoYaml, path: readonly string[], goType: string): GoYamlMap | null {
    if (isPlainMap(value)) return value;
    this.#misfit(value, path, goType);
    return null;
  }

  unknown(path: readonly string[], goType: string): void {
    this.#errors.push({ line: this.#line(path), text: `field ${path.at(-1)} not found in type ${goType}` });
  }

  #value(key: string, type: GoType, value: GoYaml, path: readonly string[]): GoYaml | undefined {
    const inner = INNER_FIELDS[key];
    if (inner === undefined || value === null) return this.#scalar(type, value, path);
    if (type === "map") {
      this.fields(value, path, inner.goType, inner.fields);
      return value;
    }
    if (!Array.isArray(value)) {
      this.#misfit(value, path, `[]${inner.goType}`);
      return undefined;
    }
    // `Array.isArray` widens the members; they are what the list was made of.
    for (const [index, item] of (value as readonly GoYaml[]).entries())
      this.fields(item, [...path, String(index)], inner.goType, inner.fields);
    return value;
  }

  #scalar(type: GoType, value: GoYaml, path: readonly string[]): GoYaml | undefined {
    // Null leaves what was there before.
    if (value === null) return undefined;
    const read = decodeScalar(type, value);
    if (read === undefined) this.#misfit(value, path, GO_NAMES[type]);
    return read;
  }

  #misfit(value: GoYaml, path: readonly string[], goType: string): void {
    const { tag, text } = describe(value);
    const shown = text === null ? "" : ` \`${text.length > 10 ? `${text.slice(0, 7)}...` : text}\``;
    // A list or map begins on the line below its name.
    const line = this.#line(path) + (text === null && JSON.stringify(value).length > 2 ? 1 : 0);
    this.#errors.push({ line, text: `cannot unmarshal ${tag}${shown} into ${goType}` });
  }

  #line(path: readonly string[]): number {
    return this.#lines.get(path.join("\u0000")) ?? 1;
  }
}

function isPlainMap(value: GoYaml): value is GoYamlMap {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof GoTime);
}

function describe(value: GoYaml): { readonly tag: string; readonly text: string | null } {
  if (value instanceof GoTime) return { tag: "!!timestamp", text: value.text };
  if (typeof value === "string") return { tag: "!!str", text: value };
  if (typeof value === "boolean") return { tag: "!!bool", text: String(value) };
  if (typeof value === "number" || typeof value === "bigint")
    return { tag: Number.isInteger(Number(value)) ? "!!int" : "!!float", text: String(value) };
  return { tag: Array.isArray(value) ? "!!seq" : value === null ? "!!null" : "!!map", text: null };
}

/** `undefined` for what yaml.v2 cannot put into the type. @throws DecodeEnd where the type reads a text itself and refuses it */
function decodeScalar(type: GoType, value: GoYaml): GoYaml | undefined {
  const scalar = textOf(value);
  switch (type) {
    case "int":
    case "uint": {
      if (typeof value !== "number" || !Number.isFinite(value) || (type === "uint" && value < 0)) return undefined;
      return Math.trunc(value);
    }
    case "float64":
      return typeof value === "number" ? value : undefined;
    case "bool":
      return typeof value === "boolean" ? value : undefined;
    case "string":
      return scalar;
    case "size":
      return scalar === undefined ? undefined : sizeOf(scalar);
    case "duration":
      return scalar === undefined ? undefined : durationOf(scalar);
    case "go-duration":
      if (typeof value === "number" && Number.isInteger(value)) return value / 1e9;
      return typeof value === "string" ? (parseGoDuration(value) ?? undefined) : undefined;
    case "time":
      if (scalar === undefined) return undefined;
      if (parseFlagTime(scalar) === null) throw new DecodeEnd(`failed to parse time: "${scalar}"`);
      return scalar;
    case "strings":
    case "list":
      return Array.isArray(value) ? value : undefined;
    case "map":
      return isPlainMap(value) ? value : undefined;
  }
}

/** A scalar as it was written; `undefined` for lists, maps and null. */
export function textOf(value: GoYaml | undefined): string | undefined {
  if (value instanceof GoTime) return value.text;
  return value === undefined || value === null || typeof value === "object" ? undefined : String(value);
}

function sizeOf(text: string): number {
  const bytes = parseSize(text);
  if (bytes === null) throw new DecodeEnd(`strconv.UnmarshalText: parsing "${text}": invalid syntax`);
  return bytes;
}

function durationOf(text: string): bigint {
  const ns = parseModelDuration(text);
  if (ns === null)
    throw new DecodeEnd(text === "" ? "empty duration string" : `not a valid duration string: "${text}"`);
  return ns;
}
