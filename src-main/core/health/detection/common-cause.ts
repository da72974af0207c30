import type { CommonCause } from "../../../../src-shared/model/health/verdict.ts";
import type { Reading } from "./reading.ts";
import { increase } from "./reading-window.ts";

/** The readings of the last half minute by instance, oldest first. */
export type Windows = ReadonlyMap<string, readonly Reading[]>;

function ends(readings: readonly Reading[]): { readonly first: Reading; readonly last: Reading } | null {
  const last = readings.at(-1);
  const first = readings.find(({ startedAtSeconds }) => startedAtSeconds === last?.startedAtSeconds);
  return first === undefined || last === undefined || first === last ? null : { first, last };
}

/** Two at least, and more than half: one alone is its own trouble. */
export function storeOutage(ingesters: Windows): CommonCause | null {
  let failing = 0;
  let known = 0;
  for (const readings of ingesters.values()) {
    const window = ends(readings);
    if (window === null) continue;
    known += 1;
    const { first, last } = window;
    const failures = increase(first.putFailures, last.putFailures) + increase(first.flushFailures, last.flushFailures);
    if (failures > 0) failing += 1;
  }
  if (failing < 2 || failing * 2 <= known) return null;
  const metric = "loki_ingester_chunks_flush_failures_total";
  return { kind: "object-store-outage", tenant: null, metric, value: failing / known, before: 0 };
}

/** Reasons of `loki_discarded_samples_total` that a tenant's rate causes. */
const RATE_REASONS: ReadonlySet<string> = new Set(["rate_limited", "per_stream_rate_limit"]);
const STREAM_REASON = "stream_limit";
/** Samples a second; below it the odd refused push of a chatty pod. */
const MIN_DISCARDED = 1;

/** Tenants that are refused, by what `distributors` and `ingesters` discard; replicas discard alike, so the largest counts. */
export function refusedTenants(instances: Windows): readonly CommonCause[] {
  const rates = new Map<string, number>();
  for (const readings of instances.values()) {
    const window = ends(readings);
    if (window === null) continue;
    const { first, last } = window;
    const seconds = (last.atMs - first.atMs) / 1_000;
    for (const [key, value] of last.discarded) {
      const rate = increase(first.discarded.get(key) ?? 0, value) / seconds;
      rates.set(key, (rates.get(key) ?? 0) + rate);
    }
  }
  const causes: CommonCause[] = [];
  for (const [key, rate] of rates) {
    if (rate < MIN_DISCARDED) continue;
    const [reason = "", tenant = ""] = key.split("\u0000");
    const kind = RATE_REASONS.has(reason) ? "tenant-storm" : reason === STREAM_REASON ? "label-explosion" : null;
    if (kind === null) continue;
    causes.push({ kind, tenant, metric: `loki_discarded_samples_total{reason="${reason}"}`, value: rate, before: 0 });
  }
  return causes;
}

/** A tenant's streams have to double, and by this many an ingester, to be called an explosion. */
const EXPLOSION_FACTOR = 2;
const EXPLOSION_STREAMS = 300;

/** Tenants whose streams multiply on most ingesters, against the least they had in `past` (minutes before the window). */
export function explodingTenants(ingesters: Windows, past: Windows): readonly CommonCause[] {
  const seen = new Map<string, { exploding: number; now: number; before: number }>();
  let known = 0;
  for (const [instance, readings] of ingesters) {
    const last = readings.at(-1);
    const earlier = (past.get(instance) ?? []).filter(
      ({ startedAtSeconds }) => startedAtSeconds === last?.startedAtSeconds,
    );
    if (last === undefined || earlier.length === 0) continue;
    known += 1;
    for (const [tenant, now] of last.memoryStreams) {
      const before = Math.min(...earlier.map(({ memoryStreams }) => memoryStreams.get(tenant) ?? 0));
      const sum = seen.get(tenant) ?? { exploding: 0, now: 0, before: 0 };
      seen.set(tenant, sum);
      sum.now += now;
      sum.before += before;
      if (now >= EXPLOSION_FACTOR * before && now - before >= EXPLOSION_STREAMS) sum.exploding += 1;
    }
  }
  return [...seen].flatMap(([tenant, { exploding, now, before }]): readonly CommonCause[] => {
    if (exploding * 2 <= known) return [];
    return [{ kind: "label-explosion", tenant, metric: "loki_ingester_memory_streams", value: now, before }];
  });
}
