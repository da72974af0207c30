/** The worker threads' entries, by file name in `src-main/workers` without `.worker.ts`. */
export const WORKER_NAMES = [
  "loki-page",
  "row-scan",
  "archive-scan",
  "archive-write",
  "lab",
  "storage-check",
  "storage-scan",
  "storage-desk",
  "restore-index",
  "series-table",
  "ledger",
  "limits-read",
  "limits-plan",
] as const;

export type WorkerName = (typeof WORKER_NAMES)[number];

/**
 * Where a worker's file is: `.ts` beside the source in tests, `.js` in the bundle. The shell that starts the core knows
 * which, so it is passed in.
 */
export type WorkerLocator = (name: WorkerName) => URL;
