import type { ReactElement } from "react";
import type { DoctorStep, DoctorStepName } from "../../../src-shared/api/sites.api.ts";
import { errorText } from "../../components/error-text.ts";
import { StatusShape, type StatusTone } from "../../components/status-shape.tsx";
import { useFormats } from "../../hooks/use-formats.ts";
import { useTranslate } from "../../hooks/use-translate.ts";
import styles from "./doctor-drawer.module.css";

const TONES: Readonly<Record<DoctorStep["state"] | "waiting" | "unreached", StatusTone>> = {
  waiting: "idle",
  unreached: "idle",
  running: "working",
  passed: "good",
  warned: "warning",
  failed: "bad",
  skipped: "doubt",
};

interface DoctorStepRowProps {
  readonly step: DoctorStep | { readonly step: DoctorStepName; readonly state: "waiting" };
  readonly ended: boolean;
}

/** One step: what was tried, how it went, what was seen, what to do. */
export function DoctorStepRow({ step, ended }: DoctorStepRowProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const told = step.state === "waiting" ? null : step;
  const state = step.state === "waiting" && ended ? "unreached" : step.state;
  return (
    <li className={styles.step} data-state={state}>
      <span className={styles.mark}>
        <StatusShape tone={TONES[state]} />
      </span>
      <div className={styles.body}>
        <div className={styles.head}>
          <span className={styles.name}>{t.dynamic(`doctor.step.${step.step}`, {}, step.step)}</span>
          <span className={styles.state}>{t(`app.doctorState.${state}`)}</span>
          {told?.tookMs === undefined ? null : <span className={styles.took}>{formats.duration(told.tookMs)}</span>}
        </div>
        {told?.detail === undefined ? null : <p className={styles.detail}>{told.detail}</p>}
        {told?.error === undefined ? null : <p className={styles.error}>{errorText(t, told.error)}</p>}
        {told?.advice === undefined ? null : (
          <p className={state === "skipped" || state === "passed" ? styles.remark : styles.advice}>
            {t.dynamic(`doctor.advice.${told.advice}`, told.params ?? {})}
          </p>
        )}
      </div>
    </li>
  );
}
