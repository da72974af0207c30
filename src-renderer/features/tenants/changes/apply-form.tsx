import type { ReactElement, ReactNode } from "react";
import type { LimitPlan } from "../../../../src-shared/model/tenants/limit-change.ts";
import { ApplyPlanForm } from "../../../components/apply-plan-form.tsx";
import { useChange } from "../../../hooks/use-answer.ts";
import { useForbidden } from "../../../hooks/use-permission.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { nameToType } from "./change-draft.ts";
import { planAnswer } from "./plan-verdict.tsx";

interface ApplyFormProps {
  readonly plan: LimitPlan;
  /** Why this plan may not be applied though the person may. */
  readonly blocked: string | undefined;
  readonly back: ReactNode;
  readonly onApplied: (job: string) => void;
  readonly onLookAgain: () => void;
  readonly onClose: () => void;
}

/** The last thing before limits are changed. */
export function ApplyForm({ plan, blocked, back, onApplied, onLookAgain, onClose }: ApplyFormProps): ReactElement {
  const t = useTranslate();
  const { run, pending, error, reset } = useChange("tenants", "applyPlan");
  return (
    <ApplyPlanForm
      afterFailure={error?.category === "conflict" ? <p>{t(`limits.conflict.${plan.change.kind}`)}</p> : null}
      answer={planAnswer(plan)}
      back={back}
      blocked={blocked}
      error={error}
      label={t(`limits.apply.${plan.change.kind}`)}
      mayNot={useForbidden("tenants.limits")}
      name={nameToType(plan)}
      onApply={(reason) => {
        // The failure is shown from `error`.
        run({ plan: plan.id, reason }).then(
          ({ job }) => onApplied(job),
          () => undefined,
        );
      }}
      onClose={onClose}
      onLookAgain={() => {
        reset();
        onLookAgain();
      }}
      pending={pending}
    />
  );
}
