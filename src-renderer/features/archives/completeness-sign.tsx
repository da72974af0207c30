import type { ReactElement } from "react";
import type { Completeness } from "../../../src-shared/model/completeness.ts";
import { Badge } from "../../components/badge.tsx";
import type { StatusTone } from "../../components/status-shape.tsx";
import { Tip } from "../../components/tip.tsx";
import { useTranslate } from "../../hooks/use-translate.ts";
import styles from "./archives.module.css";

const TONES: Readonly<Record<Completeness["verdict"], StatusTone>> = {
  complete: "good",
  unknown: "doubt",
  incomplete: "bad",
};

/** Whether all that there was is in it, in a shape and a word. */
export function CompletenessSign({ verdict }: { readonly verdict: Completeness["verdict"] }): ReactElement {
  const t = useTranslate();
  return (
    <Tip label={t(`archives.completeness.${verdict}Text`)}>
      <span className={styles.sign}>
        <Badge tone={TONES[verdict]}>{t(`archives.completeness.${verdict}`)}</Badge>
      </span>
    </Tip>
  );
}
