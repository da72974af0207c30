import type {
  CredentialPlugin,
  LokiComponent,
  Site,
  SiteConfig,
  DoctorStep,
} from "../../../src-shared/api/sites.api.ts";
import { AppError, isAppError } from "../../../src-shared/errors/app-error.ts";
import type { WireError } from "../../../src-shared/errors/wire-error.ts";
import type { SiteId } from "../../../src-shared/model/ids.ts";
import type { TenantId } from "../../../src-shared/model/tenant-id.ts";
import type { Clock } from "../common/clock.ts";
import { fireAndForget, type Logger } from "../common/logger.ts";
import type { Announcer } from "../common/topics.ts";
import type { LogSource } from "../logs/log-source.ts";
import type { SecretStore } from "../secrets/secret-store.ts";
import type { SettingValues } from "../settings/setting-values.ts";
import { runDoctor } from "./connection-doctor.ts";
import { ExecPlugins } from "./exec-plugin.ts";
import { siteIdentity } from "./site-identity.ts";
import { siteIdOf } from "./kubeconfig-contexts.ts";
import { KubeconfigFiles, type KubeconfigPaths } from "./kubeconfig-files.ts";
import type { UsableContext } from "./kubeconfig-model.ts";
import type { KubernetesClient } from "./kubernetes-client.ts";
import { LAB_SITE, runningLab, type LabDirectory } from "./lab-site.ts";
import { loginShellPath } from "./login-shell-path.ts";
import { componentView, type Discovery } from "./loki-discovery.ts";
import type { LokiRouteTable } from "./loki-route-table.ts";
import type { LokiTransport } from "./loki-transport.ts";
import { PluginConfirmations } from "./plugin-confirmations.ts";
import { SiteClusters } from "./site-clusters.ts";
import { checkSiteConfig } from "./site-config-check.ts";
import { SiteConfigStore } from "./site-config.store.ts";
import { confirmPlugin, listPlugins } from "./site-plugins.ts";
import { SiteStates } from "./site-states.ts";
import { SiteTransport } from "./site-transport.ts";
import { siteView } from "./site-view.ts";
import { SiteWays } from "./site-ways.ts";
import { isMultiTenant, tenantsOfOverrides, type SiteTenants } from "./site-tenants.ts";

/** What makes log sources; theirs is another domain, so whoever composes the console hands it in. */
export interface SourceFactory {
  loki(options: { readonly transport: LokiTransport; readonly site: SiteId; readonly tenant: TenantId }): LogSource;
  pods(options: {
    readonly client: () => Promise<KubernetesClient>;
    readonly namespace: string;
    readonly site: SiteId;
  }): LogSource;
}

export interface SitesOptions {
  /** Where `sites.json` and `plugins.json` are kept. */
  readonly profile: { file(name: string): string };
  readonly kubeconfigs: KubeconfigPaths;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly settings: SettingValues;
  readonly secrets: SecretStore;
  readonly announcer: Announcer;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly lab: LabDirectory;
  readonly sources: SourceFactory;
}

const MULTI_TENANT_KEEP_MS = 5 * 60_000;

/** Every environment this person can reach: contexts of kubeconfigs, Lokis by URL, and the lab. */
export class SitesService implements AsyncDisposable {
  readonly #options: SitesOptions;
  readonly #files: KubeconfigFiles;
  readonly #store: SiteConfigStore;
  readonly #confirmations: PluginConfirmations;
  readonly #plugins: ExecPlugins;
  readonly #clusters: SiteClusters;
  readonly #ways: SiteWays;
  readonly #states: SiteStates;
  readonly #multiTenant = new Map<SiteId, { readonly value: boolean; readonly atMs: number }>();
  readonly #closing = new AbortController();

