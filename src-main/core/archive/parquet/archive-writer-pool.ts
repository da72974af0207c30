import type { Logger } from "../../common/logger.ts";
import type { WorkerLocator } from "../../common/worker-entry.ts";
import type { ArchiveWriter } from "../archive-writer.ts";

export interface ArchiveWriterOptions {
  readonly locate: WorkerLocator;
  /** Encoding threads at most; started when there is work for them. */
  readonly threads: number;
  readonly logger: Logger;
}

/** Encodes slices as Parquet in worker threads. One pool serves a process. */
export function createArchiveWriter(options: ArchiveWriterOptions): ArchiveWriter {
  throw new Error(`in the making: ${options.threads}`);
}
