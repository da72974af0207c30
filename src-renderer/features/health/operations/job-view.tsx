import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, type ReactElement } from "react";
import { operationReportSchema, type OperationReport } from "../../../../src-shared/model/health/operation.ts";
import type { Job } from "../../../../src-shared/model/job.ts";
import { Button } from "../../../components/button.tsx";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { CancelJob, JobLinks } from "../../../components/job-actions.tsx";
import { ErrorPanel } from "../../../components/error-panel.tsx";
import { OperationOutcome, operationOutcome } from "../../../components/operation-outcome.tsx";
import { OperationSteps, type StepProgress } from "../../../components/operation-steps.tsx";
import { operationName } from "../../../components/operation-text.ts";
import { LoadingView } from "../../../components/state-views.tsx";
import { hasEnded } from "../../../hooks/use-jobs.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import styles from "./operation-dialog.module.css";
import { targetOf } from "./operation-draft.ts";
import { ScrollRegion } from "../../../components/scroll-region.tsx";
import { Stages, type Stage } from "../../../components/stages.tsx";
import { useFollowedJob } from "../../../hooks/use-followed-job.ts";

interface JobViewProps {
  readonly job: string;
  /** Whether the dialog's title says already what it is. */
  readonly named: boolean;
  readonly onClose: () => void;
}

/** An applied operation: its steps as they go, what was measured, and whether it was seen to be done. */
export function JobView({ job: id, named, onClose }: JobViewProps): ReactElement {
  const t = useTranslate();
  const { job, error, retry } = useFollowedJob(id);
  const report = useMemo(() => reportOf(job), [job]);
  const queries = useQueryClient();
  const ended = job !== undefined && hasEnded(job);
  useEffect(() => {
    // What is shown behind the dialog was read before it was done: rings, delete requests.
    if (ended) void queries.invalidateQueries({ queryKey: ["asked", "health"] });
  }, [ended, queries]);
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
            {report === null || named ? null : (
              <p className={styles.muted}>
                {operationName(t, report.plan.operation)} ·{" "}
                <code>{withVisibleCharacters(targetOf(report.plan.operation))}</code>
              </p>
            )}
            {report?.reason === undefined ? null : (
              <p className={styles.muted}>
                {t("operations.overridden", { reason: withVisibleCharacters(report.reason) })}
              </p>
            )}
            {job.error === undefined ? null : <ErrorPanel error={job.error} title={t("operations.failed")} />}
            {report === null ? null : <OperationSteps progress={report.steps} steps={report.plan.steps} />}
          </>
        )}
      </ScrollRegion>
      <div className={styles.foot}>
        <JobActions job={job} onClose={onClose} />
      </div>
    </>
  );
}

function JobActions({ job, onClose }: { readonly job: Job | undefined; readonly onClose: () => void }): ReactElement {
  const t = useTranslate();
  const running = job !== undefined && !hasEnded(job);
  return (
    <div className={styles.actions}>
      <Button onClick={onClose} tone="primary">
        {running ? t("operations.leaveRunning") : t("app.close")}
      </Button>
      {running ? <CancelJob job={job} question={t("operations.cancelQuestion")} /> : null}
      <JobLinks />
    </div>
  );
}

/** What the job tells; `null` before its first word. */
function reportOf(job: Job | undefined): OperationReport | null {
  const parsed = operationReportSchema.safeParse(job?.output);
  return parsed.success ? parsed.data : null;
}

function stageOf(job: Job, report: OperationReport | null): Stage {
  if (hasEnded(job)) return "verify";
  const running = report?.steps.findIndex((step: StepProgress) => step.state === "running") ?? -1;
  return report?.plan.steps[running]?.kind === "verify" ? "verify" : "apply";
}
