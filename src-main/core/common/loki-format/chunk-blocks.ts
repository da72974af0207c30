import { crc32c } from "@node-rs/crc32";
import { readU32 } from "./byte-cursor.ts";
import { checksumText, type ChunkFinding } from "./chunk-finding.ts";
import type { BlockMeta, ChunkLayout } from "./chunk-layout.ts";
import { decompress } from "./decompress.ts";

/** A block of a chunk cannot unpack to more. Ingesters cut blocks at 256 KiB; one entry may be longer. */
export const BLOCK_MAX_BYTES = 256 * 1_048_576;
/** All blocks of a chunk together; ingesters cut chunks at 1.5 MiB packed. */
export const CHUNK_MAX_BYTES = 512 * 1_048_576;

/** A block whose bytes are proven and unpacked. */
export interface UnpackedBlock {
  readonly meta: BlockMeta;
  readonly bytes: Uint8Array;
}

function sound(chunk: Uint8Array, offset: number, length: number): boolean {
  return (
    offset + length + 4 <= chunk.length &&
    crc32c(chunk.subarray(offset, offset + length)) === readU32(chunk, offset + length)
  );
}

function evidence(meta: BlockMeta, dataStart: number): Omit<ChunkFinding, "kind"> {
  return {
    offset: dataStart + meta.offset,
    length: meta.lengthBytes,
    block: meta.number,
    entriesLost: meta.entries,
    startNs: meta.minNs,
    endNs: meta.maxNs,
  };
}

/**
 * What a block may unpack to: the ingester's own estimate, which leaves out numbers and references, with room to spare. So a
 * bomb is stopped long before it hurts.
 */
function unpackedLimit(meta: BlockMeta, left: number): number {
  const estimate = meta.uncompressedBytes;
  const most = Math.min(BLOCK_MAX_BYTES, left);
  if (estimate === null || estimate === 0) return most;
  return Math.min(most, 65_536 + 4 * estimate + 64 * meta.entries);
}

/**
 * Checks and unpacks all blocks of an inner chunk, `chunk`, which lies at `dataStart` of its object. As Loki does, a block is
 * looked for where the table says and then where it follows from the block before; what Loki leaves out in silence is a
 * finding here.
 */
export function unpackBlocks(
  chunk: Uint8Array,
  layout: ChunkLayout,
  dataStart: number,
): { readonly blocks: readonly UnpackedBlock[]; readonly findings: readonly ChunkFinding[] } {
  const blocks: UnpackedBlock[] = [];
  const findings: ChunkFinding[] = [];
  let expectedOffset = layout.blocksOffset;
  let left = CHUNK_MAX_BYTES;
  for (const meta of layout.blocks) {
    const { lengthBytes } = meta;
    let { offset } = meta;
    if (!sound(chunk, offset, lengthBytes)) {
      if (offset !== expectedOffset && sound(chunk, expectedOffset, lengthBytes)) {
        const values = { expected: String(dataStart + expectedOffset), actual: String(dataStart + offset) };
        findings.push({ kind: "block-offset", ...evidence(meta, dataStart), ...values, entriesLost: 0 });
        offset = expectedOffset;
      } else {
        findings.push(unsound(chunk, meta, dataStart));
        expectedOffset = offset + lengthBytes + 4;
        continue;
      }
    }
    expectedOffset = offset + lengthBytes + 4;
    const limit = unpackedLimit(meta, left);
    const plain = decompress(
      layout.codec,
      chunk.subarray(offset, offset + lengthBytes),
      limit,
      Math.min(BLOCK_MAX_BYTES, left),
    );
    if (!plain.ok) {
      const kind = plain.tooLarge === true ? "block-too-large" : "block-unreadable";
      findings.push({
        kind,
        ...evidence(meta, dataStart),
        offset: dataStart + offset + plain.atByte,
        detail: plain.problem,
      });
      continue;
    }
    left -= plain.bytes.length;
    blocks.push({ meta, bytes: plain.bytes });
  }
  return { blocks, findings };
}

function unsound(chunk: Uint8Array, meta: BlockMeta, dataStart: number): ChunkFinding {
  const { offset, lengthBytes } = meta;
  if (offset + lengthBytes + 4 > chunk.length) {
    const values = { expected: `at most ${chunk.length} bytes`, actual: `${offset + lengthBytes + 4} bytes` };
    return { kind: "block-bounds", ...evidence(meta, dataStart), ...values };
  }
  const expected = checksumText(readU32(chunk, offset + lengthBytes));
  const actual = checksumText(crc32c(chunk.subarray(offset, offset + lengthBytes)));
  return { kind: "block-checksum", ...evidence(meta, dataStart), expected, actual };
}
