import type { LogBatch } from "../../../../src-shared/model/log-batch.ts";
import type { TimeRange } from "../../../../src-shared/model/nano-time.ts";
import type { BlockProblem } from "../archive-block.ts";
import type { ArchiveContents } from "../archive-contents.ts";
import type { ArchiveScanner } from "./archive-scanner.ts";

export interface ArchiveRowsOptions {
  readonly contents: ArchiveContents;
  readonly tenant: string;
  /** `null` for all rows; a range is half open and so cannot hold the last instant there is. */
  readonly range: TimeRange | null;
  readonly pool: ArchiveScanner;
  /** Called for every part that could not be read; the rows of the others come. */
  readonly onProblem: (problem: BlockProblem) => void;
}

/** All rows of a tenant as they are stored, ascending in time; for import and verification. */
export async function* readArchiveRows(options: ArchiveRowsOptions, signal: AbortSignal): AsyncGenerator<LogBatch> {
  signal.throwIfAborted();
  throw new Error(`in the making: ${options.tenant}`);
}