  private constructor(options: SitesOptions, files: KubeconfigFiles) {
    const { profile, clock, logger, environment, settings, announcer } = options;
    this.#options = options;
    this.#files = files;
    this.#store = SiteConfigStore.open(profile.file("sites.json"), clock, logger);
    this.#confirmations = PluginConfirmations.open(profile.file("plugins.json"), clock, logger);
    this.#plugins = new ExecPlugins({
      confirmations: this.#confirmations,
      commandPath: loginShellPath(environment, clock, logger),
      environment,
      clock,
      timeoutMs: () => settings.get("sites.pluginTimeoutSeconds") * 1_000,
    });
    const connectTimeoutMs = () => settings.get("sites.connectTimeoutSeconds") * 1_000;
    this.#clusters = new SiteClusters({ plugins: this.#plugins, logger, clock, environment, connectTimeoutMs });
    this.#states = new SiteStates(announcer);
    this.#ways = new SiteWays({
      clock,
      logger,
      connectTimeoutMs,
      secret: (ref) => options.secrets.get(ref),
      onState: (site, state) => this.#states.set(site, state),
    });
    files.onChange(() => this.#filesChanged());
  }

  /** Reads the kubeconfig files and what was saved. Rejects only for a profile that cannot be used. */
  static async open(options: SitesOptions): Promise<SitesService> {
    return new SitesService(options, await KubeconfigFiles.open(options.kubeconfigs, options.logger));
  }

  async list(): Promise<{ sites: Site[]; lastUsed?: SiteId; problems: WireError[] }> {
    const { contexts, problems } = this.#files.snapshot();
    const sites = [
      this.#site(LAB_SITE),
      ...contexts.map((context) => this.#site(context.site)),
      ...this.#store.directSites().map(([site]) => this.#site(site)),
    ];
    const { lastUsed } = this.#store;
    const known = sites.some(({ id }) => id === lastUsed);
    return {
      sites,
      ...(lastUsed === null || !known ? {} : { lastUsed }),
      problems: problems.map((problem) => problem.toWire()),
    };
  }

  /** Saves a direct site, or what is set by hand for a context or the lab. Rejects with `sites.invalid`. */
  async save(site: SiteId | undefined, config: SiteConfig): Promise<Site> {
    checkSiteConfig(config);
    const id = this.#idFor(site, config);
    await this.#store.save(id, config);
    await this.#changed(id);
    return this.#site(id);
  }

  /** Forgets a direct site, or all that was set by hand for another. */
  async remove(site: SiteId): Promise<boolean> {
    const removed = await this.#store.remove(site);
    await this.#changed(site);
    return removed;
  }

  /** Remembers the site and begins to connect; how that goes is told by its state. */
  async use(site: SiteId): Promise<Site> {
    this.#site(site);
    await this.#store.use(site);
    this.#states.set(site, "connecting");
    fireAndForget(this.#connect(site), this.#options.logger, "connecting a site failed");
    return this.#site(site);
  }

  /** Says that a tenant was looked at; the last ones are offered first. Never rejects for a full disk. */
  async noteTenant(site: SiteId, tenant: string): Promise<void> {
    try {
      await this.#store.noteTenant(site, tenant);
    } catch (error) {
      this.#options.logger.warn("a tenant could not be remembered", { error: String(error) });
    }
  }

  /** The way to a site's Loki, valid for as long as the console runs. Rejects with `sites.unknown`. */
  async transportFor(site: SiteId): Promise<LokiTransport> {
    this.#site(site);
    return new SiteTransport(() => this.#transport(site));
  }

  /** Rejects with `sites.no-cluster` for a direct site and `kubeconfig.context-broken` for a broken context. */
  async kubernetesFor(site: SiteId): Promise<KubernetesClient> {
    return this.#clusters.client(await this.#context(site));
  }

  /** The logs of a namespace's pods through the Kubernetes API. */
  async podLogSource(site: SiteId, namespace: string): Promise<LogSource> {
    await this.#context(site);
    return this.#options.sources.pods({ client: () => this.kubernetesFor(site), namespace, site });
  }

  async discoveryFor(site: SiteId, signal: AbortSignal): Promise<Discovery | null> {
    return (await this.#routes(site)).discovery(signal);
  }

  /**
   * What a site stands for, as hashes: `place` changes when it is another Loki, `made` when anything about the way to it
   * does. Rejects with `sites.unknown` and whatever keeps its cluster from being used.
   */
  async identity(site: SiteId): Promise<{ readonly name: string; readonly place: string; readonly made: string }> {
    const { config, name } = this.#site(site);
    const context = config.kind === "direct" ? null : await this.#context(site);
    return { name, ...siteIdentity(config, context) };
  }

  async components(site: SiteId, signal: AbortSignal): Promise<{ components: LokiComponent[]; namespace?: string }> {
    const discovery = await this.discoveryFor(site, signal);
    if (discovery === null) return { components: [] };
    return { components: discovery.components.map(componentView), namespace: discovery.namespace };
  }

  /** Known tenants, those of the configuration first. What cannot be found out is left out, not an error. */
  async tenants(site: SiteId, signal: AbortSignal): Promise<SiteTenants> {
    const { config } = this.#site(site);
    const found = new Map<string, SiteTenants["tenants"][number]["from"]>();
    const add = (from: SiteTenants["tenants"][number]["from"], tenants: readonly string[]) => {
      for (const tenant of tenants) if (!found.has(tenant)) found.set(tenant, from);
    };
    add("configured", config.tenants ?? []);
    if (site === LAB_SITE) add("lab", await this.#orNothing(async () => (await runningLab(this.#options.lab)).tenants));
    add("recent", this.#store.recentTenants(site));
    const inCluster = config.kind === "kubernetes";
    const [overrides, multiTenant] = await Promise.all([
      inCluster ? this.#orNothing(() => this.#overrideTenants(site, signal)) : [],
      this.#isMultiTenant(site, signal),
    ]);
    add("overrides", overrides);
    return { tenants: [...found].map(([tenant, from]) => ({ tenant, from })), multiTenant };
  }

  async *doctor(site: SiteId, tenant: TenantId | null, signal: AbortSignal): AsyncGenerator<DoctorStep> {
    const { config } = this.#site(site);
    const isCluster = config.kind === "kubernetes";
    yield* runDoctor({
      context: isCluster ? this.#files.context(site) : null,
      client: isCluster ? () => this.kubernetesFor(site) : null,
      routes: isCluster ? () => this.#routes(site) : null,
      config,
      transport: await this.transportFor(site),
      tenants: () => this.tenants(site, signal),
      source: async (chosen) =>
        this.#options.sources.loki({ transport: await this.transportFor(site), site, tenant: chosen }),
      plugins: this.#plugins,
      clock: this.#options.clock,
      tenant,
      signal,
    });
  }

  plugins(): Promise<CredentialPlugin[]> {
    return listPlugins(this.#files.snapshot().contexts, this.#plugins, this.#confirmations);
  }

  async confirmPlugin(hash: string, confirmed: boolean): Promise<void> {
    await confirmPlugin(await this.plugins(), this.#confirmations, hash, confirmed);
    this.#options.announcer.changed("sites");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.#files[Symbol.asyncDispose]();
    await this.#ways[Symbol.asyncDispose]();
    await this.#plugins[Symbol.asyncDispose]();
    await this.#clusters[Symbol.asyncDispose]();
  }

  #site(id: SiteId): Site {
    return siteView(id, this.#store.config(id), this.#files.context(id), this.#states.get(id));
  }

  #idFor(site: SiteId | undefined, config: SiteConfig): SiteId {
    if (config.kind === "lab") return LAB_SITE;
    if (config.kind === "kubernetes") {
      const id = siteIdOf(config.file, config.context);
      if (site !== undefined && site !== id) throw new AppError("sites.invalid", { field: "site", problem: site });
      if (this.#files.context(id) === null) throw new AppError("sites.unknown", { site: config.context });
      return id;
    }
    if (site === undefined) return this.#store.newDirectId();
    if (this.#store.config(site)?.kind !== "direct") throw new AppError("sites.unknown", { site });
    return site;
  }

  async #context(site: SiteId): Promise<UsableContext> {
    const { kind } = this.#site(site);
    if (kind === "direct") throw new AppError("sites.no-cluster", { site });
    if (kind === "lab") {
      const { context } = await runningLab(this.#options.lab);
      if (context === null) throw new AppError("sites.no-cluster", { site });
      return context;
    }
    const context = this.#files.context(site);
    if (context === null) throw new AppError("sites.unknown", { site });
    if (context.problem === null) return context;
    throw new AppError("kubeconfig.context-broken", { context: context.name, problem: context.problem });
  }

  async #routes(site: SiteId): Promise<LokiRouteTable> {
    const context = await this.#context(site);
    const { config } = this.#site(site);
    return this.#ways.routes(context, this.#clusters.client(context), config.kind === "kubernetes" ? config : null);
  }

  async #transport(site: SiteId): Promise<LokiTransport> {
    const { config } = this.#site(site);
    if (config.kind === "direct") return this.#ways.direct(site, config);
    if (config.kind === "lab") {
      const { lokiUrl } = await runningLab(this.#options.lab);
      return this.#ways.direct(site, { kind: "direct", name: "Lab", url: lokiUrl, auth: { kind: "none" } });
    }
    const context = await this.#context(site);
    return this.#ways.cluster(context, this.#clusters.client(context), config);
  }

  /** Any answer to `/ready` or to the build information means that the way is open. */
  async #connect(site: SiteId): Promise<void> {
    const signal = this.#closing.signal;
    try {
      const transport = await this.#transport(site);
      const ask = (path: string) =>
        transport.request({ role: "query", method: "GET", path, signal, timeoutMs: 15_000 });
      const ready = await ask("/ready");
      await ready.cancel();
      if (ready.status === 200) this.#states.set(site, "ready");
      else {
        const build = await ask("/loki/api/v1/status/buildinfo");
        await build.cancel();
        // A gateway serves no /ready; a Loki that says 503 there is up and not well.
        this.#states.set(site, build.status === 200 && ready.status !== 503 ? "ready" : "degraded");
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!isAppError(error)) throw error;
      this.#states.set(site, "failed", error);
    }
  }

  async #overrideTenants(site: SiteId, signal: AbortSignal): Promise<readonly string[]> {
    const discovery = await this.discoveryFor(site, signal);
    if (discovery === null) return [];
    return tenantsOfOverrides(await this.kubernetesFor(site), discovery, this.#options.logger, signal);
  }

  /** Whether a site's Loki keeps tenants apart: one without them shows all of its logs, whatever tenant is asked for. */
  async tellsTenantsApart(site: SiteId, signal: AbortSignal): Promise<boolean> {
    return this.#isMultiTenant(site, signal);
  }

  async #isMultiTenant(site: SiteId, signal: AbortSignal): Promise<boolean> {
    const { clock, logger } = this.#options;
    const known = this.#multiTenant.get(site);
    if (known !== undefined && clock.nowMs() - known.atMs < MULTI_TENANT_KEEP_MS) return known.value;
    try {
      const value = await isMultiTenant(await this.#transport(site), signal);
      this.#multiTenant.set(site, { value, atMs: clock.nowMs() });
      return value;
    } catch (error) {
      if (!isAppError(error) || error.category === "cancelled") throw error;
      logger.info("whether a site tells tenants apart could not be found out", { site, code: error.code });
      return true;
    }
  }

  async #orNothing(find: () => Promise<readonly string[]>): Promise<readonly string[]> {
    try {
      return await find();
    } catch (error) {
      if (!isAppError(error) || error.category === "cancelled") throw error;
      this.#options.logger.info("tenants could not be looked up", { code: error.code });
      return [];
    }
  }

  async #changed(site: SiteId): Promise<void> {
    this.#states.forget(site);
    this.#multiTenant.delete(site);
    await this.#ways.drop(site);
    this.#options.announcer.changed("sites");
  }

  #filesChanged(): void {
    this.#clusters.refresh((site) => {
      if (site === LAB_SITE) return "not-in-files";
      const context = this.#files.context(site);
      return context === null || context.problem !== null ? null : context;
    });
    this.#options.announcer.changed("sites");
  }
}
