import type { ReactElement } from "react";
import type { Job } from "../../../src-shared/model/job.ts";
import { CopyButton } from "../../components/copy-button.tsx";
import { Drawer } from "../../components/drawer.tsx";
import { ErrorPanel } from "../../components/error-panel.tsx";
import { Facts } from "../../components/facts.tsx";
import { JobControls, JobProgressView, jobTitle, jobTone } from "../../components/job-view.tsx";
import { StatusShape } from "../../components/status-shape.tsx";
import { useFormats } from "../../hooks/use-formats.ts";
import { hasEnded } from "../../hooks/use-jobs.ts";
import { useTranslate } from "../../hooks/use-translate.ts";
import styles from "./job-drawer.module.css";
import { jobOutcome, operationReport } from "./output/job-outputs.ts";
import { OperationView } from "./output/operation-view.tsx";
import { OpenOutput } from "./output/open-output.tsx";
import { OutcomeView } from "./output/outcome-view.tsx";

/** An output of a kind that is not known here is shown as it came, bounded. */
const MAX_OUTPUT_LENGTH = 20_000;

function outputText(output: unknown): string | null {
  if (output === undefined || output === null) return null;
  const text = JSON.stringify(output, null, 2);
  return text.length > MAX_OUTPUT_LENGTH ? `${text.slice(0, MAX_OUTPUT_LENGTH)}…` : text;
}

export function JobDrawer({ job, onClose }: { readonly job: Job; readonly onClose: () => void }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const outcome = jobOutcome(job);
  const operation = operationReport(job);
  const output = outputText(job.output);
  const time = (atMs: number | null): string => (atMs === null ? "–" : formats.dateTime(atMs));
  return (
    <Drawer
      actions={
        <>
          <OpenOutput job={job} />
          <JobControls job={job} />
        </>
      }
      onClose={onClose}
      takeFocus={false}
      title={jobTitle(t, formats, job)}
    >
      <div className={styles.content}>
        <p className={styles.state}>
          <StatusShape tone={jobTone(job.state)} />
          {t(`jobs.state.${job.state}`)}
        </p>
        {operation !== null || (outcome !== null && hasEnded(job)) ? null : <JobProgressView job={job} />}
        {job.error === undefined ? null : <ErrorPanel error={job.error} />}
        <Facts
          facts={[
            { label: t("app.jobs.kind"), value: t.dynamic(`jobs.kind.${job.kind}`, {}, job.kind) },
            { label: t("app.jobs.by"), value: job.principal },
            { label: t("app.jobs.created"), value: time(job.createdAtMs) },
            { label: t("app.jobs.started"), value: time(job.startedAtMs) },
            { label: t("app.jobs.ended"), value: time(job.endedAtMs) },
            { label: t("app.jobs.attempts"), value: formats.number(job.attempts) },
            { label: t("app.jobs.id"), value: job.id, mono: true },
          ]}
        />
        <section className={styles.output}>
          <header className={styles.head}>
            <h3>{t("app.jobs.output")}</h3>
            {output === null ? null : <CopyButton label={t("app.jobs.copyOutput")} text={output} />}
          </header>
          {operation !== null ? (
            <OperationView report={operation} state={job.state} />
          ) : outcome !== null ? (
            <OutcomeView outcome={outcome} />
          ) : output === null ? (
            <p className={styles.none}>{t("app.jobs.noOutput")}</p>
          ) : (
            // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling area must be reachable by keyboard
            <pre className={styles.text} tabIndex={0}>
              {output}
            </pre>
          )}
        </section>
      </div>
    </Drawer>
  );
}
