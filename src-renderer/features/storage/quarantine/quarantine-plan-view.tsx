import type { ReactElement } from "react";
import type { Store } from "../../../../src-shared/model/storage/store.ts";
import { ApplyPlanForm } from "../../../components/apply-plan-form.tsx";
import { Button } from "../../../components/button.tsx";
import { ErrorPanel } from "../../../components/error-panel.tsx";
import { PlanAnswerCard } from "../../../components/plan-answer.tsx";
import { DialogActions, DialogFoot } from "../../../components/plan-dialog.tsx";
import { ScrollRegion } from "../../../components/scroll-region.tsx";
import { Stages } from "../../../components/stages.tsx";
import { LoadingView, PartialNotice } from "../../../components/state-views.tsx";
import { useChange } from "../../../hooks/use-answer.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useForbidden } from "../../../hooks/use-permission.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import styles from "../plan/plan.module.css";
import { storageAnswer, storageObjections } from "../plan/storage-objections.ts";
import { QuarantineReview } from "./quarantine-review.tsx";
import { useQuarantinePlan, type QuarantineInput } from "./use-quarantine-plan.ts";

interface QuarantinePlanViewProps {
  readonly store: Store;
  readonly request: QuarantineInput;
  readonly onApplied: (job: string) => void;
  readonly onClose: () => void;
}

/** What would be set aside, what is left of its lines, and the way to do it. */
export function QuarantinePlanView({ store, request, onApplied, onClose }: QuarantinePlanViewProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { plan, newer, error, looking, lookAgain, takeNewer } = useQuarantinePlan(request);
  const apply = useChange("recovery", "applyQuarantine");
  const mayNot = useForbidden("storage.quarantine");
  const failure =
    error === undefined ? null : (
      <ErrorPanel
        actions={
          <Button compact loading={looking} onClick={lookAgain}>
            {t("operations.planAgain")}
          </Button>
        }
        error={error}
        title={t("operations.planFailed")}
      />
    );
  if (plan === undefined) {
    return (
      <>
        <ScrollRegion label={t("operations.stage.plan")}>
          <Stages at="plan" />
          {failure ?? (
            <>
              <p className={styles.muted}>{t("storage.quarantine.planning")}</p>
              <LoadingView rows={8} />
            </>
          )}
        </ScrollRegion>
        <DialogFoot>
          <DialogActions>
            <Button onClick={onClose}>{t("app.close")}</Button>
          </DialogActions>
        </DialogFoot>
      </>
    );
  }
  const blocked =
    newer === undefined
      ? error === undefined
        ? undefined
        : t("operations.blocked.notRenewed")
      : t("operations.blocked.newerPlan");
  return (
    <>
      <ScrollRegion label={t("operations.stage.review")}>
        <Stages at="review" />
        {failure}
        <PlanAnswerCard
          answer={storageAnswer(plan)}
          createdAtMs={plan.createdAtMs}
          looking={looking}
          objections={storageObjections(plan.problems, t, formats)}
          onLookAgain={lookAgain}
        />
        <QuarantineReview plan={plan} />
      </ScrollRegion>
      <DialogFoot>
        {newer === undefined ? null : (
          <PartialNotice
            actions={
              <Button compact onClick={takeNewer}>
                {t("operations.showNewerPlan")}
              </Button>
            }
          >
            {t("operations.newerPlan")}
          </PartialNotice>
        )}
        <ApplyPlanForm
          answer={storageAnswer(plan)}
          back={null}
          blocked={blocked}
          error={apply.error}
          label={t(request.kind === "undo" ? "storage.quarantine.undo" : "storage.quarantine.apply")}
          mayNot={mayNot}
          name={store.config.name}
          onApply={(reason) => {
            // The failure is shown from `error`.
            apply.run({ plan: plan.id, reason }).then(
              ({ job }) => onApplied(job),
              () => undefined,
            );
          }}
          onClose={onClose}
          onLookAgain={() => {
            apply.reset();
            lookAgain();
          }}
          pending={apply.pending}
        />
      </DialogFoot>
    </>
  );
}
