import { isAlias, isMap, isNode, isScalar, LineCounter, parseDocument, visit, type Document, type YAMLMap } from "yaml";
import { z } from "zod";
import type { LimitType, LimitValue, LimitYaml } from "../../../../src-shared/model/tenants/limit.ts";
import { tenantIdProblem } from "../../../../src-shared/model/tenant-id.ts";
import { limitsOf } from "./define-limit.ts";
import { limitOf } from "./limit-table.ts";
import { readLimit } from "./limit-value.ts";
import { runtimeProblem, type RuntimePlace, type RuntimeProblem } from "./runtime-problem.ts";

/** One value that a tenant has of its own. */
export interface RuntimeOverride extends RuntimePlace {
  readonly key: string;
  readonly value: LimitValue;
}

/** What a runtime configuration says. */
export interface RuntimeOverrides {
  /** Whether Loki 3.7.6 would load it: no problem of severity `refused`. */
  readonly loads: boolean;
  /** By tenant, in the order of the file, the values that could be read. A tenant without a value has an empty list. */
  readonly tenants: ReadonlyMap<string, readonly RuntimeOverride[]>;
  readonly problems: readonly RuntimeProblem[];
}

/** Kubernetes holds at most 1 MiB in a ConfigMap; a file that is mounted in another way can be larger. */
export const MAX_RUNTIME_CONFIG_BYTES = 8 * 1_048_576;
const MAX_ALIASES = 10_000;
const MAX_PROBLEMS = 1_000;

/** `runtime.Config` of Loki: what is logged of a tenant. */
const CONFIG_FIELDS: Readonly<Record<string, LimitType>> = {
  log_stream_creation: "bool",
  log_push_request: "bool",
  log_hash_of_labels: "bool",
  log_push_request_streams: "bool",
  filter_push_request_streams_ips: "string-list",
  log_service_name_discovery: "bool",
  log_duplicate_metrics: "bool",
  log_duplicate_stream_info: "bool",
  limited_log_push_errors: "bool",
};
/** `kv.MultiRuntimeConfig` of dskit. */
const MULTI_KV_FIELDS: Readonly<Record<string, LimitType>> = { mirror_enabled: "bool", primary: "string" };

const yamlSchema: z.ZodType<LimitYaml> = z.json();

/**
 * Reads a runtime configuration as Loki's loader does (dskit `runtimeconfig`, strict YAML): `overrides`, `configs`,
 * `multi_kv_config`. Takes up to a second a megabyte, so files larger than a ConfigMap belong into a worker. Never
 * throws; what can be read is told also of a file that Loki would refuse.
 */
export function readRuntimeOverrides(text: string): RuntimeOverrides {
  const start = { line: 1, column: 1 };
  if (Buffer.byteLength(text) > MAX_RUNTIME_CONFIG_BYTES) {
    const detail = String(MAX_RUNTIME_CONFIG_BYTES);
    return { loads: false, tenants: new Map(), problems: [runtimeProblem("too-large", "refused", start, [], detail)] };
  }
  return new RuntimeReader(text).read();
}

interface Member extends RuntimePlace {
  readonly name: string;
  readonly value: unknown;
}

class RuntimeReader {
  readonly #lines = new LineCounter();
  readonly #document: Document.Parsed;
  readonly #mayHaveAliases: boolean;
  readonly #problems: RuntimeProblem[] = [];
  readonly #tenants = new Map<string, readonly RuntimeOverride[]>();

