import type { LogBatch } from "../../../../src-shared/model/log-batch.ts";
import { MAX_NANO_TIME, MIN_NANO_TIME, type TimeRange } from "../../../../src-shared/model/nano-time.ts";
import type { BlockProblem } from "../archive-block.ts";
import type { ArchiveContents } from "../archive-contents.ts";
import type { ArchiveScanner } from "./archive-scanner.ts";
import { ReadAccount } from "./read-account.ts";
import { readRows } from "./read-rows.ts";
import { planBlocks } from "./scan-plan.ts";

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
  const { contents, tenant, pool, onProblem } = options;
  const { startNs, endNs } = options.range ?? { startNs: MIN_NANO_TIME, endNs: MAX_NANO_TIME + 1n };
  const blocks = planBlocks({ contents, tenant, startNs, endNs, takes: () => true, direction: "forward" });
  const batches = readRows(
    {
      blocks,
      expr: null,
      startNs,
      endNs,
      direction: "forward",
      streamOrder: "ascending",
      limit: null,
      nowNs: 0n,
      scanner: pool,
      account: new ReadAccount(onProblem),
    },
    signal,
  );
  for await (const batch of batches) if (batch !== null) yield batch;
}
