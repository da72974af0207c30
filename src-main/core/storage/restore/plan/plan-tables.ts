import { tableDayMs } from "../../../common/loki-format/tsdb/index-key.ts";
import { parseChunkKey } from "../../../common/loki-format/chunk-key.ts";
import { daysOf } from "../../integrity/chunk-book.ts";
import type { ObjectStore } from "../../object-store.ts";
import type { IndexEntry } from "./classifier.ts";
import type { IndexReader } from "./index-reader.ts";
import { objectOf, type SourceVersion } from "./key-state.ts";
import type { Naming, References } from "./references.ts";
import { isTenantInScope, type PlanScope } from "./restore-scope.ts";
import { byTable, planTable, planWholeTable, type RestoredIndex, type TableReader } from "./table-plan.ts";

const DAY_MS = 86_400_000;

/** What is done about all tables together. */
export interface TablesPlan {
  readonly restored: readonly RestoredIndex[];
  readonly sound: number;
  readonly missing: number;
  readonly damaged: number;
  readonly lost: readonly string[];
  readonly stays: readonly string[];
  readonly replaced: number;
}

/** Goes through the index tables one after the other; what whole files name is taken by `references` on the way. */
export async function planTables(
  entries: readonly IndexEntry[],
  options: {
    readonly scope: PlanScope;
    readonly indexPrefix: string;
    readonly bucket: ObjectStore;
    readonly source: ObjectStore;
    readonly reader: IndexReader;
    readonly references: References;
    readonly isDrill: boolean;
    readonly onRead: (files: number) => void;
  },
  signal: AbortSignal,
): Promise<TablesPlan> {
  const { scope, reader, references, isDrill } = options;
  let files = 0;
  const read = async (store: ObjectStore, entry: IndexEntry, version: SourceVersion, naming: Naming | null) => {
    files += 1;
    options.onRead(files);
    const object = objectOf(entry.state.key, version);
    if (naming === null) return await reader.read(store, object, entry.index, null, signal);
    const isCompacted = entry.index.kind === "compacted";
    const named = isCompacted ? references.compactedFile(naming) : references.uploadedFile(naming);
    const verdict = await reader.read(store, object, entry.index, (batch) => named.take(batch), signal);
    if (verdict.isWhole) named.settle();
    return verdict;
  };
  const tableReader: TableReader = {
    current: (entry, naming) => {
      const { current } = entry.state;
      if (current === null) throw new Error("an index file that is not there");
      return read(options.bucket, entry, current, naming);
    },
    source: (entry, version, naming) => read(options.source, entry, version, naming),
    isTenantInScope: (tenant) => isTenantInScope(scope, tenant),
    isTarget: (entry) => isTarget(scope, options.indexPrefix, entry),
  };
  const total = { restored: [] as RestoredIndex[], sound: 0, missing: 0, damaged: 0, replaced: 0 };
  const lost: string[] = [];
  const stays: string[] = [];
  for (const [table, own] of byTable(entries)) {
    if (!concerns(scope, options.indexPrefix, table)) continue;
    references.beginTable();
    // oxlint-disable-next-line no-await-in-loop -- one index file in memory at a time
    const plan = isDrill ? await planWholeTable(own, tableReader) : await planTable(own, tableReader);
    total.restored.push(...plan.restored);
    total.sound += plan.sound;
    total.missing += plan.missing;
    total.damaged += plan.damaged;
    total.replaced += plan.replaced;
    lost.push(...plan.lost.map(({ state }) => state.key));
    stays.push(...plan.stays.map(({ state }) => state.key));
  }
  return { ...total, lost, stays };
}

function isTarget({ targets }: PlanScope, indexPrefix: string, { index, state }: IndexEntry): boolean {
  if (targets === null || targets.indexes.has(state.key)) return true;
  const table = `${indexPrefix}${index.table}/`;
  if (index.kind === "compacted") return targets.indexes.has(`${table}${index.tenant}/`);
  return [...targets.indexes].some((key) => key.startsWith(table) && key.endsWith("/"));
}

/** Whether a table has to be read at all: it names chunks that are asked for, or is asked for itself. */
function concerns({ targets }: PlanScope, indexPrefix: string, table: string): boolean {
  if (targets === null) return true;
  if ([...targets.indexes].some((key) => key.startsWith(`${indexPrefix}${table}/`))) return true;
  const day = tableDayMs(table);
  if (day === null) return true;
  for (const key of targets.chunks) {
    const chunk = parseChunkKey(key)?.key;
    if (chunk !== undefined && daysOf(chunk).includes(day / DAY_MS)) return true;
  }
  return false;
}
