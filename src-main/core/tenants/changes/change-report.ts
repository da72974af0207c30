import type { LimitChangeReport, LimitPlan } from "../../../../src-shared/model/tenants/limit-change.ts";
import type { ChangeStepKey } from "./plan-steps.ts";

export type StepReport = LimitChangeReport["steps"][number];
export type StepDetail = NonNullable<StepReport["detail"]>;

const FRESH: StepReport = { state: "waiting", startedAtMs: null, endedAtMs: null, detail: null };

/** Before anything was done. */
export function freshReport(plan: LimitPlan): LimitChangeReport {
  return {
    plan,
    steps: plan.steps.map(() => FRESH),
    writtenVersion: null,
    convergence: [],
    held: [],
    verified: false,
  };
}

export function stepOf(report: LimitChangeReport, key: ChangeStepKey): StepReport {
  return report.steps[report.plan.steps.findIndex((step) => step.key === key)] ?? FRESH;
}

export function withStep(
  report: LimitChangeReport,
  key: ChangeStepKey,
  change: Partial<StepReport>,
): LimitChangeReport {
  const place = report.plan.steps.findIndex((step) => step.key === key);
  const steps = report.steps.map((step, at) => (at === place ? { ...step, ...change } : step));
  return { ...report, steps };
}

export function textParam(detail: StepDetail | null, name: string): string {
  return String(detail?.params[name] ?? "");
}

/** A list of names in one parameter: none of them has a comma. */
export function listParam(detail: StepDetail | null, name: string): readonly string[] {
  return textParam(detail, name)
    .split(",")
    .filter((each) => each !== "");
}
