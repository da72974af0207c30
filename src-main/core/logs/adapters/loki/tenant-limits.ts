import { parse as parseYaml } from "yaml";
import { z } from "zod";
import { hasCode, isAppError } from "../../../../../src-shared/errors/app-error.ts";
import type { LokiClient } from "./loki-client.ts";
import { parsedJson } from "./loki-client.ts";

/** Loki's default of `max_entries_limit_per_query`, used where the server does not tell its own. */
export const DEFAULT_MAX_ENTRIES = 5_000;

/** What is known of the tenant's limits; `null` for what the server does not publish. */
export interface TenantLimits {
  readonly maxEntries: number | null;
  /** How far back queries reach, in milliseconds; 0 for no bound. */
  readonly maxLookbackMs: number | null;
  readonly maxQueryLengthMs: number | null;
}

const NOTHING_KNOWN: TenantLimits = { maxEntries: null, maxLookbackMs: null, maxQueryLengthMs: null };

const limitsSchema = z.object({
  max_entries_limit_per_query: z.number().int().optional(),
  max_query_lookback: z.string().optional(),
  max_query_length: z.string().optional(),
});

/**
 * The limits a tenant may see: JSON from `drilldown-limits`, YAML from `config/tenant/v1/limits` where the first is not
 * served. A server that publishes neither is no failure; its page size is then learned from what it refuses.
 */
export async function fetchTenantLimits(client: LokiClient, signal: AbortSignal): Promise<TenantLimits> {
  const ask = async <T>(path: string, parse: (body: Uint8Array) => T): Promise<T | null> => {
    try {
      return await client.ask({ path, params: new URLSearchParams(), maxBytes: 1_048_576 }, parse, signal);
    } catch (error) {
      if (!isAppError(error) || hasCode(error, "request.cancelled")) throw error;
      return null;
    }
  };
  const drilldown = await ask("/loki/api/v1/drilldown-limits", (body) => {
    const answer = z.object({ limits: limitsSchema }).safeParse(parsedJson(body));
    return answer.success ? answer.data.limits : null;
  });
  const limits =
    drilldown ??
    (await ask("/config/tenant/v1/limits", (body) => {
      const answer = limitsSchema.safeParse(yamlOrNull(body));
      return answer.success ? answer.data : null;
    }));
  if (limits === null) return NOTHING_KNOWN;
  return {
    // 0 switches the limit off.
    maxEntries: (limits.max_entries_limit_per_query ?? 0) > 0 ? (limits.max_entries_limit_per_query ?? null) : null,
    maxLookbackMs: limits.max_query_lookback === undefined ? null : durationMs(limits.max_query_lookback),
    maxQueryLengthMs: limits.max_query_length === undefined ? null : durationMs(limits.max_query_length),
  };
}

const UNIT_MS: Readonly<Record<string, number>> = {
  y: 365 * 86_400_000,
  w: 7 * 86_400_000,
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1_000,
  ms: 1,
};

/** A duration as Prometheus writes it (`30d1h`); `null` for what is none. */
export function durationMs(text: string): number | null {
  if (!/^(?:\d+(?:y|w|d|h|ms|m|s))+$/.test(text)) return text === "0" ? 0 : null;
  let total = 0;
  for (const [, amount = "0", unit = "s"] of text.matchAll(/(\d+)(y|w|d|h|ms|m|s)/g)) {
    total += Number(amount) * (UNIT_MS[unit] ?? 0);
  }
  return total;
}

function yamlOrNull(body: Uint8Array): unknown {
  try {
    return parseYaml(new TextDecoder().decode(body), { maxAliasCount: 0 });
  } catch {
    return null;
  }
}
