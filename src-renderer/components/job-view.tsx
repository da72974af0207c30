import { IconPlayerPause, IconPlayerPlay, IconTrash, IconX } from "@tabler/icons-react";
import type { ReactElement } from "react";
import type { Job, JobState } from "../../src-shared/model/job.ts";
import { useChange } from "../hooks/use-answer.ts";
import type { Formats } from "../hooks/formats.ts";
import { useFormats } from "../hooks/use-formats.ts";
import { hasEnded } from "../hooks/use-jobs.ts";
import { useForbidden } from "../hooks/use-permission.ts";
import { useTranslate, type Translate } from "../hooks/use-translate.ts";
import { IconButton } from "./icon-button.tsx";
import { errorText } from "./error-text.ts";
import styles from "./job-view.module.css";
import { ProgressBar } from "./progress-bar.tsx";
import type { StatusTone } from "./status-shape.tsx";

const TONES: Readonly<Record<JobState, StatusTone>> = {
  queued: "idle",
  running: "working",
  paused: "doubt",
  succeeded: "good",
  failed: "bad",
  cancelled: "idle",
  interrupted: "warning",
};

export function jobTone(state: JobState): StatusTone {
  return TONES[state];
}

/** A job's name. Numbers in it are counts, so they are written as counts; an operation's kind has words of its own. */
export function jobTitle(t: Translate, formats: Formats, job: Job): string {
  const params = Object.entries(job.title.params).map(([name, value]) => {
    if (typeof value === "number") return [name, formats.number(value)] as const;
    return [name, name === "operation" ? t.dynamic(`operations.kind.${value}`, {}, value) : value] as const;
  });
  return t.dynamic(job.title.key, Object.fromEntries(params), job.kind);
}

/** Pause or resume, cancel, remove: those of them that make sense for the state the job is in. */
export function JobControls({ job }: { readonly job: Job }): ReactElement {
  const t = useTranslate();
  const forbidden = useForbidden("jobs.control");
  const pause = useChange("jobs", "pause");
  const resume = useChange("jobs", "resume");
  const cancel = useChange("jobs", "cancel");
  const remove = useChange("jobs", "remove");
  const refused = pause.error ?? resume.error ?? cancel.error ?? remove.error;
  const input = { job: job.id };
  return (
    <span className={styles.controls}>
      {refused === undefined ? null : (
        <span className={styles.refused} role="alert">
          {errorText(t, refused)}
        </span>
      )}
      {job.state === "running" && job.canPause ? (
        <IconButton
          disabledReason={forbidden}
          icon={IconPlayerPause}
          label={t("app.job.pause")}
          onClick={() => pause.fire(input)}
          size={24}
        />
      ) : null}
      {job.state === "paused" || job.state === "interrupted" ? (
        <IconButton
          disabledReason={forbidden}
          icon={IconPlayerPlay}
          label={t("app.job.resume")}
          onClick={() => resume.fire(input)}
          size={24}
        />
      ) : null}
      {hasEnded(job) ? (
        <IconButton
          disabledReason={forbidden}
          icon={IconTrash}
          label={t("app.job.remove")}
          onClick={() => remove.fire(input)}
          size={24}
        />
      ) : (
        <IconButton
          disabledReason={forbidden}
          icon={IconX}
          label={t("app.job.cancel")}
          onClick={() => cancel.fire(input)}
          size={24}
        />
      )}
    </span>
  );
}

const BAR_TONES: Readonly<Partial<Record<JobState, "still" | "bad" | "good">>> = {
  paused: "still",
  queued: "still",
  interrupted: "still",
  cancelled: "still",
  failed: "bad",
  succeeded: "good",
};

/** The bar, and under it how far, how fast, how long still. */
export function JobProgressView({ job }: { readonly job: Job }): ReactElement | null {
  const t = useTranslate();
  const formats = useFormats();
  const { progress } = job;
  if (progress === null) return null;
  const amount = (value: number): string => (progress.unit === "bytes" ? formats.bytes(value) : formats.number(value));
  const counts =
    progress.total === null
      ? t(`app.job.done.${progress.unit}`, { done: amount(progress.done) })
      : t(`app.job.doneOf.${progress.unit}`, { done: amount(progress.done), total: amount(progress.total) });
  const parts = [
    // An operation's phases are its steps, whose sentences are told where the steps are.
    job.kind === "health-operation" ? null : t.dynamic(`jobs.phase.${progress.phase}`, {}, progress.phase),
    progress.fraction === null ? null : formats.percent(progress.fraction),
    counts,
    progress.bytes === undefined || progress.unit === "bytes" ? null : formats.bytes(progress.bytes),
    job.state === "running" && progress.perSecond > 0
      ? progress.unit === "bytes"
        ? formats.bytesRate(progress.perSecond)
        : formats.rate(progress.perSecond)
      : null,
    job.state === "running" && progress.remainingMs !== null
      ? t("app.job.remaining", { time: formats.duration(progress.remainingMs) })
      : null,
  ];
  const tone = BAR_TONES[job.state];
  return (
    <div className={styles.progress}>
      <ProgressBar
        fraction={progress.fraction}
        label={jobTitle(t, formats, job)}
        {...(tone === undefined ? {} : { tone })}
      />
      <span className={styles.facts}>{parts.filter((part) => part !== null).join(" · ")}</span>
    </div>
  );
}
