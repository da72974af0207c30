import type { LimitDefinition, LimitValue, LimitYaml } from "../../../../src-shared/model/tenants/limit.ts";
import { LIMIT_TABLE, limitOf } from "./limit-table.ts";
import { readLimit } from "./limit-value.ts";
import type { RuntimeOverrides } from "./runtime-overrides.ts";

/** What is known of a tenant's limits, by place. `null` for what could not be read. */
export interface LimitSources {
  /** `limits_config` of `/config` of the component that enforces the limits. */
  readonly config: Readonly<Record<string, LimitYaml>> | null;
  /** `limits_config` of `/config?mode=defaults`; without it the table's defaults stand in. */
  readonly defaults: Readonly<Record<string, LimitYaml>> | null;
  readonly overrides: RuntimeOverrides | null;
  /** `/config/tenant/v1/limits`: a part of the limits, as the component has them loaded. */
  readonly published: Readonly<Record<string, LimitYaml>> | null;
}

export interface EffectiveLimit {
  readonly key: string;
  /** `null` for a key of another Loki than the table's. */
  readonly limit: LimitDefinition | null;
  /** `null` where nothing that could be read tells it. */
  readonly value: LimitValue | null;
  /** `config`: `limits_config` differs from the built-in default. `unknown`: it cannot be told where it comes from. */
  readonly source: "built-in" | "config" | "override" | "unknown";
  /** What the component says it has, where that is another value than the files give. */
  readonly disagrees: LimitValue | null;
}

/**
 * Every limit of a tenant, with where its value comes from: an override before `limits_config` before the built-in default
 * (Loki: a tenant's entry starts from `limits_config`). What a component published counts more than the files when they differ,
 * as it is what holds; the difference is told. Overrides of a file that Loki would not load are left out of account.
 */
export function effectiveLimits(tenant: string, sources: LimitSources): readonly EffectiveLimit[] {
  const { config, overrides, published } = sources;
  const own = new Map(
    overrides?.loads === true ? overrides.tenants.get(tenant)?.map(({ key, value }) => [key, value]) : [],
  );
  const foreign = [...Object.keys(config ?? {}), ...Object.keys(published ?? {})].filter(
    (key) => limitOf(key) === null,
  );
  const keys = [...LIMIT_TABLE.map(({ key }) => key), ...new Set(foreign)];
  return keys.map((key) => {
    const limit = limitOf(key);
    const fromFiles = fileLimit(limit, key, own, sources);
    const told = published !== null && Object.hasOwn(published, key) ? valueOf(limit, published[key] ?? null) : null;
    if (told === null || (fromFiles.value !== null && sameLimit(told, fromFiles.value))) {
      return { key, limit, ...fromFiles, disagrees: null };
    }
    if (fromFiles.value === null) return { key, limit, value: told, source: "unknown", disagrees: null };
    // `/config` prints null where the defaults are filled in later, as of `otlp_config`.
    if (fromFiles.value.yaml === null) return { key, limit, value: told, source: fromFiles.source, disagrees: null };
    // Overrides that could not be read explain every difference.
    const unread = overrides === null || !overrides.loads;
    return unread
      ? { key, limit, value: told, source: "unknown", disagrees: null }
      : { key, limit, ...fromFiles, disagrees: told };
  });
}

/** Whether two values come to the same: `168h` and `1w` do. */
export function sameLimit(one: LimitValue, other: LimitValue): boolean {
  return one.number === null || other.number === null
    ? canonical(one.yaml) === canonical(other.yaml)
    : one.number === other.number;
}

function fileLimit(
  limit: LimitDefinition | null,
  key: string,
  own: ReadonlyMap<string, LimitValue>,
  { config, defaults }: LimitSources,
): Pick<EffectiveLimit, "value" | "source"> {
  const overridden = own.get(key);
  if (overridden !== undefined && limit?.perTenant !== false) return { value: overridden, source: "override" };
  const builtIn = builtInOf(limit, key, defaults);
  if (config === null) return { value: null, source: "unknown" };
  if (!Object.hasOwn(config, key)) {
    // `/config` prints every key but the empty ones of some: a key that is missing there is of another Loki.
    const empty = limit !== null && !limit.printedWhenEmpty ? limit : null;
    if (empty === null) return { value: null, source: "unknown" };
    // Of a switch that is left out while it is off, the default can be on.
    if (empty.type !== "bool") return { value: valueOf(empty, empty.builtIn), source: "built-in" };
    return { value: valueOf(empty, false), source: empty.builtIn === false ? "built-in" : "config" };
  }
  const value = valueOf(limit, config[key] ?? null);
  if (value === null || builtIn === null) return { value, source: "unknown" };
  return { value, source: sameLimit(value, builtIn) ? "built-in" : "config" };
}

function builtInOf(limit: LimitDefinition | null, key: string, defaults: LimitSources["defaults"]): LimitValue | null {
  if (defaults !== null && Object.hasOwn(defaults, key)) return valueOf(limit, defaults[key] ?? null);
  return limit === null ? null : valueOf(limit, limit.builtIn);
}

/** A value that is none of its type is told as nothing known; of a key that is unknown, it is a text alone. */
function valueOf(limit: LimitDefinition | null, yaml: LimitYaml): LimitValue | null {
  if (limit === null) return { yaml, text: typeof yaml === "string" ? yaml : JSON.stringify(yaml), number: null };
  const reading = readLimit(limit, yaml);
  return reading.ok ? reading.value : null;
}

/** Members of maps in the order of their names. */
function canonical(yaml: LimitYaml): string {
  return JSON.stringify(yaml, (_, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)))
      : value,
  );
}
