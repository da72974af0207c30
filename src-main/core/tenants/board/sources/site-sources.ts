import type { LimitDisagreement, LimitSourceState } from "../../../../../src-shared/model/tenants/board.ts";
import type { Clock } from "../../../common/clock.ts";
import type { HealthSite } from "../../../health/health-site.ts";
import type { LimitsReader } from "../../limits/reading/limits-reader.ts";
import { heldDisagreements } from "../disagreements.ts";
import { LimitBook, METERED_KEYS, type BookSources } from "../limit-book.ts";
import { ComponentConfigs } from "./component-configs.ts";
import { PublishedLimits, type AskPublished } from "./published-limits.ts";
import { SiteOverrides } from "./site-overrides.ts";
import { stateOf } from "./source-state.ts";

/** Published limits are looked at of some tenants at a time, each every few minutes: one request a tenant. */
const PUBLISHED_AT_ONCE = 4;
const PUBLISHED_EVERY_MS = 300_000;

/** Everything that says what limits a site's tenants have, each read when it is due. */
export class SiteSources {
  readonly configs: ComponentConfigs;
  readonly overrides: SiteOverrides;
  readonly published: PublishedLimits;
  readonly #clock: Clock;
  /** By tenant, as of the last comparison. */
  readonly #held = new Map<string, readonly LimitDisagreement[]>();
  #nextPublished = 0;
  #book: { readonly made: readonly unknown[]; readonly book: LimitBook } | null = null;

  constructor(clock: Clock, reader: Pick<LimitsReader, "ask">, askPublished: AskPublished) {
    this.#clock = clock;
    this.configs = new ComponentConfigs(clock, reader);
    this.overrides = new SiteOverrides(clock, reader, METERED_KEYS);
    this.published = new PublishedLimits(clock, reader, askPublished);
  }

  /** Reads what is due; the overrides now, where that is asked for. @throws AppError `request.cancelled` alone */
  async refresh(site: HealthSite, signal: AbortSignal, overridesNow = false): Promise<void> {
    const configs = this.configs.refresh(site.targets, signal);
    const told = async () => {
      await configs;
      const files = (this.configs.configs.value ?? []).map(({ facts }) => facts.runtimeFiles);
      return files.find((named) => named.length > 0) ?? null;
    };
    await Promise.all([configs, this.overrides.refresh(site, told, signal, overridesNow)]);
  }

  /** The next few of the tenants that have values of their own. */
  async refreshPublished(site: HealthSite, signal: AbortSignal): Promise<void> {
    const { inForce } = this.overrides;
    const named = inForce?.summary.tenants ?? [];
    for (const tenant of this.#held.keys()) if (inForce?.index.has(tenant) !== true) this.#held.delete(tenant);
    const nowMs = this.#clock.nowMs();
    // Round and round: a file may name tens of thousands.
    const next = Array.from({ length: Math.min(PUBLISHED_AT_ONCE, named.length) }, (_, step) => {
      return named[(this.#nextPublished + step) % named.length] ?? "";
    });
    this.#nextPublished = named.length === 0 ? 0 : (this.#nextPublished + next.length) % named.length;
    const due = next.filter((tenant) => nowMs - this.published.askedAtMs(tenant) >= PUBLISHED_EVERY_MS);
    await Promise.all(due.map((tenant) => this.#compare(site, tenant, signal)));
  }

  async #compare(site: HealthSite, tenant: string, signal: AbortSignal): Promise<void> {
    const { value, from, error } = await this.published.refresh(site, tenant, signal);
    if (value === null || error !== null) return void this.#held.delete(tenant);
    const own = await this.overrides.ofTenant(tenant);
    const held = heldDisagreements(tenant, this.book.all(tenant, own, value), from ?? "");
    if (held.length === 0) this.#held.delete(tenant);
    else this.#held.set(tenant, held);
  }

  /** Limits as they are known now; made anew when a source has changed. */
  get book(): LimitBook {
    const configs = this.configs.configs.value;
    const defaults = this.configs.defaults.value;
    const { inForce } = this.overrides;
    const made = [configs, defaults, inForce];
    if (this.#book !== null && this.#book.made.every((source, at) => source === made[at])) return this.#book.book;
    const noOverrides = configs !== null && configs.every(({ facts }) => facts.runtimeFiles.length === 0);
    const sources: BookSources = {
      configs,
      defaults,
      overrides: inForce?.summary ?? null,
      index: inForce?.index ?? new Map(),
      noOverrides,
    };
    this.#book = { made, book: new LimitBook(sources) };
    return this.#book.book;
  }

  /** Of one tenant. */
  publishedStateOf(tenant: string): LimitSourceState {
    return stateOf("published", this.published.of(tenant));
  }

  /** Of all tenants that were looked at; the newest reading stands for them. */
  publishedState(): LimitSourceState {
    return stateOf("published", this.published.newest);
  }

  /** Values that a component holds of tenants that were looked at, and that the files do not give. */
  heldDisagreements(): LimitDisagreement[] {
    return [...this.#held.values()].flat();
  }

  /** `config`, `defaults` and `overrides`. */
  states(): LimitSourceState[] {
    return [
      stateOf("config", this.configs.configs),
      stateOf("defaults", this.configs.defaults),
      stateOf("overrides", this.overrides.reading),
    ];
  }
}
