import { z } from "zod";
import type { LimitYaml } from "../../../../src-shared/model/tenants/limit.ts";
import type { LokiRetention, TenantRetention } from "../bucket-health/bucket-facts.ts";

const MOST_TENANTS = 10_000;
const MOST_STREAMS = 1_000;

const configSchema = z.object({
  compactor: z.object({ retention_enabled: z.boolean().optional() }).nullish(),
  limits_config: z.record(z.string(), z.json()).nullish(),
});
const periodSchema = z.union([z.string(), z.number()]).transform(String);
const streamsSchema = z.array(z.object({ selector: z.string(), period: periodSchema })).max(MOST_STREAMS);

/** Values of `overrides.<tenant>` by key, as the runtime configuration has them. */
export type TenantOverrides = ReadonlyMap<string, Readonly<Record<string, LimitYaml>>>;

/**
 * What Loki deletes again, from `/config` as parsed from YAML and the runtime configuration. `seconds` reads a duration as
 * Loki prints it. `null` where the configuration says nothing of `compactor`.
 */
export function readRetention(
  config: unknown,
  overrides: TenantOverrides,
  seconds: (text: string) => number | null,
): LokiRetention | null {
  const parsed = configSchema.safeParse(config);
  if (!parsed.success || parsed.data.compactor == null) return null;
  const limits = parsed.data.limits_config ?? {};
  const global = {
    seconds: periodOf(limits["retention_period"], seconds) ?? 0,
    streams: streamsOf(limits["retention_stream"], seconds) ?? [],
  };
  const tenants: TenantRetention[] = [];
  for (const [tenant, own] of overrides) {
    const period = periodOf(own["retention_period"], seconds);
    const streams = streamsOf(own["retention_stream"], seconds);
    if (period === null && streams === null) continue;
    if (tenants.length >= MOST_TENANTS) break;
    tenants.push({ tenant, seconds: period ?? global.seconds, streams: streams ?? global.streams });
  }
  return { enabled: parsed.data.compactor.retention_enabled === true, global, tenants };
}

function periodOf(value: unknown, seconds: (text: string) => number | null): number | null {
  const period = periodSchema.safeParse(value);
  return period.success ? seconds(period.data) : null;
}

function streamsOf(value: unknown, seconds: (text: string) => number | null): TenantRetention["streams"] | null {
  const streams = streamsSchema.safeParse(value);
  if (!streams.success) return null;
  return streams.data.flatMap(({ selector, period }) => {
    const read = seconds(period);
    return read === null ? [] : [{ selector, seconds: read }];
  });
}