  constructor(text: string) {
    this.#mayHaveAliases = text.includes("*");
    // Duplicate keys are looked for here: the library compares each key with each.
    this.#document = parseDocument(text, {
      lineCounter: this.#lines,
      uniqueKeys: false,
      prettyErrors: false,
      merge: true,
      logLevel: "silent",
    });
  }

  read(): RuntimeOverrides {
    for (const { code, message, pos } of this.#document.errors) {
      this.#tell(code === "TAB_AS_INDENT" || /\btab/i.test(message) ? "tab" : "yaml", this.#at(pos[0]), [], message);
    }
    if (this.#document.errors.length === 0 && this.#aliasesAreFew() && this.#document.contents !== null) {
      this.#readSections();
    }
    const loads = this.#problems.every(({ severity }) => severity !== "refused");
    return { loads, tenants: this.#tenants, problems: this.#problems };
  }

  /** A few lines of aliases of aliases are billions of values once they are written out. */
  #aliasesAreFew(): boolean {
    if (!this.#mayHaveAliases) return true;
    let aliases = 0;
    visit(this.#document, {
      Alias: () => {
        aliases += 1;
        return aliases > MAX_ALIASES ? visit.BREAK : undefined;
      },
    });
    if (aliases === 0) return true;
    try {
      this.#document.toJS({ maxAliasCount: MAX_ALIASES });
      if (aliases <= MAX_ALIASES) return true;
      this.#tell("too-many-aliases", { line: 1, column: 1 }, [], String(MAX_ALIASES));
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      this.#tell("too-many-aliases", { line: 1, column: 1 }, [], said);
    }
    return false;
  }

  #readSections(): void {
    for (const section of this.#members(this.#document.contents, []) ?? []) {
      const { name, value } = section;
      if (name === "overrides") this.#readOverrides(value, section);
      else if (name === "configs") this.#readConfigs(value, section);
      else if (name === "multi_kv_config") this.#readFields(value, section, [name], MULTI_KV_FIELDS);
      else this.#tell("unknown-section", section, [name], "overrides, configs, multi_kv_config");
    }
  }

  #readOverrides(value: unknown, place: RuntimePlace): void {
    for (const tenant of this.#membersOrNone(value, place, ["overrides"])) {
      this.#checkTenant(tenant, "overrides");
      const path = ["overrides", tenant.name];
      const read = this.#membersOrNone(tenant.value, tenant, path).flatMap((member) => this.#readLimit(member, path));
      this.#tenants.set(tenant.name, read);
    }
  }

  #readLimit(member: Member, tenantPath: readonly string[]): readonly RuntimeOverride[] {
    const { name, line, column } = member;
    const path = [...tenantPath, name];
    const limit = limitOf(name);
    if (limit === null) {
      this.#tell("unknown-key", member, path);
      return [];
    }
    const reading = readLimit(limit, this.#yaml(member.value));
    if (!reading.ok) {
      const { reason, expected, at } = reading.problem;
      this.#tell(reason, member, [...path, ...at], expected);
      return [];
    }
    if (reading.fractionDropped) this.#warn("fraction-dropped", member, path, reading.value.text);
    if (!limit.perTenant) this.#warn("not-per-tenant", member, path);
    if (limit.deprecated) this.#warn("deprecated", member, path);
    return [{ key: name, line, column, value: reading.value }];
  }

  #readConfigs(value: unknown, place: RuntimePlace): void {
    for (const tenant of this.#membersOrNone(value, place, ["configs"])) {
      this.#checkTenant(tenant, "configs");
      this.#readFields(tenant.value, tenant, ["configs", tenant.name], CONFIG_FIELDS);
    }
  }

  #readFields(
    value: unknown,
    place: RuntimePlace,
    path: readonly string[],
    fields: Readonly<Record<string, LimitType>>,
  ): void {
    for (const member of this.#membersOrNone(value, place, path)) {
      const type = Object.hasOwn(fields, member.name) ? fields[member.name] : undefined;
      if (type === undefined) {
        this.#tell("unknown-key", member, [...path, member.name], Object.keys(fields).join(", "));
        continue;
      }
      const reading = readLimit(limitsOf("others")(member.name, type, "none", null), this.#yaml(member.value));
      if (!reading.ok) this.#tell(reading.problem.reason, member, [...path, member.name], reading.problem.expected);
    }
  }

  #checkTenant(member: Member, section: string): void {
    const problem = tenantIdProblem(member.name);
    // Loki loads it; no request can ever come from such a tenant.
    if (problem !== null) this.#warn("invalid-tenant", member, [section, member.name], problem.reason);
  }

  /** None, told, where it is neither a map nor empty. */
  #membersOrNone(value: unknown, place: RuntimePlace, path: readonly string[]): readonly Member[] {
    const node = this.#resolved(value);
    if (node === null || (isScalar(node) && node.value === null)) return [];
    return this.#members(node, path, place) ?? [];
  }

  #members(
    node: unknown,
    path: readonly string[],
    place: RuntimePlace = { line: 1, column: 1 },
  ): readonly Member[] | null {
    if (!isMap(node)) {
      if (!isScalar(node) || node.value !== null) this.#tell("not-a-map", place, path);
      return null;
    }
    const members: Member[] = [];
    const names = new Set<string>();
    for (const member of this.#pairs(node)) {
      if (names.has(member.name)) this.#tell("duplicate-key", member, [...path, member.name]);
      else members.push(member);
      names.add(member.name);
    }
    return [...members, ...this.#merged(node, names)];
  }

  /** `<<: *anchor`: what the map does not say itself. */
  #merged(node: YAMLMap, names: Set<string>): readonly Member[] {
    return node.items.flatMap(({ key, value }) => {
      if (!isMergeKey(key)) return [];
      const base = this.#resolved(value);
      if (!isMap(base)) return [];
      return this.#pairs(base).filter(({ name }) => !names.has(name));
    });
  }

  #pairs(node: YAMLMap): readonly Member[] {
    return node.items.flatMap(({ key, value }) => {
      if (!isScalar(key) || isMergeKey(key)) return [];
      return [{ name: key.source ?? String(key.value), value, ...this.#at(key.range?.[0] ?? 0) }];
    });
  }

  #resolved(value: unknown): unknown {
    return isAlias(value) ? (value.resolve(this.#document) ?? null) : value;
  }

  #yaml(value: unknown): LimitYaml {
    const node = this.#resolved(value);
    // Most values are scalars; a whole conversion of each would take most of the time.
    const plain: unknown = isScalar(node) ? node.value : isNode(node) ? node.toJS(this.#document) : null;
    const parsed = yamlSchema.safeParse(plain);
    return parsed.success ? parsed.data : String(plain);
  }

  #at(offset: number): RuntimePlace {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  }

  #tell(code: RuntimeProblem["code"], place: RuntimePlace, path: readonly (string | number)[], detail = ""): void {
    if (this.#problems.length < MAX_PROBLEMS) this.#problems.push(runtimeProblem(code, "refused", place, path, detail));
  }

  #warn(code: RuntimeProblem["code"], place: RuntimePlace, path: readonly (string | number)[], detail = ""): void {
    // Warnings leave room for what Loki refuses.
    if (this.#problems.length >= MAX_PROBLEMS / 2) return;
    this.#problems.push(runtimeProblem(code, "warning", place, path, detail));
  }
}

function isMergeKey(key: unknown): boolean {
  return isScalar(key) && (key.value === "<<" || typeof key.value === "symbol");
}
