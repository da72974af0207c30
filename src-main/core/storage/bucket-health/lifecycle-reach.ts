import type { BucketHealthFacts, LokiRetention } from "./bucket-facts.ts";
import type { LifecycleRule, Setting } from "./bucket-settings.ts";

/** How long Loki needs an object that a lifecycle rule touches. */
export interface NeededRetention {
  /** `null`: for ever. */
  readonly seconds: number | null;
  /** Whose lines need it; `null` for tenants that nobody named. */
  readonly tenant: string | null;
  /** A stream selector with a longer retention of its own. */
  readonly selector: string | null;
  /** Whether it is known that Loki keeps something there, and not only that it might be a tenant's name. */
  readonly certain: boolean;
}

/** Rules that act on objects that Loki may have written. */
export function rulesOfLoki(lifecycle: Setting<readonly LifecycleRule[]>): readonly LifecycleRule[] {
  return lifecycle.state === "told" ? lifecycle.value.filter(({ enabled, tagged }) => enabled && !tagged) : [];
}

/** Whether two prefixes have objects in common. */
export function overlaps(a: string, b: string): boolean {
  return a.startsWith(b) || b.startsWith(a);
}

/**
 * How long Loki needs the objects under a lifecycle rule's prefix, what is certain first and then the longest; none where it
 * keeps nothing there. Chunks stand under `<storage_prefix><tenant>/`, the index of all tenants under `<storage_prefix><index prefix>`: a rule over the
 * index touches everybody's lines.
 */
export function needsUnder(
  prefix: string,
  retention: LokiRetention,
  { storagePrefix, indexPrefix }: Pick<BucketHealthFacts, "storagePrefix" | "indexPrefix">,
): readonly NeededRetention[] {
  if (!overlaps(prefix, storagePrefix)) return [];
  const everybody = storagePrefix.startsWith(prefix) || overlaps(prefix, storagePrefix + indexPrefix);
  const within = prefix.slice(storagePrefix.length);
  const named = retention.tenants.filter(({ tenant }) => everybody || overlaps(prefix, `${storagePrefix}${tenant}/`));
  const needs = named.flatMap(({ tenant, ...periods }) => periodsOf(periods, retention, tenant, true));
  if (everybody) needs.push(...periodsOf(retention.global, retention, null, true));
  else if (!within.includes("/") || named.length === 0) {
    // The first part of a key is a tenant's name, and most tenants are named nowhere.
    needs.push(...periodsOf(retention.global, retention, null, false));
  }
  return needs.toSorted((a, b) => Number(b.certain) - Number(a.certain) || length(b) - length(a));
}

/** The shortest that Loki keeps anything, seconds; `null` where it keeps all for ever. */
export function shortestRetention(retention: LokiRetention): number | null {
  if (!retention.enabled) return null;
  const periods = [retention.global, ...retention.tenants].flatMap(({ seconds, streams }) => [
    seconds,
    ...streams.map((stream) => stream.seconds),
  ]);
  const ending = periods.filter((seconds) => seconds > 0);
  return ending.length === 0 ? null : Math.min(...ending);
}

function periodsOf(
  { seconds, streams }: LokiRetention["global"],
  { enabled }: LokiRetention,
  tenant: string | null,
  certain: boolean,
): readonly NeededRetention[] {
  const forEver = (period: number) => (period === 0 || !enabled ? null : period);
  return [
    { seconds: forEver(seconds), tenant, selector: null, certain },
    ...streams.map((stream) => ({ seconds: forEver(stream.seconds), tenant, selector: stream.selector, certain })),
  ];
}

function length({ seconds }: NeededRetention): number {
  return seconds ?? Number.MAX_VALUE;
}
