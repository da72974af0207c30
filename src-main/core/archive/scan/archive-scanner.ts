import type { BlockInspector } from "../archive-contents.ts";
import type { ScanAnswers, ScanRequest } from "./scan-protocol.ts";

/** Requests of one purpose. Jobs take turns, so a look at a small archive does not wait for a count over a large one. */
export interface ScanJob {
  readonly name: string;
}

/** Reads blocks of archives for queries, away from the main thread. */
export interface ArchiveScanner extends BlockInspector {
  /** How many requests are worked on at a time. */
  readonly threads: number;
  /**
   * @throws `request.cancelled`, what the block's decoder throws where nothing of the block can be read, and `internal`
   * when the thread was lost.
   */
  scan<Kind extends ScanRequest["kind"]>(
    job: ScanJob,
    request: Extract<ScanRequest, { readonly kind: Kind }>,
    signal: AbortSignal,
  ): Promise<ScanAnswers[Kind]>;
}
