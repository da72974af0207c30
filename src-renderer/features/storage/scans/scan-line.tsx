import type { ReactElement } from "react";
import type { ScanSummary } from "../../../../src-shared/model/storage/scan.ts";
import { Button } from "../../../components/button.tsx";
import { RelativeTime } from "../../../components/quantity.tsx";
import { StatusShape } from "../../../components/status-shape.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { useWorkspace } from "../../../hooks/workspace-store.ts";
import { GapList } from "./gap-list.tsx";
import { scopeText } from "./scan-scope.ts";
import { isWhole, scanVerdict, verdictTone } from "../../../components/scan-verdict.ts";
import styles from "./scan-line.module.css";

interface ScanLineProps {
  readonly scan: ScanSummary;
  /** The newest there is: no way back to it is offered. */
  readonly isLast: boolean;
}

/** Which scan is told of: when it was, what it looked at, what it could not do. */
export function ScanLine({ scan, isLast }: ScanLineProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const showStorage = useWorkspace((state) => state.showStorage);
  const verdict = scanVerdict(scan);
  return (
    <div className={styles.line}>
      <span className={styles.verdict}>
        <StatusShape tone={verdictTone(verdict)} />
        {verdict === "open" ? t(`storage.scan.state.${scan.state}`) : t(`storage.verdict.${verdict}`)}
      </span>
      <span>
        {t(verdict === "open" ? "storage.verdict.since" : isLast ? "storage.verdict.last" : "storage.verdict.earlier")}{" "}
        <RelativeTime atMs={scan.endedAtMs ?? scan.startedAtMs} />
      </span>
      <span className={styles.muted}>{scopeText(scan.request, t, formats)}</span>
      {isWhole(scan) ? null : <span className={styles.part}>{t("storage.verdict.part")}</span>}
      {isLast ? null : (
        <Button compact onClick={() => showStorage({ scan: null, finding: null })} tone="quiet">
          {t("storage.findings.showLast")}
        </Button>
      )}
      {scan.gaps.length === 0 ? null : (
        <details className={styles.gaps}>
          <summary>{t("storage.scan.gaps", { count: scan.gaps.length })}</summary>
          <GapList gaps={scan.gaps} />
        </details>
      )}
    </div>
  );
}
