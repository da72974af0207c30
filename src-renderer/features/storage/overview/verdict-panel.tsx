import { IconListDetails } from "@tabler/icons-react";
import type { ReactElement } from "react";
import type { BucketGrowth, ScanSummary } from "../../../../src-shared/model/storage/scan.ts";
import { Button } from "../../../components/button.tsx";
import { Panel } from "../../../components/panel.tsx";
import { Bytes, RelativeTime } from "../../../components/quantity.tsx";
import { Sparkline } from "../../../components/sparkline.tsx";
import { StatusShape } from "../../../components/status-shape.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { useWorkspace } from "../../../hooks/workspace-store.ts";
import { SeverityCounts } from "../../../components/severity-counts.tsx";
import { GapList } from "../scans/gap-list.tsx";
import { scopeText } from "../scans/scan-scope.ts";
import { isWhole, scanVerdict, verdictTone } from "../../../components/scan-verdict.ts";
import { kindsByCount } from "../../../components/severity.ts";
import { useStorageView } from "../storage-context.ts";
import styles from "./overview.module.css";

const KINDS_SHOWN = 6;

interface VerdictPanelProps {
  readonly scan: ScanSummary;
  readonly growth: readonly BucketGrowth[];
}

/** What the last scan says of the bucket, and of what it says nothing. */
export function VerdictPanel({ scan, growth }: VerdictPanelProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { showFindings } = useStorageView();
  const showStorage = useWorkspace((state) => state.showStorage);
  const verdict = scanVerdict(scan);
  const kinds = kindsByCount(scan.kinds);
  const found = kinds.reduce((sum, [, count]) => sum + count, 0);
  return (
    <Panel
      actions={
        <Button compact icon={IconListDetails} onClick={() => showStorage({ tab: "scans" })} tone="quiet">
          {t("storage.overview.allScans")}
        </Button>
      }
      title={t("storage.overview.verdict")}
    >
      <div className={styles.verdict}>
        <p className={styles.word}>
          <StatusShape tone={verdictTone(verdict)} />
          <strong>{t(`storage.verdictLong.${verdict}`)}</strong>
          <SeverityCounts counts={scan.counts} />
        </p>
        <p className={styles.muted}>
          {t("storage.verdict.last")} <RelativeTime atMs={scan.endedAtMs ?? scan.startedAtMs} /> ·{" "}
          {scopeText(scan.request, t, formats)}
        </p>
        <dl className={styles.figures}>
          <Figure label={t("storage.scans.objects")} value={formats.number(scan.objects)} />
          <Figure
            label={t("storage.scans.bytes")}
            value={
              <span className={styles.grown}>
                <Bytes value={scan.bytes} />
                <Sparkline points={growth.map(({ atMs, bytes }) => ({ atMs, value: bytes }))} />
              </span>
            }
          />
          <Figure label={t("storage.scans.chunks")} value={formats.number(scan.chunks)} />
          <Figure label={t("storage.scans.verified")} value={formats.number(scan.checked + scan.reused)} />
          <Figure label={t("storage.scans.skipped")} value={formats.number(scan.skipped)} />
          <Figure label={t("storage.scans.indexFiles")} value={formats.number(scan.indexFiles)} />
        </dl>
        {isWhole(scan) ? null : (
          <div className={styles.part}>
            <StatusShape tone="doubt" />
            <div>
              <p>{t("storage.overview.notWhole")}</p>
              <GapList gaps={scan.gaps} />
            </div>
          </div>
        )}
        {found === 0 ? null : (
          <ul className={styles.kinds}>
            {kinds.slice(0, KINDS_SHOWN).map(([kind, count]) => (
              <li key={kind}>
                <button className={styles.kind} onClick={() => showFindings({ kinds: [kind] })} type="button">
                  <span>{t(`storage.finding.${kind}.title`)}</span>
                  <span>{formats.number(count)}</span>
                </button>
              </li>
            ))}
            <li>
              <button className={styles.kind} onClick={() => showFindings({})} type="button">
                <span>{t("storage.overview.allFindings")}</span>
                <span>{formats.number(found)}</span>
              </button>
            </li>
          </ul>
        )}
      </div>
    </Panel>
  );
}

function Figure({ label, value }: { readonly label: string; readonly value: ReactElement | string }): ReactElement {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  );
}
