import type { LimitDefinition, LimitType, LimitValue, LimitYaml } from "../../../../src-shared/model/tenants/limit.ts";
import {
  printBytes,
  printDuration,
  printGoDuration,
  printTime,
  readBytes,
  readDuration,
  readGoDuration,
  readTime,
} from "./limit-scalars.ts";

/** Why Loki does not take a value. `at` is the way into a list or map, empty for the value itself. */
export interface LimitValueProblem {
  readonly reason: "wrong-type" | "unknown-field" | "not-a-choice";
  readonly expected: string;
  readonly at: readonly (string | number)[];
}

export type LimitReading =
  | {
      readonly ok: true;
      readonly value: LimitValue;
      /** Loki drops the fraction of `1.5` where it wants a whole number. */ readonly fractionDropped: boolean;
    }
  | { readonly ok: false; readonly problem: LimitValueProblem };

const BYTES_IN_MB = 1_048_576;
const MAX_TEXT = 200;

/**
 * A value out of YAML as Loki 3.7.6 reads it for this limit (yaml.v2 into the fields of `validation.Limits`): a number where a
 * text is wanted is taken as it is written, a text is never taken for a number. Never throws.
 */
export function readLimit(limit: LimitDefinition, yaml: LimitYaml): LimitReading {
  const problem = limitProblem(limit, yaml);
  if (problem !== null) return { ok: false, problem };
  const fractionDropped = (limit.type === "int" || limit.type === "uint") && !Number.isInteger(yaml ?? 0);
  const value = scalarNumber(limit.type, yaml);
  const number = value !== null && limit.key.endsWith("_mb") ? value * BYTES_IN_MB : value;
  return { ok: true, value: { yaml, text: printLimit(limit, yaml), number }, fractionDropped };
}

/** A text of a form as the value of this limit, as a person would write it in the file: `3MB`, `1.5`, `true`, `a, b`. */
export function limitOfText(limit: LimitDefinition, text: string): LimitReading {
  return readLimit(limit, yamlOfText(limit.type, text.trim()));
}

/** A comparable number as the YAML of this limit, the way back of `readLimit(…).value.number`. */
export function yamlOfNumber(limit: LimitDefinition, number: number): string | number | boolean {
  switch (limit.type) {
    case "bytes":
      return printBytes(number);
    case "duration":
      return printDuration(number);
    case "go-duration":
      return printGoDuration(number);
    case "time":
      return printTime(number);
    case "bool":
      return number !== 0;
    case "int":
    case "uint":
    case "float":
    case "string":
    case "csv":
    case "string-list":
    case "list":
    case "map":
      return limit.key.endsWith("_mb") ? number / BYTES_IN_MB : number;
  }
}

/** The value as Loki's `/config` would print it; lists and maps as one line of YAML in flow style. */
export function printLimit(limit: LimitDefinition, yaml: LimitYaml): string {
  const number = scalarNumber(limit.type, yaml);
  if (number === null || limit.type === "float") return typeof yaml === "string" ? yaml : JSON.stringify(yaml);
  const fraction = limit.type === "int" || limit.type === "uint" ? Math.trunc(number) : number;
  return String(yamlOfNumber(limit, fraction));
}

function yamlOfText(type: LimitType, text: string): LimitYaml {
  switch (type) {
    case "int":
    case "uint":
    case "float":
      return /^-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : text;
    case "bool":
      return text === "true" ? true : text === "false" ? false : text;
    case "string-list":
      return text.split(",").flatMap((item) => (item.trim() === "" ? [] : [item.trim()]));
    case "bytes":
    case "duration":
    case "go-duration":
    case "time":
    case "string":
    case "csv":
    case "list":
    case "map":
      return text;
  }
}

/** Of a scalar that Loki takes; `null` for texts, lists, maps and what it does not take. */
function scalarNumber(type: LimitType, yaml: LimitYaml): number | null {
  // An absent value leaves what `limits_config` has; as a number it is not known.
  if (yaml === null || typeof yaml === "object") return null;
  switch (type) {
    case "int":
      return typeof yaml === "number" && Number.isFinite(yaml) ? Math.trunc(yaml) : null;
    case "uint":
      return typeof yaml === "number" && Number.isFinite(yaml) && yaml >= 0 ? Math.trunc(yaml) : null;
    case "float":
      return typeof yaml === "number" ? yaml : null;
    case "bool":
      return typeof yaml === "boolean" ? Number(yaml) : null;
    case "bytes":
      return readBytes(String(yaml));
    case "duration":
      return readDuration(String(yaml));
    case "go-duration":
      // yaml.v2 decodes a whole number into `time.Duration` as nanoseconds.
      return typeof yaml === "number" ? yaml / 1e9 : readGoDuration(String(yaml));
    case "time":
      return readTime(String(yaml));
    case "string":
    case "csv":
    case "string-list":
    case "list":
    case "map":
      return null;
  }
}

function limitProblem(limit: LimitDefinition, yaml: LimitYaml): LimitValueProblem | null {
  const { type, fields, choices } = limit;
  if (!fits(type, yaml)) return { reason: "wrong-type", expected: type, at: [] };
  if (choices !== null && yaml !== null && !choices.some((choice) => choice === yaml)) {
    return { reason: "not-a-choice", expected: choices.join(", "), at: [] };
  }
  if (fields === null || yaml === null || typeof yaml !== "object") return null;
  if (!isList(yaml)) return fieldProblem(fields, yaml, []);
  for (const [index, item] of yaml.entries()) {
    if (item === null || typeof item !== "object" || isList(item)) {
      return { reason: "wrong-type", expected: "map", at: [index] };
    }
    const problem = fieldProblem(fields, item, [index]);
    if (problem !== null) return problem;
  }
  return null;
}

function fieldProblem(
  fields: Readonly<Record<string, LimitType>>,
  map: { readonly [key: string]: LimitYaml },
  at: readonly (string | number)[],
): LimitValueProblem | null {
  for (const [name, value] of Object.entries(map)) {
    const type = Object.hasOwn(fields, name) ? fields[name] : undefined;
    const place = [...at, name.slice(0, MAX_TEXT)];
    if (type === undefined) return { reason: "unknown-field", expected: Object.keys(fields).join(", "), at: place };
    if (!fits(type, value)) return { reason: "wrong-type", expected: type, at: place };
  }
  return null;
}

function fits(type: LimitType, yaml: LimitYaml): boolean {
  // YAML's null leaves the field as it was, whatever its type; sizes, durations and times read it as a text and fail.
  if (yaml === null) return type !== "bytes" && type !== "duration" && type !== "time";
  switch (type) {
    case "string":
    case "csv":
      return typeof yaml !== "object";
    case "string-list":
      return isList(yaml) && yaml.every((item) => item === null || typeof item !== "object");
    case "list":
      return isList(yaml);
    case "map":
      return typeof yaml === "object" && !isList(yaml);
    case "int":
    case "uint":
    case "float":
    case "bool":
    case "bytes":
    case "duration":
    case "go-duration":
    case "time":
      return scalarNumber(type, yaml) !== null;
  }
}

function isList(yaml: LimitYaml): yaml is readonly LimitYaml[] {
  return Array.isArray(yaml);
}
