import type { ReactElement } from "react";
import { Button } from "../../components/button.tsx";
import { JobProgressView, jobTitle, jobTone } from "../../components/job-view.tsx";
import { Panel } from "../../components/panel.tsx";
import { EmptyView, FailedView, LoadingView } from "../../components/state-views.tsx";
import { StatusShape } from "../../components/status-shape.tsx";
import { useFormats } from "../../hooks/use-formats.ts";
import { hasEnded, useJobs } from "../../hooks/use-jobs.ts";
import { useTranslate } from "../../hooks/use-translate.ts";
import { useWorkspace } from "../../hooks/workspace-store.ts";
import styles from "./running-jobs-panel.module.css";

/** The console's own long work that goes on now. */
export function RunningJobsPanel(): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { data, error, loading, retry } = useJobs();
  const show = useWorkspace((state) => state.show);
  const active = (data ?? []).filter((job) => !hasEnded(job));
  return (
    <Panel
      actions={
        <Button compact onClick={() => show("jobs")} tone="quiet">
          {t("app.job.all")}
        </Button>
      }
      flush
      title={t("app.overview.jobs")}
    >
      {loading ? <LoadingView rows={1} /> : null}
      {error === undefined ? null : <FailedView error={error} onRetry={retry} />}
      {data !== undefined && active.length === 0 ? <EmptyView small title={t("app.overview.noJobs")} /> : null}
      <ul>
        {active.map((job) => (
          <li className={styles.job} key={job.id}>
            <span className={styles.title}>
              <StatusShape label={t(`jobs.state.${job.state}`)} tone={jobTone(job.state)} />
              <span>{jobTitle(t, formats, job)}</span>
            </span>
            <JobProgressView job={job} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}
