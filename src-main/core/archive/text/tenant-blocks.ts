import type { ArchiveProblem } from "../../../../src-shared/model/archive.ts";
import type { ArchiveBlock } from "../archive-block.ts";
import type { IndexedBlock, IndexOptions } from "./index-text-file.ts";

export interface TenantBlocks {
  readonly blocks: readonly ArchiveBlock[];
  readonly problems: readonly ArchiveProblem[];
}

/**
 * Blocks as an archive has them: of one tenant each. Where a block's lines name several, it becomes one a tenant, each indexed
 * for itself; lines that name none belong to `defaultTenant`. Blocks without rows are left out.
 */
export async function tenantBlocks(
  blocks: readonly IndexedBlock[],
  defaultTenant: string,
  { inspector, queue, signal }: IndexOptions,
): Promise<{ readonly blocks: readonly ArchiveBlock[] }> {
  const split = await Promise.all(
    blocks.map(async (block): Promise<ArchiveBlock[]> => {
      const named = Map.groupBy(block.index.tenants, (tenant) => tenant ?? defaultTenant);
      if (named.size <= 1) return [...named.keys()].flatMap((tenant) => archived(block, tenant));
      const each = await Promise.all(
        [...named].map(async ([tenant, tenants]) => {
          const place = { ...block.place, reading: { ...block.place.reading, tenants } };
          const index = await queue.add(() => inspector.indexText(place, signal), { signal });
          return archived({ place, index }, tenant);
        }),
      );
      return each.flat();
    }),
  );
  return { blocks: split.flat() };
}

function archived({ place, index }: IndexedBlock, tenant: string): ArchiveBlock[] {
  if (index.minNs === null || index.maxNs === null) return [];
  return [
    {
      place,
      tenant,
      minNs: index.minNs,
      maxNs: index.maxNs,
      rows: index.rows,
      bytes: index.lineBytes,
      streams: index.streams === null ? null : index.streams.map(({ labels }) => labels),
      sorted: index.sorted,
    },
  ];
}
