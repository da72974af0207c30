import type { RestoreRequest } from "../../../../../src-shared/model/storage/restore.ts";
import type { ChunkKey } from "../../../common/loki-format/chunk-key.ts";
import { tableDayMs } from "../../../common/loki-format/tsdb/index-key.ts";
import { compareKeys } from "../../folder-listing.ts";

const DAY_MS = 86_400_000;

/** Findings' keys up to this number are listed one by one; of more, whole tenants are. */
const LISTED_ONE_BY_ONE = 500;

/** What a plan is about. */
export interface PlanScope {
  readonly tenants: ReadonlySet<string> | null;
  readonly fromMs: number | null;
  readonly throughMs: number | null;
  /** Only these chunks, and these index files or tables' folders (`index/index_20777/globex/`); `null` for all. */
  readonly targets: { readonly chunks: ReadonlySet<string>; readonly indexes: ReadonlySet<string> } | null;
}

export function scopeOf({ scope }: Pick<RestoreRequest, "scope">, targets: PlanScope["targets"]): PlanScope {
  const { tenants, fromMs, throughMs } = scope;
  return { tenants: tenants === null ? null : new Set(tenants), fromMs, throughMs, targets };
}

export function isTenantInScope({ tenants }: PlanScope, tenant: string): boolean {
  return tenants === null || tenants.has(tenant);
}

/** Whether a chunk has lines in the scope. */
export function isChunkInScope(scope: PlanScope, chunk: Pick<ChunkKey, "tenant" | "fromMs" | "throughMs">): boolean {
  return (
    isTenantInScope(scope, chunk.tenant) &&
    (scope.fromMs === null || chunk.throughMs >= scope.fromMs) &&
    (scope.throughMs === null || chunk.fromMs <= scope.throughMs)
  );
}

/** Whether an index table holds days of the scope; one that is not named by a day is always of it. */
export function isTableInScope({ fromMs, throughMs }: PlanScope, table: string): boolean {
  const day = tableDayMs(table);
  if (day === null) return true;
  return (fromMs === null || day + DAY_MS > fromMs) && (throughMs === null || day <= throughMs);
}

/** Whether nothing is left out: then what is no tenant's counts as well. */
export function isWholeScope({ tenants, fromMs, throughMs, targets }: PlanScope): boolean {
  return tenants === null && fromMs === null && throughMs === null && targets === null;
}

/** What is to be listed, in the order of keys, none of it twice. */
export function prefixesOf(scope: PlanScope, indexPrefix: string): readonly string[] {
  const { tenants, targets } = scope;
  if (tenants === null && targets === null) return [""];
  const chunks =
    targets === null
      ? [...(tenants ?? [])].map((tenant) => `${tenant}/`)
      : targets.chunks.size <= LISTED_ONE_BY_ONE
        ? [...targets.chunks]
        : [...new Set([...targets.chunks].map((key) => key.slice(0, key.indexOf("/") + 1)))];
  return withoutNested([...chunks, indexPrefix]);
}

function withoutNested(prefixes: readonly string[]): readonly string[] {
  const kept: string[] = [];
  for (const prefix of prefixes.toSorted(compareKeys)) {
    const before = kept.at(-1);
    if (before === undefined || !prefix.startsWith(before)) kept.push(prefix);
  }
  return kept;
}
