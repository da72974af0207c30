import { z } from "zod";
import type { LedgerState } from "../../../../../src-shared/model/tenants/usage.ts";
import { wireErrorSchema } from "../../../../../src-shared/errors/wire-error.ts";
import type { Clock } from "../../../common/clock.ts";
import { loadJsonFile, saveJsonFile, type JsonFileFormat } from "../../../common/json-file.ts";
import type { Logger } from "../../../common/logger.ts";

const siteSchema = z.object({
  from: z.enum(["loki", "pods"]).nullable(),
  untilMs: z.number().nullable(),
  lines: z.number(),
  unreadable: z.number(),
  /** Where the lines were found in Loki; looked for anew when it gives none. */
  place: z.object({ tenant: z.string(), selector: z.string() }).nullable(),
  error: wireErrorSchema.exactOptional(),
});
export type CollectedSite = z.output<typeof siteSchema>;

const FORMAT: JsonFileFormat<Record<string, CollectedSite>> = {
  schema: z.record(z.string(), siteSchema),
  version: 1,
  migrations: [],
  empty: {},
};

const NEVER: CollectedSite = { from: null, untilMs: null, lines: 0, unreadable: 0, place: null };

/** How far the frontends' lines of each site were read, on disk. */
export class CollectedSites {
  readonly #file: string;
  readonly #sites: Map<string, CollectedSite>;

  constructor(file: string, clock: Clock, logger: Logger) {
    this.#file = file;
    const { content, broken } = loadJsonFile(file, FORMAT, clock.nowMs());
    if (broken !== null) logger.warn("the cursors of collected sites were set aside", { ...broken.params });
    this.#sites = new Map(Object.entries(content));
  }

  get(site: string): CollectedSite {
    return this.#sites.get(site) ?? NEVER;
  }

  async set(site: string, collected: CollectedSite): Promise<void> {
    this.#sites.set(site, collected);
    await saveJsonFile(this.#file, FORMAT, Object.fromEntries(this.#sites));
  }

  /** As `LedgerState` tells of them. */
  view(): LedgerState["collected"] {
    return [...this.#sites].map(([site, { place: _place, ...rest }]) => ({ site, ...rest }));
  }
}
