import { randomBytes } from "node:crypto";
import { z } from "zod";
import { siteConfigSchema, type SiteConfig } from "../../../src-shared/api/sites.api.ts";
import { siteIdSchema, type SiteId } from "../../../src-shared/model/ids.ts";
import type { Clock } from "../common/clock.ts";
import { loadJsonFile, saveJsonFile, type JsonFileFormat } from "../common/json-file.ts";
import type { Logger } from "../common/logger.ts";

const contentSchema = z.object({
  lastUsed: z.string().exactOptional(),
  /** Direct sites whole; of contexts and the lab what a person set. */
  sites: z.record(z.string(), siteConfigSchema),
  recentTenants: z.record(z.string(), z.array(z.string())),
});
type Content = z.output<typeof contentSchema>;

const FORMAT: JsonFileFormat<Content> = {
  schema: contentSchema,
  version: 1,
  migrations: [],
  empty: { sites: {}, recentTenants: {} },
};

const MAX_RECENT_TENANTS = 20;

/** What the console remembers of sites: the profile's `sites.json`. No secret is in it. */
export class SiteConfigStore {
  readonly #file: string;
  #content: Content;
  #saving: Promise<void> = Promise.resolve();

  private constructor(file: string, content: Content) {
    this.#file = file;
    this.#content = content;
  }

  /** A broken file is set aside, and the store begins empty. */
  static open(file: string, clock: Clock, logger: Logger): SiteConfigStore {
    const { content, broken } = loadJsonFile(file, FORMAT, clock.nowMs());
    if (broken !== null) logger.warn("the saved sites were broken and set aside", { ...broken.params });
    return new SiteConfigStore(file, content);
  }

  get lastUsed(): SiteId | null {
    const parsed = siteIdSchema.safeParse(this.#content.lastUsed);
    return parsed.success ? parsed.data : null;
  }

  config(site: SiteId): SiteConfig | null {
    return Object.hasOwn(this.#content.sites, site) ? (this.#content.sites[site] ?? null) : null;
  }

  directSites(): readonly (readonly [SiteId, Extract<SiteConfig, { kind: "direct" }>])[] {
    return Object.entries(this.#content.sites).flatMap(([id, config]) => {
      const site = siteIdSchema.safeParse(id);
      return site.success && config.kind === "direct" ? [[site.data, config] as const] : [];
    });
  }

  recentTenants(site: SiteId): readonly string[] {
    return Object.hasOwn(this.#content.recentTenants, site) ? (this.#content.recentTenants[site] ?? []) : [];
  }

  newDirectId(): SiteId {
    return siteIdSchema.parse(`direct-${randomBytes(6).toString("hex")}`);
  }

  save(site: SiteId, config: SiteConfig): Promise<void> {
    return this.#change((content) => ({ ...content, sites: { ...content.sites, [site]: config } }));
  }

  async remove(site: SiteId): Promise<boolean> {
    const known = this.config(site) !== null;
    await this.#change(({ lastUsed, sites, recentTenants }) => ({
      ...(lastUsed === undefined || lastUsed === site ? {} : { lastUsed }),
      sites: without(sites, site),
      recentTenants: without(recentTenants, site),
    }));
    return known;
  }

  use(site: SiteId): Promise<void> {
    return this.#content.lastUsed === site
      ? Promise.resolve()
      : this.#change((content) => ({ ...content, lastUsed: site }));
  }

  /** The latest first. */
  noteTenant(site: SiteId, tenant: string): Promise<void> {
    const known = this.recentTenants(site);
    if (known[0] === tenant) return Promise.resolve();
    const next = [tenant, ...known.filter((other) => other !== tenant)].slice(0, MAX_RECENT_TENANTS);
    return this.#change((content) => ({ ...content, recentTenants: { ...content.recentTenants, [site]: next } }));
  }

  /** Durable when it resolves. Rejects with `files.unwritable` or `files.disk-full`; then nothing has changed. */
  async #change(change: (content: Content) => Content): Promise<void> {
    const saving = this.#saving.then(async () => {
      const next = change(this.#content);
      await saveJsonFile(this.#file, FORMAT, next);
      this.#content = next;
    });
    this.#saving = saving.catch(() => undefined);
    await saving;
  }
}

function without<Value>(record: Readonly<Record<string, Value>>, key: string): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));
}
