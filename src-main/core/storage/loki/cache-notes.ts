import { z } from "zod";

const durationSchema = z.string().max(40).optional().catch(undefined);
const flagSchema = z.boolean().optional().catch(undefined);
const configSchema = z.object({
  storage_config: z
    .object({ tsdb_shipper: z.object({ resync_interval: durationSchema }).optional().catch(undefined) })
    .optional()
    .catch(undefined),
  query_range: z.object({ cache_results: flagSchema }).optional().catch(undefined),
});

export interface CacheNote {
  readonly key: string;
  readonly params: Readonly<Record<string, string | number>>;
}

/**
 * What Loki 3.7 does by itself to see a changed bucket: index gateways and queriers list index tables again every
 * `storage_config.tsdb_shipper.resync_interval`. It has no call that empties a cache; answers that the query frontend has
 * cached (`query_range.cache_results`) stand until they expire. Restarting the index gateways is the only way to be faster:
 * `restart` is a command for it.
 */
export function cacheNote(config: unknown, restart: string | null): CacheNote {
  const parsed = configSchema.safeParse(config);
  const interval = parsed.success ? parsed.data.storage_config?.tsdb_shipper?.resync_interval : undefined;
  if (!parsed.success || interval === undefined) return { key: "caches-unknown", params: {} };
  if (parsed.data.query_range?.cache_results === true) return { key: "caches-resync-results", params: { interval } };
  if (restart === null) return { key: "caches-resync", params: { interval } };
  return { key: "caches-resync-restart", params: { interval, command: restart } };
}
