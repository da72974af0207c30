import { z } from "zod";
import { restoreReportSchema, type RestorePlan } from "../../../../../src-shared/model/storage/restore.ts";

/**
 * What a job that restores commits: its report, for people, and where it is. Objects are done in the order of the plan; all
 * before `position` are settled and counted.
 */
export const restoreCheckpointSchema = restoreReportSchema.extend({
  position: z.number().int().min(0),
  /** Bytes of the plan before `position`. */
  settledBytes: z.number(),
  /** Keys of chunks that were not brought back: an index file that names one waits. */
  failedChunks: z.array(z.string()),
  /** Uploads in parts that were begun and not ended. */
  uploads: z.array(z.object({ key: z.string(), uploadId: z.string() })),
  /** While copying, over all runs. */
  copyingMs: z.number(),
});
export type RestoreCheckpoint = z.output<typeof restoreCheckpointSchema>;

export function freshCheckpoint(plan: RestorePlan, reason: string): RestoreCheckpoint {
  return {
    plan,
    steps: plan.steps.map(() => ({ state: "waiting", startedAtMs: null, endedAtMs: null, detail: null })),
    written: 0,
    writtenBytes: 0,
    verified: 0,
    found: 0,
    failed: [],
    failedCount: 0,
    canaries: plan.canaries,
    compactor: null,
    bytesPerSecond: null,
    objectsPerSecond: null,
    done: false,
    reason,
    position: 0,
    settledBytes: 0,
    failedChunks: [],
    uploads: [],
    copyingMs: 0,
  };
}
