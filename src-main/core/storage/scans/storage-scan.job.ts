import { z } from "zod";
import {
  scanRequestSchema,
  scanSummarySchema,
  type ScanRequest,
  type ScanSummary,
} from "../../../../src-shared/model/storage/scan.ts";
import type { JobContext, JobDefinition } from "../../jobs/job-definition.ts";

export const STORAGE_SCAN_JOB = "storage-scan";

/** What stays the same however often a scan is resumed. What it has read is in the store's ledger. */
export const scanCheckpointSchema = z.object({
  startedAtMs: z.number(),
  /** Where its sample begins, in percent. */
  sampleFrom: z.number().min(0).max(100),
});
export type ScanCheckpoint = z.output<typeof scanCheckpointSchema>;

/** A request with what people call its store: the job's title is shown long after. */
export const scanInputSchema = scanRequestSchema.extend({ title: z.string() });
export type ScanInput = ScanRequest & { readonly title: string };

export type ScanContext = JobContext<ScanInput, ScanCheckpoint>;
export type ScanJob = JobDefinition<ScanInput, ScanCheckpoint, ScanSummary>;

/** A scan as a durable job. All tenants' data lies in one bucket, so only who may see every tenant sees it. */
export function createStorageScanJob(run: (context: ScanContext) => Promise<ScanSummary>): ScanJob {
  return {
    kind: STORAGE_SCAN_JOB,
    input: scanInputSchema,
    checkpoint: scanCheckpointSchema,
    output: scanSummarySchema,
    canPause: true,
    titleParams: ({ title }) => ({ store: title }),
    run,
  };
}
