import type { ReactElement } from "react";
import { useTranslate } from "../hooks/use-translate.ts";
import styles from "./stages.module.css";

export const STAGES = ["plan", "review", "apply", "verify"] as const;
export type Stage = (typeof STAGES)[number];

/** Where one is between planning and proof. */
export function Stages({ at }: { readonly at: Stage }): ReactElement {
  const t = useTranslate();
  const place = STAGES.indexOf(at);
  return (
    <ol aria-label={t("operations.stages")} className={styles.stages}>
      {STAGES.map((stage, index) => (
        <li aria-current={stage === at ? "step" : undefined} data-passed={index < place || undefined} key={stage}>
          {t(`operations.stage.${stage}`)}
        </li>
      ))}
    </ol>
  );
}
