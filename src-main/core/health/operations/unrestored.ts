import { operationReportSchema } from "../../../../src-shared/model/health/operation.ts";
import type { JobId } from "../../../../src-shared/model/ids.ts";
import type { Job } from "../../../../src-shared/model/job.ts";
import { OPERATION_JOB } from "./operation.job.ts";

/**
 * Jobs that an ended console left behind with a log level raised: taken up again, they wait for what is left of their
 * minutes and set it back. Nothing else is taken up without being asked for, since it would go on acting.
 */
export function unrestored(jobs: readonly Job[]): readonly JobId[] {
  return jobs.flatMap(({ id, kind, state, output }) => {
    if (kind !== OPERATION_JOB || state !== "interrupted") return [];
    const parsed = operationReportSchema.safeParse(output);
    if (!parsed.success || parsed.data.plan.operation.kind !== "log-level") return [];
    const { plan, steps } = parsed.data;
    const at = (key: string) => steps[plan.steps.findIndex((step) => step.key === key)];
    const raised = at("send-level")?.startedAtMs != null;
    return raised && at("restore-level")?.state !== "done" ? [id] : [];
  });
}
