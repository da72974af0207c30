import type { LabelSet } from "../../../src-shared/model/labels.ts";
import type { TsdbChunkRecipe, TsdbSeriesRecipe } from "./tsdb-index.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const WINDOW_MS = 15 * 60_000;

/** A chunk as an index names it. */
export interface IndexedChunk extends TsdbChunkRecipe {
  readonly tenant: string;
  readonly labels: LabelSet;
  readonly labelText: string;
  readonly flushedMs: number;
  readonly ingester: string;
}

/** An index file to be written: which chunks it names. */
export interface IndexPlan<Chunk extends IndexedChunk> {
  readonly table: string;
  /** `null` for a file of an ingester, with all tenants. */
  readonly tenant: string | null;
  readonly ingester: string;
  readonly writtenMs: number;
  readonly chunks: readonly Chunk[];
}

/** Tables that a chunk is in: those of all days that it touches. */
function tablesOf({ fromMs, throughMs }: TsdbChunkRecipe): string[] {
  const first = Math.floor(fromMs / DAY_MS);
  const last = Math.floor(throughMs / DAY_MS);
  return Array.from({ length: last - first + 1 }, (_, at) => `index_${first + at}`);
}

/**
 * The index as it is after a while: older tables and what was flushed before this hour are compacted, a file a tenant; what
 * came since is in files of ingesters, one for every quarter of an hour.
 */
export function planIndex<Chunk extends IndexedChunk>(chunks: readonly Chunk[], nowMs: number): IndexPlan<Chunk>[] {
  const hourMs = Math.floor(nowMs / HOUR_MS) * HOUR_MS;
  const today = `index_${Math.floor(nowMs / DAY_MS)}`;
  const compactedBy = (table: string) => (table === today ? hourMs : nowMs);
  const groups = new Map<string, { plan: Omit<IndexPlan<Chunk>, "chunks">; chunks: Chunk[] }>();
  for (const chunk of chunks) {
    for (const table of tablesOf(chunk)) {
      const compacted = chunk.flushedMs < compactedBy(table);
      const windowMs = Math.floor(chunk.flushedMs / WINDOW_MS) * WINDOW_MS;
      const tenant = compacted ? chunk.tenant : null;
      const key = compacted ? `${table}/${chunk.tenant}` : `${table}//${chunk.ingester}/${windowMs}`;
      const writtenMs = Math.min(nowMs, compacted ? compactedBy(table) : windowMs + WINDOW_MS);
      const group = groups.get(key) ?? { plan: { table, tenant, ingester: chunk.ingester, writtenMs }, chunks: [] };
      groups.set(key, group);
      group.chunks.push(chunk);
    }
  }
  return [...groups.values()].map(({ plan, chunks: own }) => ({ ...plan, chunks: own }));
}

/** The files of what was flushed now: one an ingester and table. */
export function planUploads<Chunk extends IndexedChunk>(chunks: readonly Chunk[], nowMs: number): IndexPlan<Chunk>[] {
  const pairs = chunks.flatMap((chunk) => tablesOf(chunk).map((table) => ({ table, chunk })));
  const groups = Map.groupBy(pairs, ({ table, chunk }) => `${table}/${chunk.ingester}`);
  return [...groups.values()].map((group) => ({
    table: group[0]?.table ?? "",
    tenant: null,
    ingester: group[0]?.chunk.ingester ?? "",
    writtenMs: nowMs,
    chunks: group.map(({ chunk }) => chunk),
  }));
}

/** Chunks by stream, as an index file has them. */
export function seriesOf(chunks: readonly IndexedChunk[], manyTenants: boolean): TsdbSeriesRecipe[] {
  const streams = Map.groupBy(chunks, ({ tenant, labelText }) => `${tenant}/${labelText}`);
  return [...streams.values()].map((own) => {
    const [first] = own;
    return {
      labels: first?.labels ?? {},
      chunks: own.toSorted((a, b) => a.fromMs - b.fromMs),
      ...(manyTenants && first !== undefined ? { tenant: first.tenant } : {}),
    };
  });
}
