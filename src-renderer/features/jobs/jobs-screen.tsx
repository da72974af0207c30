import { SegmentedControl } from "@mantine/core";
import { IconChecklist } from "@tabler/icons-react";
import { useState, type ReactElement } from "react";
import type { Job } from "../../../src-shared/model/job.ts";
import { JobControls, JobProgressView, jobTitle, jobTone } from "../../components/job-view.tsx";
import { RelativeTime } from "../../components/quantity.tsx";
import { Screen } from "../../components/screen.tsx";
import { EmptyView, FailedView, LoadingView } from "../../components/state-views.tsx";
import { StatusShape } from "../../components/status-shape.tsx";
import { errorText } from "../../components/error-text.ts";
import { useFormats } from "../../hooks/use-formats.ts";
import { hasEnded, useJobs } from "../../hooks/use-jobs.ts";
import { useTranslate } from "../../hooks/use-translate.ts";
import { JobDrawer } from "./job-drawer.tsx";
import styles from "./jobs-screen.module.css";
import { jobOutcome, operationReport } from "./output/job-outputs.ts";
import { OperationSummary } from "./output/operation-summary.tsx";
import { OpenOutput } from "./output/open-output.tsx";
import { OutcomeSummary } from "./output/outcome-summary.tsx";

const FILTERS = ["all", "active", "ended"] as const;
type Filter = (typeof FILTERS)[number];

function fits(job: Job, filter: Filter): boolean {
  return filter === "all" || hasEnded(job) === (filter === "ended");
}

/** Everything that takes longer than a moment: how far it is, what it made, and how to stop it or go on with it. */
export function JobsScreen(): ReactElement {
  const t = useTranslate();
  const { data: jobs, error, loading, retry } = useJobs();
  const [filter, setFilter] = useState<Filter>("all");
  const [selected, setSelected] = useState<string | null>(null);
  const shown = (jobs ?? []).filter((job) => fits(job, filter));
  const open = jobs?.find((job) => job.id === selected);

  return (
    <Screen
      actions={
        <SegmentedControl
          aria-label={t("app.jobs.filter")}
          data={FILTERS.map((value) => ({ value, label: t(`app.jobs.filter.${value}`) }))}
          onChange={(value) => setFilter(FILTERS.find((one) => one === value) ?? "all")}
          value={filter}
        />
      }
      aside={jobs === undefined ? undefined : t("app.jobs.count", { count: shown.length })}
      drawer={open === undefined ? undefined : <JobDrawer job={open} key={open.id} onClose={() => setSelected(null)} />}
      title={t("app.screen.jobs")}
    >
      {loading ? <LoadingView rowHeight={56} rows={4} /> : null}
      {error === undefined ? null : <FailedView error={error} onRetry={retry} title={t("app.job.listFailed")} />}
      {jobs !== undefined && shown.length === 0 ? (
        <EmptyView
          icon={IconChecklist}
          text={jobs.length === 0 ? t("app.jobs.emptyText") : t("app.jobs.emptyFilterText")}
          title={jobs.length === 0 ? t("app.job.none") : t("app.jobs.emptyFilter")}
        />
      ) : null}
      {shown.length === 0 ? null : (
        <ul className={styles.list}>
          {shown.map((job) => (
            <JobRow
              job={job}
              key={job.id}
              onSelect={() => setSelected(job.id === selected ? null : job.id)}
              selected={job.id === selected}
            />
          ))}
        </ul>
      )}
    </Screen>
  );
}

interface JobRowProps {
  readonly job: Job;
  readonly selected: boolean;
  readonly onSelect: () => void;
}

function JobRow({ job, selected, onSelect }: JobRowProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const outcome = hasEnded(job) ? jobOutcome(job) : null;
  const operation = operationReport(job);
  const tookMs = job.startedAtMs === null || job.endedAtMs === null ? null : job.endedAtMs - job.startedAtMs;
  return (
    <li className={styles.row} data-selected={selected || undefined}>
      <span className={styles.state}>
        <StatusShape tone={jobTone(job.state)} />
        {t(`jobs.state.${job.state}`)}
      </span>
      <div className={styles.what}>
        <button aria-expanded={selected} className={styles.title} onClick={onSelect} type="button">
          {jobTitle(t, formats, job)}
        </button>
        <span className={styles.who}>
          {job.principal} · <RelativeTime atMs={job.createdAtMs} />
          {tookMs === null ? null : <> · {t("app.jobs.took", { time: formats.duration(tookMs) })}</>}
        </span>
      </div>
      <div className={styles.progress}>
        {job.error === undefined ? (
          operation !== null ? (
            <OperationSummary report={operation} state={job.state} />
          ) : outcome === null ? (
            <JobProgressView job={job} />
          ) : (
            <OutcomeSummary outcome={outcome} />
          )
        ) : (
          <span className={styles.error} title={errorText(t, job.error)}>
            {errorText(t, job.error)}
          </span>
        )}
      </div>
      <span className={styles.actions}>
        <OpenOutput job={job} />
        <JobControls job={job} />
      </span>
    </li>
  );
}
