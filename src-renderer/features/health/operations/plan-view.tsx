import { IconRefresh } from "@tabler/icons-react";
import type { ReactElement } from "react";
import { Button } from "../../../components/button.tsx";
import { ErrorPanel } from "../../../components/error-panel.tsx";
import { LoadingView, PartialNotice } from "../../../components/state-views.tsx";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { ApplyForm } from "./apply-form.tsx";
import styles from "./operation-dialog.module.css";
import type { OperationDraft } from "./operation-draft.ts";
import { PlanReview } from "./plan-review.tsx";
import { SafeVerdict } from "./safe-verdict.tsx";
import { ScrollRegion } from "../../../components/scroll-region.tsx";
import { Stages } from "../../../components/stages.tsx";
import { useOperationPlan } from "./use-operation-plan.ts";

interface PlanViewProps {
  readonly site: string;
  readonly operation: OperationDraft;
  readonly onApplied: (job: string) => void;
  readonly onClose: () => void;
}

/** What would be done, whether it is safe now, and the way to do it. */
export function PlanView({ site, operation, onApplied, onClose }: PlanViewProps): ReactElement {
  const t = useTranslate();
  const { plan, newer, error, looking, lookAgain, takeNewer } = useOperationPlan(site, operation);
  const failure =
    error === undefined ? null : (
      <ErrorPanel
        actions={
          <Button compact icon={IconRefresh} loading={looking} onClick={lookAgain}>
            {t("operations.lookAgain")}
          </Button>
        }
        error={error}
        title={t("operations.planFailed")}
      />
    );
  if (plan === undefined) {
    return (
      <div className={styles.stage}>
        <Stages at="plan" />
        {failure ?? (
          <>
            <p className={styles.muted}>{t("operations.planning")}</p>
            <LoadingView rows={6} />
          </>
        )}
        <div className={styles.actions}>
          <Button data-autofocus onClick={onClose}>
            {t("app.close")}
          </Button>
        </div>
      </div>
    );
  }
  return (
    <>
      <ScrollRegion label={t("operations.stage.review")}>
        <Stages at="review" />
        {failure}
        <SafeVerdict looking={looking} onLookAgain={lookAgain} safe={plan.safe} />
        <PlanReview plan={plan} />
      </ScrollRegion>
      <div className={styles.foot}>
        {newer === undefined ? null : (
          <PartialNotice
            actions={
              <Button compact onClick={takeNewer}>
                {t("operations.showNewer")}
              </Button>
            }
          >
            {t("operations.newer", { answer: t(`operations.safe.${newer.safe.answer}`) })}
          </PartialNotice>
        )}
        <ApplyForm
          blocked={
            newer !== undefined
              ? t("operations.blocked.newer")
              : error !== undefined
                ? t("operations.blocked.failed")
                : undefined
          }
          key={plan.safe.answer}
          onApplied={onApplied}
          onClose={onClose}
          onLookAgain={lookAgain}
          plan={plan}
        />
      </div>
    </>
  );
}
