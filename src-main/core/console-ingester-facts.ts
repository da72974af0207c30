import { isAppError } from "../../src-shared/errors/app-error.ts";
import type { SiteId } from "../../src-shared/model/ids.ts";
import type { Scrape, ScrapeRound } from "./health/detection/scrape.ts";
import type { IngesterFacts, IngesterUse } from "./storage/recovery/wal-part.ts";
import { readConfigFacts } from "./tenants/limits/reading/config-facts.ts";
import { readDuration, readGoDuration } from "./tenants/limits/limit-scalars.ts";

const MEMORY_CHUNKS = "loki_ingester_memory_chunks";
/** Processes that hold what is not flushed yet, by Loki's ways of being deployed. */
const INGESTING = new Set(["ingester", "write", "single-binary", "all"]);

/** The health of sites, or one round of one site. */
export interface IngesterTellers {
  /** The last round, beginning to watch; `null` before the first. */
  readonly round: (site: SiteId) => ScrapeRound | null;
  readonly lastFlush: (site: SiteId, instance: string) => Promise<IngesterUse["lastFlush"]>;
  /** `/config` of a process. @throws AppError */
  readonly config: (site: SiteId, instance: string, signal: AbortSignal) => Promise<{ readonly yaml: string }>;
}

/**
 * What the last round of a site says of its ingesters. Answers the reason where
 * nothing is known: `no-round`, `no-ingester`.
 */
export async function ingesterFacts(
  health: IngesterTellers,
  site: SiteId,
  signal: AbortSignal,
): Promise<IngesterFacts | string> {
  const round = health.round(site);
  if (round === null) return "no-round";
  const ingesters = round.scrapes.filter(isIngester);
  if (ingesters.length === 0) return "no-ingester";
  const uses = await Promise.all(
    ingesters.map(async ({ instance, series }): Promise<IngesterUse> => ({
      instance,
      memoryChunks: series?.[MEMORY_CHUNKS] ?? null,
      lastFlush: await health.lastFlush(site, instance),
    })),
  );
  return { atMs: round.atMs, ingesters: uses, maxChunkAgeMs: await maxChunkAge(health, site, ingesters, signal) };
}

/** One that did not answer is told by its component alone. */
function isIngester({ component, series }: Scrape): boolean {
  return series === null ? INGESTING.has(component) : series[MEMORY_CHUNKS] !== undefined;
}

/** `ingester.max_chunk_age` of the first one that tells its configuration; they all run with the same. */
async function maxChunkAge(
  health: IngesterTellers,
  site: SiteId,
  ingesters: readonly Scrape[],
  signal: AbortSignal,
): Promise<number | null> {
  for (const { instance, series } of ingesters.slice(0, 3)) {
    if (series === null) continue;
    try {
      // oxlint-disable-next-line no-await-in-loop -- the next is asked when this one does not tell
      const { yaml } = await health.config(site, instance, signal);
      const age = readConfigFacts(yaml)?.maxChunkAge ?? null;
      const seconds = age === null ? null : (readDuration(age) ?? readGoDuration(age));
      if (seconds !== null) return seconds * 1_000;
    } catch (error) {
      if (signal.aborted || !isAppError(error)) throw error;
    }
  }
  return null;
}
