import { IconArrowLeft, IconRefresh } from "@tabler/icons-react";
import type { ReactElement } from "react";
import type { Site } from "../../../../src-shared/api/sites.api.ts";
import { Button } from "../../../components/button.tsx";
import { ErrorPanel } from "../../../components/error-panel.tsx";
import { ScrollRegion } from "../../../components/scroll-region.tsx";
import { Stages } from "../../../components/stages.tsx";
import { LoadingView, PartialNotice } from "../../../components/state-views.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { DialogActions, DialogFoot } from "../../../components/plan-dialog.tsx";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { ApplyForm } from "./apply-form.tsx";
import type { ChangeInput } from "./change-draft.ts";
import styles from "./change-dialog.module.css";
import { PlanReview } from "./plan-review.tsx";
import { PlanVerdict } from "./plan-verdict.tsx";
import { lineMarks } from "./problem-text.ts";
import { useLimitPlan } from "./use-limit-plan.ts";
import type { LineMark } from "./yaml-editor.tsx";

interface PlanViewProps {
  readonly site: Site["id"];
  readonly change: ChangeInput;
  readonly onApplied: (job: string) => void;
  /** Back to what shall be changed, with what is wrong with it; `null` where there is nothing to go back to. */
  readonly onBack: ((marks: readonly LineMark[]) => void) | null;
  readonly onClose: () => void;
}

/** What a change would do, what speaks against it, and the way to do it. */
export function PlanView({ site, change, onApplied, onBack, onClose }: PlanViewProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { plan, newer, error, looking, lookAgain, takeNewer } = useLimitPlan(site, change);
  const failure =
    error === undefined ? null : (
      <ErrorPanel
        actions={
          <Button compact icon={IconRefresh} loading={looking} onClick={lookAgain}>
            {t("operations.planAgain")}
          </Button>
        }
        error={error}
        title={t("limits.plan.failed")}
      />
    );
  const back =
    onBack === null ? null : (
      <Button
        icon={IconArrowLeft}
        onClick={() => onBack(plan === undefined ? [] : lineMarks(plan.problems, t, formats))}
      >
        {t("limits.plan.back")}
      </Button>
    );
  if (plan === undefined) {
    return (
      <div className={styles.stage}>
        <ScrollRegion label={t("operations.stage.plan")}>
          <Stages at="plan" />
          {failure ?? (
            <>
              <p className={styles.muted}>{t("limits.plan.planning")}</p>
              <LoadingView rows={8} />
            </>
          )}
        </ScrollRegion>
        <DialogFoot>
          <DialogActions>
            {back}
            <Button onClick={onClose}>{t("app.close")}</Button>
          </DialogActions>
        </DialogFoot>
      </div>
    );
  }
  return (
    <>
      <ScrollRegion label={t("operations.stage.review")}>
        <Stages at="review" />
        {failure}
        <PlanVerdict looking={looking} onLookAgain={lookAgain} plan={plan} />
        <PlanReview plan={plan} />
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
        <ApplyForm
          back={back}
          blocked={
            newer !== undefined
              ? t("operations.blocked.newerPlan")
              : error !== undefined
                ? t("operations.blocked.notRenewed")
                : undefined
          }
          onApplied={onApplied}
          onClose={onClose}
          onLookAgain={lookAgain}
          plan={plan}
        />
      </DialogFoot>
    </>
  );
}
