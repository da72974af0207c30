import type { ReactElement } from "react";
import type { JobId } from "../../../src-shared/model/ids.ts";
import { Button } from "../../components/button.tsx";
import { errorText } from "../../components/error-text.ts";
import { jobTone } from "../../components/job-view.tsx";
import { StatusShape } from "../../components/status-shape.tsx";
import { hasEnded, useJobs } from "../../hooks/use-jobs.ts";
import { useTranslate } from "../../hooks/use-translate.ts";
import { useWorkspace } from "../../hooks/workspace-store.ts";
import styles from "./archive-drawer.module.css";

interface JobStartedProps {
  readonly job: JobId;
  /** While it goes on. */
  readonly text: string;
}

/** Work has begun as a job: says so, where it is followed, and how it has ended. */
export function JobStarted({ job: id, text }: JobStartedProps): ReactElement {
  const t = useTranslate();
  const show = useWorkspace((state) => state.show);
  const { data: jobs } = useJobs();
  const job = jobs?.find((one) => one.id === id);
  const ended = job !== undefined && hasEnded(job);
  const outcome = ended ? (job.error === undefined ? t(`jobs.state.${job.state}`) : errorText(t, job.error)) : text;
  return (
    <output className={styles.started}>
      <StatusShape tone={job === undefined ? "working" : jobTone(job.state)} />
      <span className={styles.startedText}>{outcome}</span>
      <Button compact onClick={() => show("jobs")} tone="quiet">
        {t("app.job.all")}
      </Button>
    </output>
  );
}
