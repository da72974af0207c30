import { parse, YAMLParseError } from "yaml";
import { z } from "zod";
import type { LimitYaml } from "../../../../src-shared/model/tenants/limit.ts";
import { limitOf } from "../limits/limit-table.ts";
import { limitOfText, readLimit, type LimitReading } from "../limits/limit-value.ts";
import { onOneLine } from "../limits/yaml-splice.ts";

const MAX_ALIASES = 0;
const yamlSchema: z.ZodType<LimitYaml> = z.json();

/** A value of a form or an annotation: what is to stand in the file, or why Loki would not take it. */
export type EditedValue =
  | { readonly ok: true; readonly yaml: LimitYaml; readonly text: string; readonly number: number | null }
  | {
      readonly ok: false;
      readonly reason: "unknown-key" | "wrong-type" | "unknown-field" | "not-a-choice";
      readonly expected: string;
    };

/**
 * A text as a person writes it in YAML (`20`, `5MB`, `"a: b"`, `[{pattern: …}]`) as the value of a limit. `alsoKnown` are keys
 * that the site's Loki has and the table has not: their types are not known, so any YAML is taken.
 */
export function valueOfText(key: string, text: string, alsoKnown: (key: string) => boolean): EditedValue {
  const limit = limitOf(key);
  if (limit === null) {
    if (!alsoKnown(key)) return { ok: false, reason: "unknown-key", expected: "" };
    const yaml = yamlOf(text);
    return yaml === undefined
      ? { ok: false, reason: "wrong-type", expected: "YAML" }
      : { ok: true, yaml, text: onOneLine(yaml), number: null };
  }
  switch (limit.type) {
    case "list":
    case "map":
      return edited(readLimit(limit, yamlOf(text) ?? text));
    case "string-list": {
      const yaml = yamlOf(text);
      return edited(Array.isArray(yaml) ? readLimit(limit, yaml) : limitOfText(limit, text));
    }
    case "string":
    case "csv":
    case "time": {
      const quoted = /^\s*["']/.test(text) ? yamlOf(text) : undefined;
      return edited(limitOfText(limit, typeof quoted === "string" ? quoted : text));
    }
    case "int":
    case "uint":
    case "float":
    case "bool":
    case "bytes":
    case "duration":
    case "go-duration":
      return edited(limitOfText(limit, text));
  }
}

/** The way back: a value as YAML in one line. */
export function textOfValue(yaml: LimitYaml): string {
  return onOneLine(yaml);
}

function edited(reading: LimitReading): EditedValue {
  if (reading.ok) return { ok: true, ...reading.value };
  return { ok: false, reason: reading.problem.reason, expected: reading.problem.expected };
}

function yamlOf(text: string): LimitYaml | undefined {
  try {
    // With `silent` it would not throw for what is no YAML.
    const parsed = yamlSchema.safeParse(parse(text, { maxAliasCount: MAX_ALIASES, logLevel: "error" }));
    return parsed.success ? parsed.data : undefined;
  } catch (error) {
    if (error instanceof YAMLParseError || error instanceof ReferenceError) return undefined;
    throw error;
  }
}
