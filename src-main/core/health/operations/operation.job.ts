import { operationSubject } from "../../../../src-shared/api/health.api.ts";
import { type OperationReport, operationReportSchema } from "../../../../src-shared/model/health/operation.ts";
import type { JobContext, JobDefinition } from "../../jobs/job-definition.ts";
import { type OperationInput, operationInputSchema } from "./operation-input.ts";

export const OPERATION_JOB = "health-operation";

export type OperationJob = JobDefinition<OperationInput, OperationReport, OperationReport>;

/** An operation as a durable job; its checkpoint is its report, so that it can be followed and taken up again. */
export function createOperationJob(
  run: (context: JobContext<OperationInput, OperationReport>) => Promise<OperationReport>,
): OperationJob {
  return {
    kind: OPERATION_JOB,
    input: operationInputSchema,
    checkpoint: operationReportSchema,
    output: operationReportSchema,
    canPause: false,
    urgent: true,
    showsCheckpoint: true,
    titleParams: ({ plan: { operation } }) => ({ operation: operation.kind, subject: operationSubject(operation) }),
    run,
  };
}
