import type { ReactElement } from "react";
import { STORAGE_SEVERITIES } from "../../src-shared/model/storage-finding.ts";
import type { ScanSummary } from "../../src-shared/model/storage/scan.ts";
import { StatusShape } from "./status-shape.tsx";
import { useFormats } from "../hooks/use-formats.ts";
import { useTranslate } from "../hooks/use-translate.ts";
import { severityTone } from "./severity.ts";
import styles from "./severity-counts.module.css";

/** How many findings of each severity, each with its shape; zeros are told faintly. */
export function SeverityCounts({ counts }: { readonly counts: ScanSummary["counts"] }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  return (
    <span className={styles.counts}>
      {STORAGE_SEVERITIES.map((severity) => (
        <span className={styles.count} data-none={counts[severity] === 0 || undefined} key={severity}>
          <StatusShape label={t(`storage.severity.${severity}`)} tone={severityTone(severity)} />
          {formats.number(counts[severity])}
        </span>
      ))}
    </span>
  );
}
