import { formatLabelSet, type LabelSet } from "../../../src-shared/model/labels.ts";
import type { ArchiveContents } from "./archive-contents.ts";

/** Streams that are looked at for the choice of columns; more of them would not change it. */
const MAX_STREAMS = 20_000;

/** Streams by which the label columns of a new archive are chosen: what the blocks say, else those of the first rows. */
export function importColumns(
  contents: ArchiveContents,
  firstStreams: readonly LabelSet[],
  labels: LabelSet,
): readonly LabelSet[] {
  const streams = new Map<string, LabelSet>();
  for (const block of contents.blocks) {
    for (const stream of block.streams ?? []) {
      if (streams.size >= MAX_STREAMS) break;
      streams.set(formatLabelSet(stream), stream);
    }
  }
  const known = streams.size === 0 ? firstStreams : [...streams.values()];
  return known.map((stream) => ({ ...stream, ...labels }));
}

/** Rows of these tenants (`null`: all) before equal ones are dropped; `null` where only reading tells. */
export function rowsOf({ blocks }: ArchiveContents, tenants: readonly string[] | null): number | null {
  let total = 0;
  for (const { rows, tenant } of blocks) {
    if (tenants !== null && !tenants.includes(tenant)) continue;
    if (rows === null) return null;
    total += rows;
  }
  return total;
}

/** Contents by their size: what has grown or shrunk is not what an import began with. */
export function basisOf(contents: ArchiveContents): string {
  const bytes = contents.blocks.reduce((total, block) => total + block.bytes, 0);
  return `${contents.blocks.length} blocks, ${rowsOf(contents, null) ?? "?"} rows, ${bytes} bytes`;
}
