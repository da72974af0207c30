import { IconChecklist, IconShieldCheck } from "@tabler/icons-react";
import { useMemo, type ReactElement } from "react";
import { limitChangeReportSchema, type LimitChangeReport } from "../../../../src-shared/model/tenants/limit-change.ts";
import type { Job } from "../../../../src-shared/model/job.ts";
import { Button } from "../../../components/button.tsx";
import { ConfirmButton } from "../../../components/confirm-button.tsx";
import { ErrorPanel } from "../../../components/error-panel.tsx";
import { errorText } from "../../../components/error-text.ts";
import { OperationOutcome, operationOutcome } from "../../../components/operation-outcome.tsx";
import { ScrollRegion } from "../../../components/scroll-region.tsx";
import { Stages, type Stage } from "../../../components/stages.tsx";
import { LoadingView } from "../../../components/state-views.tsx";
import { useChange } from "../../../hooks/use-answer.ts";
import { useFollowedJob } from "../../../hooks/use-followed-job.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { hasEnded } from "../../../hooks/use-jobs.ts";
import { useForbidden } from "../../../hooks/use-permission.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { useWorkspace } from "../../../hooks/workspace-store.ts";
import { changeTitle, type ChangeInput } from "./change-draft.ts";
import styles from "./change-dialog.module.css";
import { ReportView } from "./report-view.tsx";
import { RollbackButton } from "./rollback.tsx";

interface JobViewProps {
  readonly job: string;
  readonly onPlan: (change: ChangeInput) => void;
  readonly onClose: () => void;
}

/** An applied change: its steps as they go, who has taken it, what holds now, and the way back. */
export function JobView({ job: id, onPlan, onClose }: JobViewProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { job, error, retry } = useFollowedJob(id);
  const report = useMemo(() => reportOf(job), [job]);
  return (
    <>
      <ScrollRegion label={t("operations.stage.apply")}>
        <Stages at={job === undefined ? "apply" : stageOf(job, report)} />
        {error === undefined ? null : <ErrorPanel error={error} onRetry={retry} title={t("operations.followFailed")} />}
        {job === undefined ? (
          <LoadingView rows={6} />
        ) : (
          <>
            <OperationOutcome kind={operationOutcome(job.state, report)} />
            {report === null ? null : <p className={styles.muted}>{changeTitle(report.plan, t, formats)}</p>}
            {job.error === undefined ? null : (
              <>
                <ErrorPanel
                  actions={
                    report !== null && report.writtenVersion === null ? (
                      <Button compact onClick={() => onPlan(report.plan.change)}>
                        {t("limits.plan.again")}
                      </Button>
                    ) : undefined
                  }
                  error={job.error}
                  title={t("limits.job.failed")}
                />
                {job.error.category === "conflict" && report !== null ? (
                  <p>{t(`limits.conflict.${report.plan.change.kind}`)}</p>
                ) : null}
              </>
            )}
            {report === null ? null : <ReportView report={report} />}
          </>
        )}
      </ScrollRegion>
      <div className={styles.foot}>
        <div className={styles.actions}>
          <Button onClick={onClose} tone="primary">
            {job !== undefined && !hasEnded(job) ? t("operations.leaveRunning") : t("app.close")}
          </Button>
          {job !== undefined && !hasEnded(job) ? <CancelChange job={job} /> : null}
          {job !== undefined && report !== null && hasEnded(job) ? (
            <RollbackButton
              onRollback={() => onPlan({ kind: "rollback", job: job.id })}
              report={report}
              state={job.state}
            />
          ) : null}
          <JobLinks onClose={onClose} />
        </div>
      </div>
    </>
  );
}

function JobLinks({ onClose }: { readonly onClose: () => void }): ReactElement {
  const t = useTranslate();
  const show = useWorkspace((state) => state.show);
  const noJobs = useForbidden("jobs.read");
  const noAudit = useForbidden("audit.read");
  const go = (screen: "jobs" | "audit"): void => {
    onClose();
    show(screen);
  };
  return (
    <span className={styles.links}>
      <Button disabledReason={noJobs} icon={IconChecklist} onClick={() => go("jobs")} tone="quiet">
        {t("operations.openJob")}
      </Button>
      <Button disabledReason={noAudit} icon={IconShieldCheck} onClick={() => go("audit")} tone="quiet">
        {t("operations.openAudit")}
      </Button>
    </span>
  );
}

/** What is written stays written: cancelling ends the waiting and leaves out what is left. */
function CancelChange({ job }: { readonly job: Job }): ReactElement {
  const t = useTranslate();
  const forbidden = useForbidden("jobs.control");
  const { fire, pending, error } = useChange("jobs", "cancel");
  return (
    <>
      <ConfirmButton
        confirmLabel={t("operations.cancelNow")}
        disabledReason={forbidden}
        label={t("operations.cancel")}
        loading={pending}
        onConfirm={() => fire({ job: job.id })}
        question={t("limits.job.cancelQuestion")}
      />
      {error === undefined ? null : (
        <span className={styles.refused} role="alert">
          {errorText(t, error)}
        </span>
      )}
    </>
  );
}

/** What the job tells; `null` before its first word. */
function reportOf(job: Job | undefined): LimitChangeReport | null {
  const parsed = limitChangeReportSchema.safeParse(job?.output);
  return parsed.success ? parsed.data : null;
}

function stageOf(job: Job, report: LimitChangeReport | null): Stage {
  if (hasEnded(job)) return "verify";
  const running = report?.steps.findIndex(({ state }) => state === "running") ?? -1;
  return report?.plan.steps[running]?.kind === "verify" ? "verify" : "apply";
}
