import type { ReactElement } from "react";
import type { ScanSummary } from "../../../../src-shared/model/storage/scan.ts";
import { errorText } from "../../../components/error-text.ts";
import { jobTone, JobControls, JobProgressView } from "../../../components/job-view.tsx";
import { StatusShape } from "../../../components/status-shape.tsx";
import { useFollowedJob } from "../../../hooks/use-followed-job.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { hasEnded } from "../../../hooks/use-jobs.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { SeverityCounts } from "../../../components/severity-counts.tsx";
import { scopeText } from "./scan-scope.ts";
import styles from "./scans.module.css";

/** The scan that goes on, or waits: how far it is, what it has found, and pause, resume, cancel. */
export function RunningScan({ scan }: { readonly scan: ScanSummary }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { job, error } = useFollowedJob(scan.scan);
  const state = job === undefined ? scan.state : job.state;
  return (
    <section aria-label={t("storage.scan.running")} className={styles.running}>
      <span className={styles.runningTitle}>
        <StatusShape tone={job === undefined ? "working" : jobTone(job.state)} />
        {t.dynamic(`storage.scan.state.${state}`, {}, t("storage.scan.running"))}
      </span>
      <span className={styles.runningScope}>{scopeText(scan.request, t, formats)}</span>
      <SeverityCounts counts={scan.counts} />
      <div className={styles.runningBar}>{job === undefined ? null : <JobProgressView job={job} />}</div>
      {/* One that has ended is listed; there is nothing to hold back or to go on with. */}
      {job === undefined || hasEnded(job) ? null : <JobControls job={job} />}
      {error === undefined ? null : (
        <span className={styles.refused} role="alert">
          {errorText(t, error)}
        </span>
      )}
    </section>
  );
}
