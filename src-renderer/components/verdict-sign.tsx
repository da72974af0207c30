import type { ReactElement } from "react";
import type { Verdict } from "../../src-shared/model/health/verdict.ts";
import { useTranslate } from "../hooks/use-translate.ts";
import { StatusShape, type StatusTone } from "./status-shape.tsx";
import styles from "./verdict-sign.module.css";

/** `gray` is a full rhombus, `unknown` an empty one, `degraded` a triangle: no eye needs the colour. */
const TONES: Readonly<Record<Verdict, StatusTone>> = {
  healthy: "good",
  degraded: "warning",
  gray: "gray-failure",
  down: "bad",
  unknown: "doubt",
};

export function verdictTone(verdict: Verdict): StatusTone {
  return TONES[verdict];
}

/** A verdict's shape and word. */
export function VerdictSign({ verdict }: { readonly verdict: Verdict }): ReactElement {
  const t = useTranslate();
  return (
    <span className={styles.sign} data-verdict={verdict}>
      <StatusShape tone={TONES[verdict]} />
      {t(`health.verdict.${verdict}`)}
    </span>
  );
}
