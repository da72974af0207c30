import { IconPackageExport } from "@tabler/icons-react";
import type { ReactElement } from "react";
import { IconButton } from "../../../components/icon-button.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { CompletenessBadge } from "../completeness/completeness-badge.tsx";
import { processedText } from "../cost/processed-text.ts";
import { EXPORT_SHORTCUT, type ExploreExports } from "../use-explore-exports.ts";
import type { MetricAnswer } from "./metric-answer.ts";
import styles from "./metric.module.css";

interface MetricBarProps {
  readonly answer: MetricAnswer;
  /** Read from a server. */
  readonly remote: boolean;
  readonly exports: ExploreExports;
}

/** About a metric answer: whether it is whole, and what it cost. */
export function MetricBar({ answer, remote, exports }: MetricBarProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { stats } = answer;
  return (
    <div aria-label={t("explore.result.bar")} className={styles.bar} role="toolbar">
      {stats.bytesProcessed > 0 ? (
        <span className={styles.note} title={formats.bytesExact(stats.bytesProcessed)}>
          {processedText(stats, t, formats)}
        </span>
      ) : null}
      <CompletenessBadge
        completeness={answer.completeness}
        onRaiseLimit={null}
        onReadAll={null}
        reading={false}
        remote={remote}
        stats={stats}
      />
      <IconButton
        disabledReason={exports.mayNotExport}
        icon={IconPackageExport}
        label={t("exports.open")}
        onClick={exports.openExport}
        shortcut={EXPORT_SHORTCUT}
      />
    </div>
  );
}
