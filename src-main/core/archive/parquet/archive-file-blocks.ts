import type { ArchiveBlock } from "../archive-block.ts";
import { LINE_COLUMN, TIME_COLUMN } from "./archive-columns.ts";
import type { KnownFile } from "./open-parquet-file.ts";
import { ParquetDamage } from "./parquet-damage.ts";
import { MAX_NANO_TIME, MIN_NANO_TIME } from "../../../../src-shared/model/nano-time.ts";

/** Blocks of a file of ours by its footer. Row groups without rows are none. */
export function archiveFileBlocks({ footer, facts }: KnownFile, tenant: string): ArchiveBlock[] {
  if (facts === null) throw new ParquetDamage("it says nothing of its streams");
  const time = footer.leaves.find(({ path }) => path.length === 1 && path[0] === TIME_COLUMN);
  const line = footer.leaves.find(({ path }) => path.length === 1 && path[0] === LINE_COLUMN);
  if (time === undefined || line === undefined) throw new ParquetDamage("it has no timestamp or no line");
  const blocks: ArchiveBlock[] = [];
  for (const [rowGroup, group] of footer.rowGroups.entries()) {
    const rows = Number(group.num_rows);
    if (rows === 0) continue;
    const said = facts.groups?.[rowGroup];
    const bounds = group.columns[time.index]?.meta_data?.statistics;
    const lineBytes = Number(group.columns[line.index]?.meta_data?.total_uncompressed_size ?? 0n);
    blocks.push({
      place: { kind: "parquet", file: footer.file, rowGroup },
      tenant: said?.t ?? tenant,
      minNs: typeof bounds?.min_value === "bigint" ? bounds.min_value : MIN_NANO_TIME,
      maxNs: typeof bounds?.max_value === "bigint" ? bounds.max_value : MAX_NANO_TIME,
      rows,
      bytes: said?.b ?? lineBytes,
      streams:
        said === undefined || said.s === null
          ? null
          : said.s.map((number) => {
              const stream = facts.streams[number];
              if (stream === undefined) throw new ParquetDamage(`stream ${number} of ${facts.streams.length}`);
              return stream;
            }),
      sorted: said?.o ?? false,
    });
  }
  return blocks;
}

/** First and last instant of blocks; `null` of none. */
export function boundsOfBlocks(
  blocks: readonly ArchiveBlock[],
): { readonly minNs: bigint; readonly maxNs: bigint } | null {
  const [first] = blocks;
  if (first === undefined) return null;
  let { minNs, maxNs } = first;
  for (const block of blocks) {
    if (block.minNs < minNs) minNs = block.minNs;
    if (block.maxNs > maxNs) maxNs = block.maxNs;
  }
  return { minNs, maxNs };
}
