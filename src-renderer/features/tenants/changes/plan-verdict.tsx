import type { ReactElement } from "react";
import type { LimitPlan } from "../../../../src-shared/model/tenants/limit-change.ts";
import { PlanAnswerCard, type PlanAnswer } from "../../../components/plan-answer.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { problemText } from "./problem-text.ts";

export function planAnswer({ problems }: LimitPlan): PlanAnswer {
  if (problems.some(({ weight }) => weight === "stops")) return "stopped";
  return problems.length > 0 ? "warned" : "clear";
}

interface PlanVerdictProps {
  readonly plan: LimitPlan;
  readonly looking: boolean;
  readonly onLookAgain: () => void;
}

/** Whether a change of limits can be applied, and what speaks against it. */
export function PlanVerdict({ plan, ...looking }: PlanVerdictProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const objections = plan.problems.map((problem) => ({
    weight: problem.weight,
    text: problemText(problem, t, formats),
  }));
  return (
    <PlanAnswerCard answer={planAnswer(plan)} createdAtMs={plan.createdAtMs} objections={objections} {...looking} />
  );
}
