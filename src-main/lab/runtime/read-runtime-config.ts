import { createHash } from "node:crypto";
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type YAMLParseError } from "yaml";
import { parseLogQl } from "../../../src-shared/logql/parser.ts";
import { GoTime, type GoYaml, type GoYamlMap, marshalGoYaml } from "../format/go-yaml.ts";
import { DecodeEnd, type DecodedLimits, LimitsDecoder, textOf } from "./decode-limits.ts";
import { parseModelDuration } from "./go-scalars.ts";
import { MULTI_KV_FIELDS, TENANT_LOG_FIELDS } from "./limit-fields.ts";

/** What a process makes of a runtime configuration: what it says, or why it is refused as a whole. */
export type RuntimeReading =
  | {
      readonly ok: true;
      /** `loki_runtime_config_hash{sha256}`: of the merged file as it is written again, not of the file's own bytes. */
      readonly sha256: string;
      readonly overrides: ReadonlyMap<string, DecodedLimits>;
    }
  | { readonly ok: false; readonly error: string };

/** Where the chart mounts it. */
export const RUNTIME_FILE = "/etc/loki/runtime-config/runtime-config.yaml";
const MAX_NODES = 1_000_000;
const DAY_NS = 86_400_000_000_000n;

/** Reads a runtime configuration as dskit and Loki 3.7.6 do: merged and written again by yaml.v3, then decoded strictly by yaml.v2. */
export function readRuntimeConfig(text: string): RuntimeReading {
  let parsed: GoYaml;
  try {
    parsed = parseGoYaml(text);
  } catch (error) {
    if (!(error instanceof DecodeEnd)) throw error;
    return { ok: false, error: `unmarshal file "${RUNTIME_FILE}": ${error.message}` };
  }
  const marshalled = marshalGoYaml(parsed ?? {});
  const decoder = new LimitsDecoder(marshalled.lines);
  try {
    const overrides = decodeSections(parsed, decoder);
    const errors = decoder.errors();
    if (errors.length > 0) return { ok: false, error: `load file: yaml: unmarshal errors:\n  ${errors.join("\n  ")}` };
    validate(overrides);
    return { ok: true, sha256: createHash("sha256").update(marshalled.text).digest("hex"), overrides };
  } catch (error) {
    if (!(error instanceof DecodeEnd)) throw error;
    return { ok: false, error: `load file: ${error.message}` };
  }
}

function decodeSections(parsed: GoYaml, decoder: LimitsDecoder): ReadonlyMap<string, DecodedLimits> {
  const overrides = new Map<string, DecodedLimits>();
  if (parsed === null) return overrides;
  const each = (section: GoYaml, name: string, take: (tenant: string, value: GoYaml) => void) => {
    if (section === null) return;
    for (const [tenant, value] of Object.entries(decoder.map(section, [name], "map[string]interface {}") ?? {}))
      take(tenant, value);
  };
  // The root is a map: anything else was refused before.
  for (const [name, section] of Object.entries(parsed as GoYamlMap)) {
    if (name === "overrides") {
      each(section, name, (tenant, value) => {
        const limits = decoder.tenant(value, [name, tenant]);
        if (limits !== null) overrides.set(tenant, limits);
      });
    } else if (name === "configs") {
      each(section, name, (tenant, value) =>
        decoder.fields(value, [name, tenant], "runtime.Config", TENANT_LOG_FIELDS),
      );
    } else if (name === "multi_kv_config") decoder.fields(section, [name], "kv.MultiRuntimeConfig", MULTI_KV_FIELDS);
    else decoder.unknown([name], "loki.runtimeConfigValues");
  }
  return overrides;
}

/** `Limits.Validate` for each tenant: what fits its type and makes no sense. */
function validate(overrides: ReadonlyMap<string, DecodedLimits>): void {
  for (const [tenant, limits] of overrides) {
    const problem = limitsProblem(limits);
    if (problem !== null) throw new DecodeEnd(`invalid override for tenant ${tenant}: ${problem}`);
  }
}

