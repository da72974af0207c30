import { AppError, isAppError } from "../../../../src-shared/errors/app-error.ts";
import type { SiteId } from "../../../../src-shared/model/ids.ts";
import type { SiteHealth } from "../../../../src-shared/model/health/site-health.ts";
import type {
  LimitDisagreement,
  LimitSourceState,
  OverrideExpiry,
  TenantLimits,
  TenantsBoard,
} from "../../../../src-shared/model/tenants/board.ts";
import type { ScrapeRound } from "../../health/detection/scrape.ts";
import type { HealthSite } from "../../health/health-site.ts";
import { EXPIRY_ANNOTATION, parseExpiries, shownExpiry } from "../changes/expiry-annotation.ts";
import type { SiteLimitFacts } from "../changes/change-facts.ts";
import { weighedCluster } from "../changes/weighed-cluster.ts";
import { boardRows, reasonsByTenant } from "./board-rows.ts";
import {
  configDisagreements,
  failedReloads,
  fileDisagreement,
  heldDisagreements,
  reloadDisagreements,
} from "./disagreements.ts";
import type { RuntimeConfigFile } from "./find-runtime-config.ts";
import { discardsOf, gaugesOf, withPoints, type GaugeParts } from "./gauges.ts";
import type { RuntimeConfigText } from "./limits-desk.ts";
import { lokiVersion } from "./loki-version.ts";
import { SiteSources } from "./sources/site-sources.ts";
import { tenantLimit } from "./tenant-limits.ts";
import type { TenantsParts } from "./tenants-parts.ts";
import { SiteUse } from "./use/site-use.ts";

const MOST_POINTS = 60;
const MOST_HELD = 50;

/** Everything that is known of one site's tenants: their limits from its sources, their use from its rounds. */
export class SiteTenants implements Disposable {
  readonly site: SiteId;
  readonly sources: SiteSources;
  readonly use: SiteUse;
  readonly #parts: TenantsParts;
  #latest: ScrapeRound | null = null;
  #working: Promise<void> = Promise.resolve();

  constructor(site: SiteId, parts: TenantsParts) {
    this.site = site;
    this.#parts = parts;
    this.sources = new SiteSources(parts.clock, parts.reader, parts.askPublished);
    this.use = new SiteUse(site, parts);
  }

  get latest(): ScrapeRound | null {
    return this.#latest;
  }

  [Symbol.dispose](): void {
    this.use[Symbol.dispose]();
  }

  /**
   * Reads what is due and takes in what rounds there are, one caller at a time. @throws AppError why the site cannot be
   * opened; what of it cannot be read is told among the sources
   */
  async refresh(signal: AbortSignal, overridesNow = false): Promise<HealthSite> {
    const before = this.#working;
    const done = Promise.withResolvers<void>();
    this.#working = done.promise;
    try {
      await before;
      const opened = await this.#parts.openSite(this.site, signal);
      await this.sources.refresh(opened, signal, overridesNow);
      const configs = this.sources.configs.configs.value ?? [];
      this.use.meter.assumeReplication(
        configs.find(({ facts }) => facts.replicationFactor !== null)?.facts.replicationFactor ?? null,
      );
      await this.takeRounds();
      return opened;
    } finally {
      done.resolve();
    }
  }

  async takeRounds(): Promise<void> {
    this.#latest = (await this.use.catchUp()) ?? this.#latest;
  }

