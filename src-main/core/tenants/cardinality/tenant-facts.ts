import { parse } from "yaml";
import { z } from "zod";
import { parseGoDuration } from "../../../../src-shared/logql/text/go-duration.ts";
import type { WhatIf } from "../../../../src-shared/model/tenants/cardinality.ts";

/** A figure that somebody told, and who. */
export interface Fact {
  readonly value: number;
  /** A metric or a key of the configuration, and whose it is. */
  readonly from: string;
}

/** What is known of a tenant's ingestion; `null` where nobody tells. */
export interface TenantFacts {
  /** Streams in the memory of all ingesters, each as often as it is replicated. */
  readonly memoryStreams: Fact | null;
  /** Ingesters that hold each stream. */
  readonly copies: Fact | null;
  /** What all ingesters together flush of the tenant a second, compressed, each replica counted. */
  readonly storedBytesPerSecond: Fact | null;
  /** Heap of all ingesters over all streams they hold, with what is in their open chunks. */
  readonly heapBytesPerStream: Fact | null;
  readonly chunkTargetBytes: Fact | null;
  readonly maxChunkAgeSeconds: Fact | null;
}

/** Metrics of one process: keys as in the exposition format, taken apart. */
export interface ProcessMetrics {
  readonly instance: string;
  readonly atMs: number;
  readonly metrics: readonly {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly value: number;
  }[];
}

export interface FactSources {
  /** As they are now, and as they were before; nothing where nobody asked. */
  readonly now: readonly ProcessMetrics[];
  readonly before: readonly ProcessMetrics[];
  /** `/config` of one process as YAML, and its name. */
  readonly config: { readonly yaml: string; readonly from: string } | null;
}

/** Fewer seconds between two rounds tell nothing of what is flushed once in a chunk's life. */
const SHORTEST_SECONDS = 600;

/** Families that are looked at; Loki 3.7.6. */
const STREAMS = "loki_ingester_memory_streams";
const STORED = "loki_ingester_chunk_stored_bytes_total";
const HEAP = "go_memstats_heap_inuse_bytes";
const STARTED = "process_start_time_seconds";
const COPIES = "loki_distributor_replication_factor";
export const FACT_FAMILIES: ReadonlySet<string> = new Set([STREAMS, STORED, HEAP, STARTED, COPIES]);

/** What rounds of metrics and a configuration say of one tenant. */
export function tenantFacts(tenant: string, { now, before, config }: FactSources): TenantFacts {
  const ingesters = now.filter(({ metrics }) => metrics.some(({ name }) => name === STREAMS));
  const of = (name: string, own: boolean): number =>
    sum(ingesters.map((process) => valueOf(process, name, own ? tenant : null)));
  const whose = ingesters.length === 1 ? (ingesters[0]?.instance ?? "") : `${ingesters.length} ingesters`;
  const told = ingesters.some(({ metrics }) =>
    metrics.some(({ name, labels }) => name === STREAMS && labels["tenant"] === tenant),
  );
  const streams = of(STREAMS, false);
  const heap = of(HEAP, false);
  const settings = ingesterSettings(config?.yaml ?? "");
  const configFact = (value: number | null, key: string): Fact | null =>
    value === null || config === null ? null : { value, from: `${key} · ${config.from}` };
  return {
    memoryStreams: told ? { value: of(STREAMS, true), from: `${STREAMS} · ${whose}` } : null,
    copies: fewer(copiesOf(now) ?? configFact(settings.copies, "replication_factor"), ingesters.length),
    storedBytesPerSecond: storedRate(tenant, ingesters, before),
    heapBytesPerStream:
      streams > 0 && heap > 0 ? { value: heap / streams, from: `${HEAP} ÷ ${STREAMS} · ${whose}` } : null,
    chunkTargetBytes: configFact(settings.chunkTargetBytes, "ingester.chunk_target_size"),
    maxChunkAgeSeconds: configFact(settings.maxChunkAgeSeconds, "ingester.max_chunk_age"),
  };
}

