import { restoreReportSchema } from "../../../../../src-shared/model/storage/restore.ts";
import type { JobId } from "../../../../../src-shared/model/ids.ts";
import type { Job } from "../../../../../src-shared/model/job.ts";
import { RESTORE_JOB } from "./restore.job.ts";

/**
 * Restores that an ended console left behind with the compactor paused: taken up again, they go on and give it back. A Loki
 * without a compactor grows its index without end, and deletes nothing.
 */
export function unpaused(jobs: readonly Job[]): readonly JobId[] {
  return jobs.flatMap(({ id, kind, state, output }) => {
    if (kind !== RESTORE_JOB || state !== "interrupted") return [];
    const parsed = restoreReportSchema.safeParse(output);
    return parsed.success && parsed.data.compactor?.resumed === false ? [id] : [];
  });
}
