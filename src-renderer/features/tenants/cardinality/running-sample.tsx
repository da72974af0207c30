import { IconX } from "@tabler/icons-react";
import { useEffect, type ReactElement } from "react";
import { IconButton } from "../../../components/icon-button.tsx";
import { JobControls, JobProgressView } from "../../../components/job-view.tsx";
import { FailedView } from "../../../components/state-views.tsx";
import { useFollowedJob } from "../../../hooks/use-followed-job.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import styles from "./cardinality.module.css";

interface RunningSampleProps {
  readonly job: string;
  /** It has ended well, or a person has read how it ended. */
  readonly onSeen: () => void;
}

/** The sample that was begun here, until its report is there. */
export function RunningSample({ job: id, onSeen }: RunningSampleProps): ReactElement | null {
  const t = useTranslate();
  const { job, error, retry } = useFollowedJob(id);
  const succeeded = job?.state === "succeeded";
  useEffect(() => {
    if (succeeded) onSeen();
  }, [succeeded, onSeen]);
  if (error !== undefined) return <FailedView error={error} onRetry={retry} />;
  if (job === undefined || succeeded) return null;
  if (job.state === "failed" && job.error !== undefined) {
    return (
      <FailedView
        actions={<IconButton icon={IconX} label={t("cardinality.dismiss")} onClick={onSeen} />}
        error={job.error}
        title={t("cardinality.sampleFailed")}
      />
    );
  }
  return (
    <div className={styles.running}>
      <span className={styles.runningTitle}>{t(`cardinality.state.${job.state}`)}</span>
      <div className={styles.runningBar}>
        <JobProgressView job={job} />
      </div>
      <JobControls job={job} />
      {job.state === "cancelled" ? <IconButton icon={IconX} label={t("cardinality.dismiss")} onClick={onSeen} /> : null}
    </div>
  );
}
