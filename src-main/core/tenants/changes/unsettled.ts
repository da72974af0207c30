import { limitChangeReportSchema } from "../../../../src-shared/model/tenants/limit-change.ts";
import type { JobId } from "../../../../src-shared/model/ids.ts";
import type { Job } from "../../../../src-shared/model/job.ts";
import { stepOf } from "./change-report.ts";
import { LIMITS_CHANGE_JOB } from "./limits-change.job.ts";

/**
 * Changes that an ended console had written and not seen taken: taken up again, they watch, and put back what a component refuses.
 * Nothing is written by that which was not, so what had not got so far waits for a person.
 */
export function unsettled(jobs: readonly Job[]): readonly JobId[] {
  return jobs.flatMap(({ id, kind, state, output }) => {
    if (kind !== LIMITS_CHANGE_JOB || state !== "interrupted") return [];
    const parsed = limitChangeReportSchema.safeParse(output);
    if (!parsed.success) return [];
    return stepOf(parsed.data, "write-map").state === "done" && parsed.data.writtenVersion !== null ? [id] : [];
  });
}
