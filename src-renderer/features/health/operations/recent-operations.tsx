import type { ReactElement } from "react";
import { operationReportSchema } from "../../../../src-shared/model/health/operation.ts";
import type { Job } from "../../../../src-shared/model/job.ts";
import { jobTitle } from "../../../components/job-view.tsx";
import { operationOutcome, operationOutcomeTone } from "../../../components/operation-outcome.tsx";
import { Panel } from "../../../components/panel.tsx";
import { RelativeTime } from "../../../components/quantity.tsx";
import { EmptyView, FailedView, LoadingView } from "../../../components/state-views.tsx";
import { StatusShape } from "../../../components/status-shape.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useJobs } from "../../../hooks/use-jobs.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { useOperations } from "./operation-context.tsx";
import styles from "./operations-tab.module.css";

const KIND = "health-operation";
const MOST_SHOWN = 50;

/** Operations that run and those that did, with what came of them. */
export function RecentOperations(): ReactElement {
  const t = useTranslate();
  const { data, error, loading, retry } = useJobs();
  const jobs = data?.filter(({ kind }) => kind === KIND).slice(0, MOST_SHOWN);
  return (
    <Panel flush title={t("operations.recent")}>
      {loading ? <LoadingView rows={3} /> : null}
      {error === undefined ? null : <FailedView error={error} onRetry={retry} title={t("app.job.listFailed")} />}
      {jobs?.length === 0 ? (
        <EmptyView small text={t("operations.recentNoneText")} title={t("operations.recentNone")} />
      ) : null}
      {jobs === undefined || jobs.length === 0 ? null : (
        <ul className={styles.recent}>
          {jobs.map((job) => (
            <OperationRow job={job} key={job.id} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function OperationRow({ job }: { readonly job: Job }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { follow } = useOperations();
  const parsed = operationReportSchema.safeParse(job.output);
  const outcome = operationOutcome(job.state, parsed.success ? parsed.data : null);
  return (
    <li>
      <button className={styles.job} onClick={() => follow(job.id)} type="button">
        <span className={styles.outcome}>
          <StatusShape tone={operationOutcomeTone(outcome)} />
          {t(`operations.outcome.${outcome}`)}
        </span>
        <span className={styles.jobTitle}>{jobTitle(t, formats, job)}</span>
        <span className={styles.jobWho}>
          {job.principal} · <RelativeTime atMs={job.createdAtMs} />
        </span>
      </button>
    </li>
  );
}
