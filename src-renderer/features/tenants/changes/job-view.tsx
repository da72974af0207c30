import { useMemo, type ReactElement } from "react";
import { limitChangeReportSchema, type LimitChangeReport } from "../../../../src-shared/model/tenants/limit-change.ts";
import type { Job } from "../../../../src-shared/model/job.ts";
import { Button } from "../../../components/button.tsx";
import { CancelJob, JobLinks } from "../../../components/job-actions.tsx";
import { ErrorPanel } from "../../../components/error-panel.tsx";
import { OperationOutcome, operationOutcome } from "../../../components/operation-outcome.tsx";
import { ScrollRegion } from "../../../components/scroll-region.tsx";
import { Stages, type Stage } from "../../../components/stages.tsx";
import { LoadingView } from "../../../components/state-views.tsx";
import { useFollowedJob } from "../../../hooks/use-followed-job.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { hasEnded } from "../../../hooks/use-jobs.ts";
import { DialogActions, DialogFoot } from "../../../components/plan-dialog.tsx";
import { useTranslate } from "../../../hooks/use-translate.ts";
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
                        {t("operations.planAgain")}
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
      <DialogFoot>
        <DialogActions>
          <Button onClick={onClose} tone="primary">
            {job !== undefined && !hasEnded(job) ? t("operations.leaveRunning") : t("app.close")}
          </Button>
          {job !== undefined && !hasEnded(job) ? (
            <CancelJob job={job} question={t("limits.job.cancelQuestion")} />
          ) : null}
          {job !== undefined && report !== null && hasEnded(job) ? (
            <RollbackButton
              onRollback={() => onPlan({ kind: "rollback", job: job.id })}
              report={report}
              state={job.state}
            />
          ) : null}
          <JobLinks onLeave={onClose} />
        </DialogActions>
      </DialogFoot>
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