  /** As it is known now; `failure` says why the site itself could not be looked at. */
  board(health: SiteHealth | null, failure: AppError | null): TenantsBoard {
    const { overrides } = this.sources;
    const expiries = this.expiries();
    const named = overrides.reading.value?.summary.tenants ?? [];
    const { rows, more } = boardRows(named, expiries, this.gaugeParts());
    const error = failure?.toWire() ?? health?.error ?? null;
    const started = this.#latest !== null || this.sources.configs.configs.readAtMs !== null;
    return {
      site: this.site,
      atMs: this.#latest?.atMs ?? this.#parts.clock.nowMs(),
      state: started ? "live" : error === null ? "starting" : "failed",
      ...(error === null ? {} : { error }),
      sources: this.#states(null),
      tenants: rows,
      more,
      disagreements: [...this.#shared(), ...this.#held()],
      expiries,
      place: overrides.reading.value?.file.place ?? null,
    };
  }

  /** Every limit of a tenant, with what is published for it. @throws AppError as `refresh` */
  async limits(tenant: string, signal: AbortSignal): Promise<TenantLimits> {
    const opened = await this.refresh(signal);
    const published = await this.sources.published.refresh(opened, tenant, signal);
    const own = await this.sources.overrides.ofTenant(tenant);
    const { book } = this.sources;
    const effective = book.all(tenant, own, published.value);
    const parts = this.gaugeParts();
    const gauges = new Map(gaugesOf(tenant, parts).map((gauge) => [gauge.key, withPoints(gauge, parts, MOST_POINTS)]));
    const expiries = this.expiries().filter((expiry) => expiry.tenant === tenant);
    const defaults = this.sources.configs.defaults.value;
    return {
      site: this.site,
      tenant,
      atMs: this.#parts.clock.nowMs(),
      version: await lokiVersion(this.#latest, opened.targets, signal),
      limits: effective.map((limit) => {
        const expiry = expiries.find(({ key }) => key === limit.key) ?? null;
        return tenantLimit(limit, book, defaults, gauges.get(limit.key) ?? null, expiry);
      }),
      sources: this.#states(tenant),
      disagreements: [...this.#shared(), ...heldDisagreements(tenant, effective, published.from ?? "")],
    };
  }

  /** @throws AppError `tenants.runtime-config-missing`, `sites.no-cluster`, `cluster.*` */
  async runtimeConfig(signal: AbortSignal): Promise<RuntimeConfigText> {
    await this.refresh(signal, true);
    const { reading } = this.sources.overrides;
    if (reading.absent) throw new AppError("sites.no-cluster", { site: this.site });
    if (reading.error !== null) throw reading.error;
    if (reading.value === null || reading.readAtMs === null) {
      throw new AppError("tenants.runtime-config-missing", { site: this.site, problem: "" });
    }
    const { file, summary } = reading.value;
    return {
      place: file.place,
      text: file.text,
      problems: summary.problems.map(({ line, severity, code, path, detail }) => ({
        line,
        severity: severity === "refused" ? "error" : "warning",
        text: [code, path, detail].filter((part) => part !== "").join(": "),
      })),
      readAtMs: reading.readAtMs,
    };
  }

  /** Where the runtime configuration is. @throws AppError as `runtimeConfig` */
  async runtimeFile(signal: AbortSignal): Promise<RuntimeConfigFile> {
    await this.runtimeConfig(signal);
    const file = this.sources.overrides.reading.value?.file;
    if (file === undefined) throw new AppError("tenants.runtime-config-missing", { site: this.site, problem: "" });
    return file;
  }

  /** What a change of limits has to know. @throws AppError as `refresh` */
  async facts(signal: AbortSignal): Promise<SiteLimitFacts> {
    const opened = await this.refresh(signal);
    const parts = this.gaugeParts();
    const tenants = [...reasonsByTenant(parts.present).keys()];
    const inventory = await this.#inventory(opened, signal);
    return {
      version: await lokiVersion(this.#latest, opened.targets, signal),
      config: this.sources.book.config,
      defaults: this.sources.configs.defaults.value,
      gauges: tenants.flatMap((tenant) => gaugesOf(tenant, parts)),
      cluster: weighedCluster({
        round: this.#latest,
        config: this.sources.book.config,
        workloads: inventory?.workloads ?? null,
      }),
      tenants,
      reloadFailing: failedReloads(this.#latest),
    };
  }

  /** Tenants of which lines are refused for a reason, now or in the last hours. */
  refusedOf(reason: string): readonly string[] {
    const parts = this.gaugeParts();
    return [...reasonsByTenant(parts.present)]
      .filter(([tenant, reasons]) =>
        discardsOf(tenant, reasons, parts, MOST_POINTS).some((discard) => discard.reason === reason),
      )
      .map(([tenant]) => tenant);
  }

  gaugeParts(): GaugeParts {
    return {
      book: this.sources.book,
      history: this.use.history,
      present: this.use.history.present(),
      cluster: this.use.meter.cluster,
      trends: this.use.trends,
      nowMs: this.#parts.clock.nowMs(),
    };
  }

  expiries(): OverrideExpiry[] {
    const annotations = this.sources.overrides.reading.value?.file.annotations ?? {};
    const read = parseExpiries(annotations[EXPIRY_ANNOTATION]);
    const nowMs = this.#parts.clock.nowMs();
    return read.ok ? read.entries.map((entry) => shownExpiry(entry, nowMs)) : [];
  }

  async #inventory({ cluster }: HealthSite, signal: AbortSignal) {
    try {
      return cluster === null ? null : await cluster.inventory(signal);
    } catch (error) {
      if (signal.aborted || !isAppError(error)) throw error;
      this.#parts.logger.debug("capacity is not known", { code: error.code });
      return null;
    }
  }

  #states(tenant: string | null): LimitSourceState[] {
    const latest = this.#latest;
    const published = tenant === null ? this.sources.publishedState() : this.sources.publishedStateOf(tenant);
    const metrics: LimitSourceState = {
      source: "metrics",
      state: latest === null ? "absent" : "read",
      readAtMs: latest?.atMs ?? null,
      from:
        latest === null
          ? null
          : `${latest.scrapes.filter(({ series }) => series !== null).length}/${latest.scrapes.length}`,
    };
    return [...this.sources.states(), published, metrics];
  }

  #shared(): LimitDisagreement[] {
    return [
      ...fileDisagreement(this.sources.overrides.reading.value?.summary.problems ?? []),
      ...reloadDisagreements(this.#latest),
      ...configDisagreements(this.sources.configs.configs.value ?? []),
    ];
  }

  /** Of tenants whose published limits were read lately. */
  #held(): LimitDisagreement[] {
    return this.sources.heldDisagreements().slice(0, MOST_HELD);
  }
}
