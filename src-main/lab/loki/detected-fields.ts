import { parseByteSize } from "../../../src-shared/logql/text/byte-size.ts";
import { parseGoDuration } from "../../../src-shared/logql/text/go-duration.ts";
import { parseGoFloat } from "../../../src-shared/logql/text/go-number.ts";
import type { LabelSet } from "../../../src-shared/model/labels.ts";
import { goJson } from "../format/go-json.ts";
import { queryJsonReply, type Reply } from "../http/reply.ts";

/** One of the lines that are looked into: its stream labels, and what a query's own stages or the store know already. */
export interface SampledLine {
  readonly stream: LabelSet;
  readonly metadata: LabelSet;
  readonly parsed: LabelSet;
  readonly line: string;
}

interface Field {
  type: string;
  readonly values: Set<string>;
  readonly parsers: Set<string>;
  path: readonly string[] | null;
}

/** Finds fields in structured metadata, in JSON lines, else in logfmt ones, as the query frontend does for Explore. */
export function detectFields(lines: readonly SampledLine[]): Map<string, Field> {
  const fields = new Map<string, Field>();
  for (const { stream, metadata, parsed, line } of lines) {
    for (const [name, value] of Object.entries({ ...metadata, ...parsed })) note(fields, name, value, null, null);
    const json = jsonFields(line);
    const found = json ?? logfmtFields(line);
    for (const { name, value, path } of found) {
      const taken = name in stream;
      note(fields, taken ? `${name}_extracted` : name, value, json === null ? "logfmt" : "json", path);
    }
  }
  return fields;
}

/** `detected_fields`: at most `limit` of them. */
export function detectedFieldsReply(lines: readonly SampledLine[], limit: number): Reply {
  const fields = [...detectFields(lines)].slice(0, limit).map(([label, field]) => ({
    label,
    type: field.type,
    cardinality: field.values.size,
    parsers: field.parsers.size === 0 ? null : [...field.parsers].sort(),
    ...(field.path === null ? {} : { jsonPath: field.path }),
  }));
  if (fields.length === 0) return queryJsonReply(`{"limit":${limit}}\n`);
  return queryJsonReply(`${goJson({ fields, limit })}\n`);
}

/** `detected_field/{name}/values`. */
export function detectedValuesReply(lines: readonly SampledLine[], name: string, limit: number): Reply {
  const field = detectFields(lines).get(name);
  const values = field === undefined ? [] : [...field.values].slice(0, limit);
  return queryJsonReply(`${goJson({ limit, values })}\n`);
}

function note(
  fields: Map<string, Field>,
  name: string,
  value: string,
  parser: string | null,
  path: readonly string[] | null,
): void {
  const field = fields.get(name) ?? { type: "string", values: new Set(), parsers: new Set(), path: null };
  // Loki looks at each line's value anew, so the last line decides.
  field.type = typeOf(value);
  field.values.add(value);
  if (parser !== null) field.parsers.add(parser);
  field.path ??= path;
  fields.set(name, field);
}

function typeOf(value: string): string {
  if (/^[+-]?\d+$/.test(value)) return "int";
  if (parseGoFloat(value) !== null) return "float";
  if (/^(?:1|t|T|TRUE|true|True|0|f|F|FALSE|false|False)$/.test(value)) return "boolean";
  if (parseGoDuration(value).ok) return "duration";
  if (parseByteSize(value).ok) return "bytes";
  return "string";
}

interface FoundField {
  readonly name: string;
  readonly value: string;
  readonly path: readonly string[] | null;
}

function jsonFields(line: string): FoundField[] | null {
  if (!line.trimStart().startsWith("{")) return null;
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    // Not JSON after all; it may still be logfmt.
    return null;
  }
  const found: FoundField[] = [];
  flatten(parsed, [], found);
  return found;
}

function flatten(value: unknown, path: readonly string[], found: FoundField[]): void {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return;
  for (const [key, child] of Object.entries(value)) {
    const childPath = [...path, key];
    if (typeof child === "string" || typeof child === "number" || typeof child === "boolean") {
      found.push({ name: childPath.join("_").replace(/[^a-zA-Z0-9_]/g, "_"), value: String(child), path: childPath });
    } else flatten(child, childPath, found);
  }
}

const PAIR = /(?:^|\s)([^\s="]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s"=]*)(?=$|\s))/g;

function logfmtFields(line: string): FoundField[] {
  const found: FoundField[] = [];
  for (const [, name = "", quoted, plain] of line.matchAll(PAIR)) {
    const value = quoted === undefined ? (plain ?? "") : quoted.replace(/\\(.)/g, "$1");
    if (value !== "") found.push({ name: name.replace(/[^a-zA-Z0-9_]/g, "_"), value, path: null });
  }
  return found;
}
