import type {
  ArchiveAssumptions,
  ArchiveKind,
  ArchiveProblem,
  ArchiveQuestion,
  Provenance,
} from "../../../src-shared/model/archive.ts";
import type { Completeness } from "../../../src-shared/model/completeness.ts";
import type { Clock } from "../common/clock.ts";
import type { Logger } from "../common/logger.ts";
import type { ArchiveBlock, BlockPlace, BlockProblem, TextCarry } from "./archive-block.ts";

/** What opening found: everything that reading needs, none of the rows. */
export interface ArchiveContents {
  readonly kind: ArchiveKind;
  readonly title: string;
  readonly blocks: readonly ArchiveBlock[];
  readonly tenants: readonly string[];
  /** Names of the formats found, for the person: `text: apache-error`, `parquet`, `loki chunk v4 snappy`. */
  readonly formats: readonly string[];
  readonly problems: readonly ArchiveProblem[];
  /** Of the archive as a whole: what its export said, what could not be opened. */
  readonly completeness: Completeness;
  readonly provenance: Provenance | null;
  readonly assumptions: ArchiveAssumptions;
  /**
   * Whether equal rows (stream, time, line, metadata) are one, as a Loki stores them: for what came from or goes to a Loki
   * (chunks of several replicas, pushes), never for text files, where two equal lines are two events.
   */
  readonly dropsDuplicates: boolean;
}

export type OpenOutcome =
  | { readonly kind: "opened"; readonly contents: ArchiveContents }
  | { readonly kind: "questions"; readonly questions: readonly ArchiveQuestion[] };

/** What a worker finds out about a block of a text file before anything is asked of it. */
export interface TextBlockIndex {
  readonly rows: number;
  readonly lineBytes: number;
  readonly minNs: bigint | null;
  readonly maxNs: bigint | null;
  readonly sorted: boolean;
  /** Streams and tenants by the lines themselves, up to 1,000 streams; `null` past that. */
  readonly streams:
    | readonly { readonly tenant: string | null; readonly labels: Readonly<Record<string, string>> }[]
    | null;
  /** Every tenant that lines name; `null` for lines that name none. */
  readonly tenants: readonly (string | null)[];
  /** The first time that could be read. */
  readonly firstNs: bigint | null;
  /** What the block leaves to the next one. */
  readonly carryAfter: TextCarry;
  /** Year and month of the first line whose time has no year: whether they fit to `place.carry.date` can be told from them. */
  readonly firstDate: TextCarry["date"];
  /** On what else of `place.carry` the rows depend: another value there means that the block is to be indexed again. */
  readonly carryUsed: readonly ("lastNs" | "openParts")[];
  /** Entries left out because they are longer than can be read. */
  readonly tooLongLines: number;
  readonly unreadableLines: number;
  readonly unreadableExample: string | null;
  readonly unrepresentableTimes: number;
}

/** What a worker finds in a chunk object without decoding its lines. */
export type ChunkHead = ReadableChunk | UnreadableChunk;

/** Nothing of it can be read, or nothing of it is what its key says. */
export interface UnreadableChunk {
  readonly readable: false;
  readonly problems: readonly BlockProblem[];
}

export interface ReadableChunk {
  readonly readable: true;
  readonly tenant: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly minNs: bigint;
  readonly maxNs: bigint;
  readonly rows: number;
  readonly bytes: number;
  /** `loki chunk v4 snappy`. */
  readonly format: string;
  /** What is wrong with an object that can be read all the same. */
  readonly problems: readonly BlockProblem[];
}

/** Work on files that runs in worker threads; the pool of the archive scan implements it. */
export interface BlockInspector {
  indexText(place: Extract<BlockPlace, { readonly kind: "text" }>, signal: AbortSignal): Promise<TextBlockIndex>;
  /** Rejects with an `AppError` where the file cannot be read; a damaged object is an answer. */
  chunkHead(place: Extract<BlockPlace, { readonly kind: "chunk" }>, signal: AbortSignal): Promise<ChunkHead>;
}

/** What the openers of each kind are given. */
export interface OpenParts {
  readonly inspector: BlockInspector;
  /** A folder of this opening alone, for unpacked copies; it lives as long as the archive is open. */
  readonly workDirectory: string;
  /** Bytes that unpacking one file may write. */
  readonly unpackMaxBytes: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** 0…1 of the opening, for the person who waits. */
  readonly onProgress?: (fraction: number) => void;
}

/** Opens what is at a path, or says `null`: it is not of this opener's kind. */
export type ArchiveOpener = (
  paths: readonly string[],
  assumptions: ArchiveAssumptions,
  parts: OpenParts,
) => Promise<OpenOutcome | null>;
