import type { FileFormat } from "../../../src-shared/model/archive.ts";
import type { LabelSet } from "../../../src-shared/model/labels.ts";
import type { WireError } from "../../../src-shared/errors/wire-error.ts";

/** How the lines of a file are read; all of it was found or said when the file was opened. Plain data: it goes to workers. */
export interface LineReading {
  readonly format: FileFormat;
  /** The rule that reads a line's time, by name; `null` where lines have none. Only for `text`. */
  readonly timeRule: string | null;
  /** Offset east of UTC or IANA name, for times without a zone. */
  readonly zone: string | null;
  /** The year at the block's first line, for times without one; later blocks may have a later year. */
  readonly year: number | null;
  /** The stream of lines whose format names none, and labels added to all. */
  readonly labels: LabelSet;
  /** For lines without any time: row `i` of the file is at this instant plus `i` nanoseconds. */
  readonly timelessFromNs: bigint | null;
}

/** Where a block's bytes are. */
export type BlockPlace =
  | { readonly kind: "parquet"; readonly file: string; readonly rowGroup: number }
  | {
      readonly kind: "text";
      /** UTF-8 on disk, unpacked; entries that begin in bytes `[start, end)` belong to the block, to their last line. */
      readonly file: string;
      readonly start: number;
      readonly end: number;
      /** Size the file had when it was opened; a file that shrank is `archive.changed`, what was appended is left out. */
      readonly fileBytes: number;
      /** Number of the block's first entry in its file; the tie-breaker, and the clock of lines without time. */
      readonly firstEntry: number;
      readonly reading: LineReading;
    }
  | { readonly kind: "chunk"; readonly file: string; readonly key: string };

/** What one worker reads at a time: some ten thousand rows. Times are of its rows, both ends included. */
export interface ArchiveBlock {
  readonly place: BlockPlace;
  readonly tenant: string;
  readonly minNs: bigint;
  readonly maxNs: bigint;
  /** `null` where only reading tells. */
  readonly rows: number | null;
  /** Bytes of lines, or of the block on disk where only reading tells; for progress and estimates. */
  readonly bytes: number;
  /** Every stream of the block where that is known without reading it, for pruning; `null` otherwise. */
  readonly streams: readonly LabelSet[] | null;
  /** Rows are ascending in time as they are stored. */
  readonly sorted: boolean;
}

/**
 * A decoded block. Line `i` is `bytes[lineStarts[i] … lineEnds[i])`, as stored: not necessarily valid UTF-8. A search may
 * run over `bytes` as a whole; what is between lines belongs to no row.
 */
export interface BlockRows {
  readonly rowCount: number;
  readonly timestampsNs: BigInt64Array;
  readonly streams: readonly LabelSet[];
  readonly streamRefs: Uint32Array;
  readonly bytes: Uint8Array;
  readonly lineStarts: Uint32Array;
  readonly lineEnds: Uint32Array;
  /** Structured metadata of a row; decoded when asked for. Equal sets may be one object. */
  readonly metadata: ((row: number) => LabelSet | undefined) | null;
  /** Labels that a pipeline had added before the rows were archived. */
  readonly parsed: ((row: number) => LabelSet | undefined) | null;
  /** What could not be read of this block; the rest is in the rows. */
  readonly problems: readonly BlockProblem[];
}

export interface BlockProblem {
  readonly part: string;
  readonly error: WireError;
  readonly count: number;
  /** Entries that are known to be missing because of it; the evidence of `lines-missing`. */
  readonly entriesLost?: number;
  readonly startNs?: bigint;
  readonly endNs?: bigint;
}

/** Reads one block, in a worker thread. Throws an `AppError` only where nothing of the block can be read. */
export type DecodeBlock<Kind extends BlockPlace["kind"]> = (
  place: Extract<BlockPlace, { readonly kind: Kind }>,
) => BlockRows | Promise<BlockRows>;
