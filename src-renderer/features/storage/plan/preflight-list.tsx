import type { ReactElement } from "react";
import type { Preflight } from "../../../../src-shared/model/storage/storage-plan.ts";
import { CodeText } from "../../../components/code-text.tsx";
import { readableParams } from "../../../components/operation-text.ts";
import { StatusShape, type StatusTone } from "../../../components/status-shape.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import styles from "./plan.module.css";

const TONES: Readonly<Record<Preflight["state"], StatusTone>> = {
  passed: "good",
  warned: "warning",
  failed: "bad",
  unknown: "doubt",
};

/** What was looked at before anything is written, and what was seen. */
export function PreflightList({ preflight }: { readonly preflight: readonly Preflight[] }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  return (
    <ul className={styles.preflight}>
      {preflight.map(({ check, state, reason, params }) => (
        <li key={check}>
          <StatusShape label={t(`storage.preflightState.${state}`)} tone={TONES[state]} />
          <span className={styles.check}>{t(`storage.preflight.${check}`)}</span>
          <span className={styles.muted}>
            {reason === null ? (
              t(`storage.preflightState.${state}`)
            ) : (
              <CodeText
                text={t.dynamic(`storage.preflight.${check}.${reason}`, readableParams(t, formats, params), reason)}
              />
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}