function limitsProblem(limits: DecodedLimits): string | null {
  const rules = limits.get("retention_stream");
  // `decode` let only lists of maps through.
  for (const rule of Array.isArray(rules) ? (rules as readonly GoYamlMap[]) : []) {
    const selector = parseLogQl(textOf(rule.selector) ?? "");
    if (!selector.ok) return `invalid labels matchers: ${selector.error.text}`;
    const text = textOf(rule.period) ?? "0s";
    const period = parseModelDuration(text);
    if (period !== null && period < DAY_NS) return `retention period must be >= 24h was ${text}`;
  }
  const mode = limits.get("deletion_mode");
  if (mode !== undefined && !["disabled", "filter-only", "filter-and-delete"].includes(textOf(mode) ?? ""))
    return "unknown deletion mode";
  const sharding = limits.get("tsdb_sharding_strategy");
  if (sharding !== undefined && sharding !== "power_of_two" && sharding !== "bounded")
    return `invalid tsdb_sharding_strategy: ${textOf(sharding) ?? ""}`;
  return null;
}

/** The file without types. @throws DecodeEnd in yaml.v3's words */
function parseGoYaml(text: string): GoYaml {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, {
    lineCounter,
    prettyErrors: false,
    merge: true,
    logLevel: "silent",
    uniqueKeys: true,
  });
  const [error] = document.errors;
  if (error !== undefined) throw new DecodeEnd(goYamlError(error, lineCounter.linePos(error.pos[0]).line));
  const { contents } = document;
  if (contents === null || (isScalar(contents) && contents.value === null)) return null;
  if (!isMap(contents)) {
    const shown = isScalar(contents) ? ` \`${(contents.source ?? "").slice(0, 10)}\`` : "";
    const tag = isScalar(contents) ? "!!str" : "!!seq";
    throw new DecodeEnd(
      `yaml: unmarshal errors:\n  line 1: cannot unmarshal ${tag}${shown} into map[string]interface {}`,
    );
  }
  let nodes = 0;
  return plain(contents, document, () => {
    nodes += 1;
    if (nodes > MAX_NODES) throw new DecodeEnd("yaml: document contains excessive aliasing");
  });
}

const TIMESTAMP = /^\d{4}-\d{2}-\d{2}(?:[Tt ]\d{1,2}:\d{2}:\d{2}(?:\.\d+)?(?:[ \t]*(?:Z|[-+]\d{1,2}(?::?\d{2})?))?)?$/;

function plain(node: unknown, document: Document.Parsed, count: () => void): GoYaml {
  count();
  if (isAlias(node)) return plain(node.resolve(document), document, count);
  if (isSeq(node)) return node.items.map((item) => plain(item, document, count));
  if (isMap(node)) {
    const own: Record<string, GoYaml> = {};
    const merged: Record<string, GoYaml> = {};
    for (const { key, value } of node.items) {
      if (isScalar(key) && (key.value === "<<" || typeof key.value === "symbol")) {
        const bases = plain(value, document, count);
        for (const base of Array.isArray(bases) ? bases : [bases])
          // A merge key takes maps alone; the library refuses others.
          for (const [name, each] of Object.entries((base ?? {}) as GoYamlMap)) merged[name] ??= each;
      } else own[isScalar(key) ? String(key.source ?? key.value) : String(key)] = plain(value, document, count);
    }
    return { ...merged, ...own };
  }
  if (!isScalar(node)) return null;
  if (node.type === "PLAIN" && typeof node.value === "string" && TIMESTAMP.test(node.value)) return goTime(node.value);
  const { value } = node;
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
}

/** A date is midnight of UTC once yaml.v3 has read it. */
function goTime(text: string): GoTime {
  return new GoTime(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text);
}

function goYamlError({ code, message }: YAMLParseError, line: number): string {
  if (code === "DUPLICATE_KEY") return `yaml: unmarshal errors:\n  line ${line}: mapping key already defined`;
  if (code === "MISSING_CHAR") return `yaml: line ${line}: could not find expected ':'`;
  if (code === "BAD_ALIAS") return `yaml: unknown anchor ${/\S+$/.exec(message)?.[0] ?? ""} referenced`;
  return code === "TAB_AS_INDENT" || /tab/i.test(message)
    ? `yaml: line ${line}: found character that cannot start any token`
    : `yaml: line ${line}: did not find expected node content`;
}
