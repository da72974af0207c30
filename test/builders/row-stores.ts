import { join } from "node:path";
import { RowStore } from "../../src-main/core/logs/result-set/row-store.ts";
import { SegmentMemory } from "../../src-main/core/logs/result-set/segment-memory.ts";
import { openSpillFile, type OpenSpillFile } from "../../src-main/core/logs/result-set/spill-file.ts";
import { ManualClock } from "./manual-clock.ts";
import { RecordingLogger } from "./recording-logger.ts";

export interface StoreBench {
  readonly memory: SegmentMemory;
  readonly logger: RecordingLogger;
  store(): RowStore;
}

/** Stores that share a memory of so many bytes and spill into a folder. */
export function storeBench(folder: string, budgetBytes: number, open: OpenSpillFile = openSpillFile): StoreBench {
  const logger = new RecordingLogger();
  const memory = new SegmentMemory({ budgetBytes: () => budgetBytes, clock: new ManualClock(), logger });
  let made = 0;
  return {
    memory,
    logger,
    store: () => {
      made += 1;
      const path = join(folder, `${made}.rows`);
      return new RowStore(memory, () => open(path));
    },
  };
}