/** Facts for a what-if, as the contract lists them: `cardinality.fact.<key>`. */
export function listedFacts(facts: TenantFacts): WhatIf["facts"] {
  const all: readonly (readonly [string, Fact | null])[] = [
    ["memory-streams", facts.memoryStreams],
    ["copies", facts.copies],
    ["stored-rate", facts.storedBytesPerSecond],
    ["heap-per-stream", facts.heapBytesPerStream],
    ["chunk-target", facts.chunkTargetBytes],
    ["chunk-age", facts.maxChunkAgeSeconds],
  ];
  return all.flatMap(([key, fact]) => (fact === null ? [] : [{ key, ...fact }]));
}

/** The least that distributors say. */
function copiesOf(now: readonly ProcessMetrics[]): Fact | null {
  const all = now.flatMap(({ metrics }) => metrics.filter(({ name }) => name === COPIES).map(({ value }) => value));
  return all.length === 0 ? null : { value: Math.min(...all), from: COPIES };
}

/** Fewer ingesters than copies hold each stream once each. */
function fewer(copies: Fact | null, ingesters: number): Fact | null {
  return copies === null || ingesters === 0 ? copies : { ...copies, value: Math.min(copies.value, ingesters) };
}

/** Of each ingester what it counted since the round before, or since it started where there is none. */
function storedRate(tenant: string, now: readonly ProcessMetrics[], before: readonly ProcessMetrics[]): Fact | null {
  const earlier = new Map(before.map((process) => [process.instance, process]));
  let rate = 0;
  let known = 0;
  let sinceStart = false;
  for (const process of now) {
    const old = earlier.get(process.instance);
    const started = valueOf(process, STARTED, null);
    const value = valueOf(process, STORED, tenant);
    const seconds = old === undefined ? 0 : (process.atMs - old.atMs) / 1_000;
    const restarted = old !== undefined && started * 1_000 > old.atMs;
    const grown = old === undefined ? 0 : value - valueOf(old, STORED, tenant);
    const age = process.atMs / 1_000 - started;
    if (old !== undefined && !restarted && seconds >= SHORTEST_SECONDS && grown > 0) rate += grown / seconds;
    else if (started > 0 && age >= SHORTEST_SECONDS) {
      rate += value / age;
      sinceStart = true;
    } else continue;
    known += 1;
  }
  if (known === 0 || known < now.length || rate === 0) return null;
  return { value: rate, from: `${STORED} · ${known} ingesters${sinceStart ? ", since they started" : ""}` };
}

function valueOf({ metrics }: ProcessMetrics, family: string, tenant: string | null): number {
  return sum(
    metrics
      .filter(({ name, labels }) => name === family && (tenant === null || labels["tenant"] === tenant))
      .map(({ value }) => value),
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}

const sectionSchema = z.object({
  chunk_target_size: z.number().optional().catch(undefined),
  max_chunk_age: z.string().optional().catch(undefined),
  lifecycler: z
    .object({
      ring: z
        .object({ replication_factor: z.number().optional().catch(undefined) })
        .optional()
        .catch(undefined),
    })
    .optional()
    .catch(undefined),
});

/** The `ingester` section alone is parsed: all of `/config` are hundreds of milliseconds. */
function ingesterSettings(yaml: string): {
  readonly chunkTargetBytes: number | null;
  readonly maxChunkAgeSeconds: number | null;
  readonly copies: number | null;
} {
  const section = /^ingester:\r?\n((?:[ \t#].*\r?\n|\r?\n)*)/m.exec(`${yaml}\n`)?.[0] ?? "";
  const parsed = z.object({ ingester: sectionSchema }).safeParse(section === "" ? null : yamlOrNull(section));
  if (!parsed.success) return { chunkTargetBytes: null, maxChunkAgeSeconds: null, copies: null };
  const { chunk_target_size: target, max_chunk_age: age, lifecycler } = parsed.data.ingester;
  const ageNs = age === undefined ? null : durationNs(age);
  return {
    chunkTargetBytes: target ?? null,
    maxChunkAgeSeconds: ageNs === null ? null : Number(ageNs) / 1e9,
    copies: lifecycler?.ring?.replication_factor ?? null,
  };
}

function yamlOrNull(text: string): unknown {
  try {
    return parse(text);
  } catch {
    // A configuration that is no YAML tells nothing; whoever read it has said so already.
    return null;
  }
}

function durationNs(text: string): bigint | null {
  const reading = parseGoDuration(text);
  return reading.ok ? reading.ns : null;
}
