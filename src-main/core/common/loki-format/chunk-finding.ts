/**
 * What can be wrong with a chunk object, from its first byte to its last. Loki itself tells most of these as one "invalid
 * chunk checksum", and some not at all: it leaves blocks out in silence.
 *
 * - `empty`: the object has no bytes.
 * - `not-a-chunk`: the bytes begin as no chunk does.
 * - `truncated`: the object ends before what its length fields promise.
 * - `trailing-bytes`: there are bytes behind the end of the chunk.
 * - `data-length`: the length of the data is another than what is there, and yet the data ends as it should.
 * - `metadata-unreadable`: the JSON with tenant, labels and bounds does not decompress, check or parse.
 * - `encoding-unknown`: an object of Cortex or of a newer Loki.
 * - `key-checksum`: the CRC32C of the whole object is not the one in its key.
 * - `key-tenant`, `key-fingerprint`, `key-from`, `key-through`: the metadata names another tenant, stream or bound than the key.
 * - `labels-hash`: the labels do not hash to the fingerprint, and it is none that Loki gives out for collisions.
 * - `header-unreadable`: magic number, version or codec of the inner chunk are none that exist.
 * - `tail-unreadable`: the offsets at the end point outside.
 * - `metas-checksum`, `metas-unreadable`: the table of blocks.
 * - `symbols-checksum`, `symbols-unreadable`: the names and values of structured metadata.
 * - `block-offset`: a block is not where the table says but where it follows from the blocks before; it is read.
 * - `block-checksum`, `block-bounds`, `block-too-large`, `block-unreadable`: entries of a block that cannot be read.
 * - `block-count`: a block holds another number of entries than the table says.
 * - `block-times`, `block-unordered`: times of entries outside of the block's bounds, or not ascending; they are read.
 * - `blocks-overlap`: a block begins before the one ahead of it ends.
 * - `bounds`: entries lie outside of the chunk's own bounds: queries by time can miss them.
 * - `metadata-reference`: an entry refers to a symbol that does not exist.
 */
export const CHUNK_FINDING_KINDS = [
  "empty",
  "not-a-chunk",
  "truncated",
  "trailing-bytes",
  "data-length",
  "metadata-unreadable",
  "encoding-unknown",
  "key-checksum",
  "key-tenant",
  "key-fingerprint",
  "key-from",
  "key-through",
  "labels-hash",
  "header-unreadable",
  "tail-unreadable",
  "metas-checksum",
  "metas-unreadable",
  "symbols-checksum",
  "symbols-unreadable",
  "block-offset",
  "block-checksum",
  "block-bounds",
  "block-too-large",
  "block-unreadable",
  "block-count",
  "block-times",
  "block-unordered",
  "blocks-overlap",
  "bounds",
  "metadata-reference",
] as const;

export type ChunkFindingKind = (typeof CHUNK_FINDING_KINDS)[number];

/** One thing that is wrong, with its evidence. Plain data. */
export interface ChunkFinding {
  readonly kind: ChunkFindingKind;
  /** Byte of the object where it shows. */
  readonly offset: number;
  /** Bytes it is about; 0 where that means nothing. */
  readonly length: number;
  /** Number of the block, from 0. */
  readonly block?: number;
  readonly expected?: string;
  readonly actual?: string;
  /** Entries that are not read because of it; absent where that is not known, 0 where all are read. */
  readonly entriesLost?: number;
  /** Of the entries it is about, both ends included. */
  readonly startNs?: bigint;
  readonly endNs?: bigint;
  /** What the library or the parser said. */
  readonly detail?: string;
}

export function checksumText(checksum: number): string {
  return checksum.toString(16).padStart(8, "0");
}

/** One plain sentence part, for the parameter of an error: `block-checksum in block 3 at byte 4711: 0000002a instead of …`. */
export function describeFinding(finding: ChunkFinding): string {
  const where = finding.block === undefined ? "" : ` in block ${finding.block}`;
  const length = finding.length === 0 ? "" : `, ${finding.length} bytes`;
  const values =
    finding.expected === undefined ? "" : `: ${finding.actual ?? "nothing"} instead of ${finding.expected}`;
  const detail = finding.detail === undefined ? "" : ` (${finding.detail})`;
  return `${finding.kind}${where} at byte ${finding.offset}${length}${values}${detail}`.slice(0, 500);
}
