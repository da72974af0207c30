import { Popover, UnstyledButton } from "@mantine/core";
import type { Job } from "../../src-shared/model/job.ts";
import { useState, type ReactElement } from "react";
import { Button } from "../components/button.tsx";
import { JobControls, JobProgressView, jobTitle, jobTone } from "../components/job-view.tsx";
import { StatusShape } from "../components/status-shape.tsx";
import { useFormats } from "../hooks/use-formats.ts";
import { useArchiveOpening } from "../hooks/archive-opening.ts";
import { openableOutput } from "../hooks/job-output.ts";
import { hasEnded, useJobs } from "../hooks/use-jobs.ts";
import { useTranslate } from "../hooks/use-translate.ts";
import { useWorkspace } from "../hooks/workspace-store.ts";
import styles from "./job-tray.module.css";

const RECENT = 3;

/** The jobs that go on, in the status bar: `jobs 2 (export 64 %)`; opens upwards to their controls. */
export function JobTray(): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const [opened, setOpened] = useState(false);
  const show = useWorkspace((state) => state.show);
  const { data: jobs = [], error } = useJobs();
  const active = jobs.filter((job) => !hasEnded(job));
  const failed = jobs.some((job) => job.state === "interrupted");
  const leading = active.find((job) => job.state === "running");
  const fraction = leading?.progress?.fraction ?? null;
  const listed = [...active, ...jobs.filter(hasEnded).slice(0, RECENT)];

  return (
    <Popover onChange={setOpened} opened={opened} position="top-start" trapFocus width={420}>
      <Popover.Target>
        <UnstyledButton className={styles.button} onClick={() => setOpened(!opened)}>
          {leading === undefined ? failed ? <StatusShape tone="warning" /> : null : <StatusShape tone="working" />}
          <span>{t("app.status.jobs", { count: active.length })}</span>
          {leading === undefined || fraction === null ? null : (
            <span className={styles.leading}>
              {t("app.status.leadingJob", { title: jobTitle(t, formats, leading), percent: formats.percent(fraction) })}
            </span>
          )}
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown aria-label={t("app.screen.jobs")} className={styles.tray}>
        {error === undefined ? null : <p className={styles.none}>{t("app.job.listFailed")}</p>}
        {listed.length === 0 && error === undefined ? <p className={styles.none}>{t("app.job.none")}</p> : null}
        <ul>
          {listed.map((job) => (
            <li className={styles.job} key={job.id}>
              <div className={styles.head}>
                <StatusShape label={t(`jobs.state.${job.state}`)} tone={jobTone(job.state)} />
                <span className={styles.title}>{jobTitle(t, formats, job)}</span>
                <OpenOutput job={job} onOpen={() => setOpened(false)} />
                <JobControls job={job} />
              </div>
              {hasEnded(job) ? (
                <span className={styles.ended}>{t(`jobs.state.${job.state}`)}</span>
              ) : (
                <JobProgressView job={job} />
              )}
            </li>
          ))}
        </ul>
        <div className={styles.foot}>
          <Button
            compact
            onClick={() => {
              setOpened(false);
              show("jobs");
            }}
            tone="quiet"
          >
            {t("app.job.all")}
          </Button>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

/** What an export, an import or a capsule has made opens in one press. */
function OpenOutput({ job, onOpen }: { readonly job: Job; readonly onOpen: () => void }): ReactElement | null {
  const t = useTranslate();
  const { openPaths, forbidden } = useArchiveOpening();
  const path = openableOutput(job);
  if (path === null) return null;
  return (
    <Button
      compact
      disabledReason={forbidden}
      onClick={() => {
        onOpen();
        openPaths([path]);
      }}
    >
      {t("app.job.open")}
    </Button>
  );
}
