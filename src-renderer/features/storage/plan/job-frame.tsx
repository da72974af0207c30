import { useEffect, type ReactElement, type ReactNode } from "react";
import { useQueryClient } from "@tanstack/react-query";
import type { Job } from "../../../../src-shared/model/job.ts";
import { Button } from "../../../components/button.tsx";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { ErrorPanel } from "../../../components/error-panel.tsx";
import { CancelJob, JobLinks } from "../../../components/job-actions.tsx";
import { OperationOutcome, operationOutcome } from "../../../components/operation-outcome.tsx";
import { OperationSteps } from "../../../components/operation-steps.tsx";
import { DialogActions, DialogFoot } from "../../../components/plan-dialog.tsx";
import { ScrollRegion } from "../../../components/scroll-region.tsx";
import { Stages, type Stage } from "../../../components/stages.tsx";
import { LoadingView } from "../../../components/state-views.tsx";
import type { PlanStep } from "../../../../src-shared/model/health/operation.ts";
import type { StorageStep } from "../../../../src-shared/model/storage/storage-plan.ts";
import { useFollowedJob } from "../../../hooks/use-followed-job.ts";
import { hasEnded } from "../../../hooks/use-jobs.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import styles from "./plan.module.css";

/** What reports of setting aside, of restores and of drills have in common. */
interface StorageReport {
  readonly plan: { readonly steps: readonly PlanStep[] };
  readonly steps: readonly StorageStep[];
  readonly done: boolean;
  readonly reason: string;
}

interface JobFrameProps<Report extends StorageReport> {
  readonly job: string;
  readonly onClose: () => void;
  /** What the job tells; `null` before its first word. */
  readonly readReport: (output: unknown) => Report | null;
  readonly cancelQuestion: string;
  /** What it came to, so far. */
  readonly children: (report: Report, job: Job) => ReactNode;
  /** What can be done next. */
  readonly actions?: (report: Report, job: Job) => ReactNode;
}

/** A change of a bucket as it is carried out: its outcome first, its steps, and what it came to. */
export function JobFrame<Report extends StorageReport>(props: JobFrameProps<Report>): ReactElement {
  const { onClose, readReport, cancelQuestion, children, actions } = props;
  const t = useTranslate();
  const { job, error, retry } = useFollowedJob(props.job);
  const report = job === undefined ? null : readReport(job.output);
  const ended = job !== undefined && hasEnded(job);
  const queries = useQueryClient();
  useEffect(() => {
    // What is shown behind the dialog was read before it was done: batches, findings, restores.
    if (ended) void queries.invalidateQueries({ queryKey: ["asked"] });
  }, [ended, queries]);
  return (
    <>
      <ScrollRegion label={t("operations.stage.apply")}>
        <Stages at={stageOf(job, report)} />
        {error === undefined ? null : <ErrorPanel error={error} onRetry={retry} title={t("operations.followFailed")} />}
        {job === undefined ? (
          <LoadingView rows={6} />
        ) : (
          <>
            <OperationOutcome kind={operationOutcome(job.state, report === null ? null : { verified: report.done })} />
            {report === null ? null : <p className={styles.muted}>{withVisibleCharacters(report.reason)}</p>}
            {job.error === undefined ? null : <ErrorPanel error={job.error} title={t("operations.failed")} />}
            {report === null ? null : (
              <>
                {children(report, job)}
                <OperationSteps progress={report.steps} steps={report.plan.steps} texts="storage" />
              </>
            )}
          </>
        )}
      </ScrollRegion>
      <DialogFoot>
        <DialogActions>
          <Button onClick={onClose} tone="primary">
            {job !== undefined && !ended ? t("operations.leaveRunning") : t("app.close")}
          </Button>
          {job !== undefined && !ended ? <CancelJob job={job} question={cancelQuestion} /> : null}
          {job !== undefined && report !== null && ended ? actions?.(report, job) : null}
          <JobLinks onLeave={onClose} />
        </DialogActions>
      </DialogFoot>
    </>
  );
}

function stageOf(job: Job | undefined, report: StorageReport | null): Stage {
  if (job === undefined) return "apply";
  if (hasEnded(job)) return "verify";
  const running = report?.steps.findIndex(({ state }) => state === "running") ?? -1;
  return report?.plan.steps[running]?.kind === "verify" ? "verify" : "apply";
}
