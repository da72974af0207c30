import type { ReactElement } from "react";
import { STORAGE_SEVERITIES } from "../../../../src-shared/model/storage-finding.ts";
import { StatusShape } from "../../../components/status-shape.tsx";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { severityTone } from "../../../components/severity.ts";
import type { HeatMeasure } from "./heat-map-model.ts";
import styles from "./heat-map.module.css";

const LEVELS = [0, 1, 2, 3, 4] as const;

/** What shapes and strength of the cells mean. */
export function HeatLegend({ measure }: { readonly measure: HeatMeasure }): ReactElement {
  const t = useTranslate();
  return (
    <ul aria-label={t("storage.heat.legend")} className={styles.legend}>
      {STORAGE_SEVERITIES.map((severity) => (
        <li className={styles.legendItem} key={severity}>
          <span className={styles.swatch} data-level={3} data-worst={severity}>
            <StatusShape tone={severityTone(severity)} />
          </span>
          {t(`storage.severity.${severity}`)}
        </li>
      ))}
      <li className={styles.legendItem}>
        {t(`storage.heat.least.${measure}`)}
        {LEVELS.map((level) => (
          <span className={styles.swatch} data-level={level} key={level} />
        ))}
        {t(`storage.heat.most.${measure}`)}
      </li>
    </ul>
  );
}
