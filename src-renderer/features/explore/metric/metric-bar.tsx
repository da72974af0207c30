import type { ReactElement } from "react";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { CompletenessBadge } from "../completeness/completeness-badge.tsx";
import type { MetricAnswer } from "./metric-answer.ts";
import styles from "./metric.module.css";

/** About a metric answer: whether it is whole, and what it cost. */
export function MetricBar({ answer }: { readonly answer: MetricAnswer }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { stats } = answer;
  return (
    <div aria-label={t("explore.result.bar")} className={styles.bar} role="toolbar">
      {stats.bytesProcessed > 0 ? (
        <span className={styles.note} title={formats.bytesExact(stats.bytesProcessed)}>
          {t("explore.result.processed", {
            bytes: formats.bytes(stats.bytesProcessed),
            time: formats.duration(stats.execMs),
          })}
        </span>
      ) : null}
      <CompletenessBadge
        completeness={answer.completeness}
        onRaiseLimit={null}
        onReadAll={null}
        reading={false}
        stats={stats}
      />
    </div>
  );
}
