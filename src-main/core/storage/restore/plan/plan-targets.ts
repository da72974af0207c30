import type { StorageFinding } from "../../../../../src-shared/model/storage-finding.ts";
import { parseChunkKey } from "../../../common/loki-format/chunk-key.ts";
import { parseIndexKey } from "../../../common/loki-format/tsdb/index-key.ts";
import type { PlanScope } from "./restore-scope.ts";
import { DAMAGED_KINDS } from "./scan-word.ts";

/**
 * What findings ask a restore for: chunks that are missing or damaged, index files that are, and the folders of tenants whose index
 * is gone. Of orphans, duplicates and garbage nothing is missing.
 */
export function targetsOf(
  findings: Iterable<Pick<StorageFinding, "kind" | "key">>,
  indexPrefix: string,
): NonNullable<PlanScope["targets"]> {
  const chunks = new Set<string>();
  const indexes = new Set<string>();
  for (const { kind, key } of findings) {
    if (kind === "missing-index-of-day") indexes.add(key);
    else if (kind !== "missing-chunk" && !DAMAGED_KINDS.has(kind)) continue;
    else if (key.startsWith(indexPrefix)) for (const target of indexTargets(key, indexPrefix)) indexes.add(target);
    else if (parseChunkKey(key) !== null) chunks.add(key);
  }
  return { chunks, indexes };
}

/** Where a tenant's own file is damaged, another one of the tenant may have to stand in for it. */
function indexTargets(key: string, indexPrefix: string): readonly string[] {
  const index = parseIndexKey(key.slice(indexPrefix.length));
  return index?.kind === "compacted" ? [key, `${indexPrefix}${index.table}/${index.tenant}/`] : [key];
}
