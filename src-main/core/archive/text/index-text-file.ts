import PQueue from "p-queue";
import { NO_CARRY, sameCarry } from "./text-carry.ts";
import type { TextCarry, LineReading } from "../archive-block.ts";
import type { BlockInspector, TextBlockIndex } from "../archive-contents.ts";
import type { PreparedFile } from "./prepare-text-file.ts";
import type { TextPlace } from "./text-place.ts";
import { countedYear } from "./times/stamp-clock.ts";

/** Bytes of a block: some ten thousand lines, a few hundredths of a second to read. */
export const TEXT_BLOCK_BYTES = 6 * 1024 * 1024;

export interface IndexedBlock {
  readonly place: TextPlace;
  readonly index: TextBlockIndex;
}

export interface IndexOptions {
  readonly inspector: BlockInspector;
  /** Shared by all files, so that no more than so many blocks are read at once. */
  readonly queue: PQueue;
  readonly signal: AbortSignal;
  readonly onBlock: (bytes: number) => void;
  readonly blockBytes?: number;
}

/**
 * Indexes a file's blocks in parallel, then sees what each leaves to the next: a year that has passed, a line's missing part, a
 * time. Blocks whose rows depend on it, and for which it is not what they were read with, are indexed again, until all fit.
 */
export async function indexTextFile(
  file: PreparedFile,
  reading: LineReading,
  options: IndexOptions,
): Promise<IndexedBlock[]> {
  const { blockBytes = TEXT_BLOCK_BYTES, signal } = options;
  const blocks: IndexedBlock[] = await Promise.all(
    ranges(file.sizeBytes, blockBytes).map(async ([start, end]) => {
      const place: TextPlace = {
        kind: "text",
        file: file.path,
        start,
        end,
        fileBytes: file.sizeBytes,
        fingerprint: file.fingerprint,
        firstEntry: 0,
        carry: NO_CARRY,
        reading,
      };
      const block = await indexBlock(place, options);
      options.onBlock(end - start);
      return block;
    }),
  );
  for (let round = 0; round <= blocks.length; round++) {
    signal.throwIfAborted();
    const stale = chain(blocks);
    if (stale.length === 0) break;
    // oxlint-disable-next-line no-await-in-loop -- a round stands on the one before
    const again = await Promise.all(
      stale.map(async ({ at, place }) => ({ at, block: await indexBlock(place, options) })),
    );
    for (const { at, block } of again) blocks[at] = block;
  }
  return numbered(blocks, reading);
}

async function indexBlock(place: TextPlace, { inspector, queue, signal }: IndexOptions): Promise<IndexedBlock> {
  const index = await queue.add(() => inspector.indexText(place, signal), { signal });
  return { place, index };
}

interface StaleBlock {
  readonly at: number;
  readonly place: TextPlace;
}

/** Gives each block what is before it; answers with those that are to be indexed again for it. */
function chain(blocks: IndexedBlock[]): StaleBlock[] {
  const stale: StaleBlock[] = [];
  const firstNs = blocks.find(({ index }) => index.firstNs !== null)?.index.firstNs ?? null;
  let carry: TextCarry = { ...NO_CARRY, lastNs: firstNs };
  for (const [at, { place, index }] of blocks.entries()) {
    const next = { ...place, carry };
    const years = yearsOff(index, carry, place.reading.year);
    if (years !== 0 || index.carryUsed.some((key) => !sameCarry(key, place.carry, carry))) {
      stale.push({ at, place: next });
    } else blocks[at] = { place: next, index };
    const { date, lastNs, openParts } = index.carryAfter;
    carry = {
      date: index.firstDate === null || date === null ? carry.date : { year: date.year + years, month: date.month },
      lastNs: index.firstNs === null ? carry.lastNs : lastNs,
      openParts: index.carryUsed.includes("openParts") ? openParts : carry.openParts,
    };
  }
  return stale;
}

/** How many years the block's dates were read too early. */
function yearsOff({ firstDate }: TextBlockIndex, carry: TextCarry, firstYear: number | null): number {
  if (firstDate === null || firstYear === null) return 0;
  return countedYear(carry.date, firstDate.month, firstYear) - firstDate.year;
}

/** Numbers the entries through the file; lines without time get theirs by their number. */
function numbered(blocks: readonly IndexedBlock[], { timelessFromNs, timeRule, format }: LineReading): IndexedBlock[] {
  const isTimeless = timeRule === null && (format === "text" || format === "kubectl") && timelessFromNs !== null;
  let firstEntry = 0;
  return blocks.map(({ place, index }) => {
    const shift = isTimeless ? BigInt(firstEntry) : 0n;
    const block = {
      place: { ...place, firstEntry },
      index: {
        ...index,
        minNs: index.minNs === null ? null : index.minNs + shift,
        maxNs: index.maxNs === null ? null : index.maxNs + shift,
      },
    };
    firstEntry += index.rows;
    return block;
  });
}

function ranges(sizeBytes: number, blockBytes: number): (readonly [number, number])[] {
  const count = Math.ceil(sizeBytes / blockBytes);
  return Array.from({ length: count }, (_, block) => [
    block * blockBytes,
    Math.min(sizeBytes, (block + 1) * blockBytes),
  ]);
}
