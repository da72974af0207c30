import type { MetricExpr } from "../../../src-shared/logql/ast.ts";
import { HttpProblem, type Reply } from "../http/reply.ts";
import type { LabContext } from "./lab-context.ts";
import type { RequestForm, TimeBounds } from "./request-form.ts";
import type { TenantLimits } from "./tenant-limits.ts";

export interface MetricRangeRequest {
  readonly tenant: string;
  readonly expr: MetricExpr;
  /** `null` when nothing remains of the range. */
  readonly bounds: TimeBounds | null;
  readonly stepNs: bigint;
  readonly limits: TenantLimits;
}

export async function answerMetricRange(
  _context: LabContext,
  _request: MetricRangeRequest,
  _signal: AbortSignal,
): Promise<Reply> {
  throw new HttpProblem(500, "metric queries wait for the evaluator");
}

export async function answerInstant(
  _context: LabContext,
  _tenant: string,
  _form: RequestForm,
  _signal: AbortSignal,
): Promise<Reply> {
  throw new HttpProblem(500, "metric queries wait for the evaluator");
}
