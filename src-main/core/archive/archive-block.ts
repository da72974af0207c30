import type { FileFormat } from "../../../src-shared/model/archive.ts";
import type { LabelSet } from "../../../src-shared/model/labels.ts";
import type { WireError } from "../../../src-shared/errors/wire-error.ts";

/** How the lines of a file are read; all of it was found or said when the file was opened. Plain data: it goes to workers. */
export interface LineReading {
  readonly format: FileFormat;
  /** The rule that reads a line's time, by name; `null` where lines have none. Only for `text` and `kubectl`. */
  readonly timeRule: string | null;
  /** Offset east of UTC or IANA name, for times without a zone. */
  readonly zone: string | null;
  /** The year of the file's first dated line, for times without one; it is counted along (`TextCarry.date`). */
  readonly year: number | null;
  /** The stream of lines whose format names none. */
  readonly labels: LabelSet;
  /** Labels that are added to streams which lines name themselves, where these do not have them. */
  readonly addedLabels: LabelSet;
  /** Lines of these tenants only, `null` among them for lines that name none; `null` takes all lines. */
  readonly tenants: readonly (string | null)[] | null;
  /** For lines without any time: row `i` of the file is at this instant plus `i` nanoseconds. */
  readonly timelessFromNs: bigint | null;
}

/** What the lines before a block of text leave to it; found when the file is opened. */
export interface TextCarry {
  /** Year and month (1–12) of the last line whose time has no year. */
  readonly date: { readonly year: number; readonly month: number } | null;
  /** Time of the last entry before; at the file's beginning its first time. Stands for times that cannot be read. */
  readonly lastNs: bigint | null;
  /** Container streams whose last line was a part: their next line belongs to an entry that began before the block. */
  readonly openParts: readonly string[];
}

/** Where a block's bytes are. */
export type BlockPlace =
  | {
      readonly kind: "parquet";
      readonly file: string;
      readonly rowGroup: number;
      /** How a file of others is read, found when it was opened; files of ours say it themselves. */
      readonly foreign?: ForeignColumns;
    }
  | {
      readonly kind: "text";
      /** UTF-8 on disk, unpacked; entries that begin in bytes `[start, end)` belong to the block, to their last line. */
      readonly file: string;
      readonly start: number;
      readonly end: number;
      /** Size the file had when it was opened; a file that shrank is `archive.changed`, what was appended is left out. */
      readonly fileBytes: number;
      /** What tells the file from another one that took its place: its number on disk, checksums of its ends. */
      readonly fingerprint: string;
      /** Number of the block's first entry in its file; the tie-breaker, and the clock of lines without time. */
      readonly firstEntry: number;
      readonly carry: TextCarry;
      readonly reading: LineReading;
    }
  | { readonly kind: "chunk"; readonly file: string; readonly key: string };

/** Which columns of a Parquet file of others are what; columns by their position among those that hold values. */
export interface ForeignColumns {
  readonly time: {
    readonly column: number;
    readonly unit: "s" | "ms" | "us" | "ns";
    /** Of a time by the wall clock; `null` for instants. */
    readonly zone: string | null;
  };
  readonly line: number;
  readonly labels: readonly { readonly name: string; readonly column: number }[];
  readonly metadata: readonly { readonly name: string; readonly column: number }[];
  /** Maps from text to text: columns of keys and of values. */
  readonly maps: readonly { readonly becomes: "labels" | "metadata"; readonly keys: number; readonly values: number }[];
  /** Labels of all rows: Hive partitions, and what a person said. */
  readonly fixedLabels: LabelSet;
}

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
