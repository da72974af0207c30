import type { ReactElement } from "react";
import type { Store } from "../../../../src-shared/model/storage/store.ts";
import { ApplyPlanForm } from "../../../components/apply-plan-form.tsx";
import { Button } from "../../../components/button.tsx";
import { ErrorPanel } from "../../../components/error-panel.tsx";
import { PlanAnswerCard } from "../../../components/plan-answer.tsx";
import { DialogActions, DialogFoot } from "../../../components/plan-dialog.tsx";
import { ProgressBar } from "../../../components/progress-bar.tsx";
import { ScrollRegion } from "../../../components/scroll-region.tsx";
import { Stages } from "../../../components/stages.tsx";
import { useChange } from "../../../hooks/use-answer.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useForbidden } from "../../../hooks/use-permission.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { storageAnswer, storageObjections } from "../plan/storage-objections.ts";
import styles from "../plan/plan.module.css";
import type { RestoreInput } from "./restore-draft.ts";
import { RestoreReview } from "./restore-review.tsx";
import { useRestorePlan, type PlanningProgress } from "./use-restore-plan.ts";

interface RestorePlanViewProps {
  readonly store: Store;
  readonly request: RestoreInput;
  readonly onApplied: (job: string) => void;
  /** Plans again from the start: makes this view anew. */
  readonly onAgain: () => void;
  readonly onBack: () => void;
  readonly onClose: () => void;
}

/** What would be brought back, what stays lost, and the way to do it. */
export function RestorePlanView(props: RestorePlanViewProps): ReactElement {
  const { store, request, onApplied, onAgain, onBack, onClose } = props;
  const t = useTranslate();
  const formats = useFormats();
  const { progress, plan, error, expired } = useRestorePlan(request);
  const apply = useChange("recovery", "applyRestore");
  const mayNot = useForbidden("storage.restore");
  const back = <Button onClick={onBack}>{t("storage.restore.back")}</Button>;
  if (plan === undefined) {
    return (
      <>
        <ScrollRegion label={t("operations.stage.plan")}>
          <Stages at="plan" />
          {error === undefined ? (
            <Planning progress={progress} />
          ) : (
            <ErrorPanel error={error} onRetry={onAgain} title={t("operations.planFailed")} />
          )}
        </ScrollRegion>
        <DialogFoot>
          <DialogActions>
            {back}
            <Button onClick={onClose}>{t("app.close")}</Button>
          </DialogActions>
        </DialogFoot>
      </>
    );
  }
  const nothing = plan.counts.restorable === 0;
  return (
    <>
      <ScrollRegion label={t("operations.stage.review")}>
        <Stages at="review" />
        <PlanAnswerCard
          answer={storageAnswer(plan)}
          createdAtMs={plan.createdAtMs}
          looking={false}
          objections={storageObjections(plan.problems, t, formats)}
          onLookAgain={onAgain}
        />
        <RestoreReview plan={plan} />
      </ScrollRegion>
      <DialogFoot>
        <ApplyPlanForm
          answer={storageAnswer(plan)}
          back={back}
          blocked={expired ? t("storage.restore.expired") : nothing ? t("storage.restore.nothing") : undefined}
          error={apply.error}
          label={t(`storage.restore.apply.${plan.purpose}`)}
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
          onLookAgain={onAgain}
          pending={apply.pending}
        />
      </DialogFoot>
    </>
  );
}

function Planning({ progress }: { readonly progress: PlanningProgress | undefined }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const total = progress?.total ?? null;
  const done = formats.number(progress?.done ?? 0);
  return (
    <section aria-live="polite" className={styles.planning}>
      <p>{t(progress === undefined ? "storage.planning.starting" : `storage.planning.${progress.phase}`)}</p>
      <ProgressBar
        fraction={total === null || total === 0 ? null : (progress?.done ?? 0) / total}
        label={t("storage.planning")}
      />
      <p className={styles.muted}>
        {total === null
          ? t("storage.planning.done", { done })
          : t("storage.planning.doneOf", { done, total: formats.number(total) })}
      </p>
      <p className={styles.muted}>{t("storage.restore.planWrites")}</p>
    </section>
  );
}
