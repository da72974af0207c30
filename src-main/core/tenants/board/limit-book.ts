import type { LimitYaml } from "../../../../src-shared/model/tenants/limit.ts";
import { effectiveLimits, type EffectiveLimit, type LimitSources } from "../limits/effective-limits.ts";
import type { OverridesSummary } from "../limits/reading/reading-protocol.ts";
import type { RuntimeOverride, RuntimeOverrides } from "../limits/runtime-overrides.ts";
import { configOf, type ComponentConfig } from "./sources/component-configs.ts";
import { limitOf } from "../limits/limit-table.ts";

/** Limits whose use is metered: their numbers of all tenants leave the reading thread. */
export const METERED_KEYS = [
  "ingestion_rate_mb",
  "max_global_streams_per_user",
  "max_streams_per_user",
  "ruler_max_rule_groups_per_tenant",
  "ruler_max_rules_per_rule_group",
] as const;
export type MeteredKey = (typeof METERED_KEYS)[number];

export interface BookSources {
  readonly configs: readonly ComponentConfig[] | null;
  readonly defaults: Readonly<Record<string, LimitYaml>> | null;
  /** In force; `null` where it is not known, so that any tenant may have values of its own. */
  readonly overrides: OverridesSummary | null;
  readonly index: ReadonlyMap<string, number>;
  /** No component loads a runtime configuration: there are no overrides. */
  readonly noOverrides: boolean;
}

export interface KnownLimit {
  /** In the limit's unit; `null` where nobody tells it. */
  readonly number: number | null;
  readonly unlimited: boolean;
}

const UNKNOWN: KnownLimit = { number: null, unlimited: false };

/** The limits of a site's tenants, out of what could be read of it. */
export class LimitBook {
  readonly #sources: BookSources;
  readonly #config: Readonly<Record<string, LimitYaml>> | null;
  readonly #common: ReadonlyMap<string, EffectiveLimit>;

  constructor(sources: BookSources) {
    this.#sources = sources;
    this.#config = mergedConfig(sources.configs);
    const none = { config: this.#config, defaults: sources.defaults, overrides: NO_OVERRIDES, published: null };
    this.#common = new Map(effectiveLimits("", none).map((limit) => [limit.key, limit]));
  }

  /** Whether it is known which values tenants have of their own. */
  get overridesKnown(): boolean {
    return this.#sources.overrides !== null || this.#sources.noOverrides;
  }

  get config(): Readonly<Record<string, LimitYaml>> | null {
    return this.#config;
  }

  /** What holds for whoever has no value of its own. */
  common(key: string): EffectiveLimit | null {
    return this.#common.get(key) ?? null;
  }

  /** The comparable number of a metered limit. */
  metered(tenant: string, key: MeteredKey): KnownLimit {
    const { overrides, index } = this.#sources;
    if (!this.overridesKnown) return UNKNOWN;
    const at = index.get(tenant);
    const own = at === undefined ? Number.NaN : (overrides?.numbers[key]?.[at] ?? Number.NaN);
    const number = Number.isNaN(own) ? (this.common(key)?.value?.number ?? null) : own;
    return { number, unlimited: number === 0 && limitOf(key)?.zero === "unlimited" };
  }

  overrideCount(tenant: string): number {
    const { overrides, index } = this.#sources;
    const at = index.get(tenant);
    return at === undefined ? 0 : (overrides?.counts[at] ?? 0);
  }

  /**
   * Every limit of a tenant. Where overrides are not known, what the files say is no value: only what a component published is.
   */
  all(
    tenant: string,
    own: readonly RuntimeOverride[],
    published: Readonly<Record<string, LimitYaml>> | null,
  ): readonly EffectiveLimit[] {
    const known = this.overridesKnown;
    const overrides = known ? { loads: true, tenants: new Map([[tenant, own]]), problems: [] } : null;
    const sources: LimitSources = { config: this.#config, defaults: this.#sources.defaults, overrides, published };
    const limits = effectiveLimits(tenant, sources);
    if (known) return limits;
    return limits.map((limit) => {
      const told = published !== null && Object.hasOwn(published, limit.key);
      const shared = limit.limit?.perTenant === false;
      return told || shared ? limit : { ...limit, value: null, source: "unknown" as const };
    });
  }
}

const NO_OVERRIDES: RuntimeOverrides = { loads: true, tenants: new Map(), problems: [] };

/** Key by key of the component that enforces it. */
function mergedConfig(configs: readonly ComponentConfig[] | null): Readonly<Record<string, LimitYaml>> | null {
  if (configs === null || configs.length === 0) return null;
  const merged: Record<string, LimitYaml> = {};
  const keys = new Set(configs.flatMap(({ facts }) => Object.keys(facts.limits ?? {})));
  for (const key of keys) {
    const limits = configOf(configs, limitOf(key)?.area ?? "others")?.facts.limits ?? {};
    if (Object.hasOwn(limits, key)) merged[key] = limits[key] ?? null;
  }
  return merged;
}
