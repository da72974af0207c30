import type { JobId } from "../../../../src-shared/model/ids.ts";
import type { ScanRequest, ScanSummary } from "../../../../src-shared/model/storage/scan.ts";
import type { ChunkChecker } from "../integrity/chunk-checker.ts";
import type { BucketLayout } from "../integrity/object-kind.ts";

/** Everything that a scan is told; plain data for its thread. */
export interface ScanOrder {
  readonly scan: JobId;
  readonly request: ScanRequest;
  /** Of the store. */
  readonly title: string;
  readonly principal: string;
  readonly startedAtMs: number;
  readonly layout: BucketLayout;
  /** Where findings are kept. */
  readonly findingsFile: string;
  /** What was read of this store before; `null` where nothing is remembered. */
  readonly ledgerFile: string | null;
  /** Where its sample begins, in percent. */
  readonly sampleFrom: number;
  /** Scans of the store that are kept. */
  readonly keepScans: number;
  readonly batches: Pick<ChunkChecker, "batchObjects" | "batchBytes" | "batchesAtOnce">;
}

/** How far a scan is: what is listed of it, and what its job shows. */
export interface ScanNews {
  readonly summary: ScanSummary;
  readonly phase: "chunks" | "index" | "compare" | "keep";
  /** Bytes of chunks and index files that are done, of those listed so far. */
  readonly bytes: number;
  readonly totalBytes: number;
  /** Whether everything is listed: before that, the total grows. */
  readonly listed: boolean;
}

/** What a scan is before anything was read. */
export function emptySummary(
  order: Pick<ScanOrder, "scan" | "request" | "title" | "principal" | "startedAtMs">,
): ScanSummary {
  const { scan, request, title, principal, startedAtMs } = order;
  return {
    scan,
    request,
    title,
    principal,
    state: "running",
    startedAtMs,
    endedAtMs: null,
    objects: 0,
    bytes: 0,
    chunks: 0,
    indexFiles: 0,
    references: 0,
    checked: 0,
    reused: 0,
    skipped: 0,
    checkedBytes: 0,
    counts: { critical: 0, warning: 0, info: 0 },
    kinds: {},
    compared: null,
    gaps: [],
  };
}
