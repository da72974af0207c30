import { IconListDetails } from "@tabler/icons-react";
import type { ReactElement } from "react";
import type { ScanSummary } from "../../../../src-shared/model/storage/scan.ts";
import { Button } from "../../../components/button.tsx";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { Drawer } from "../../../components/drawer.tsx";
import { ErrorPanel } from "../../../components/error-panel.tsx";
import { Facts, type Fact } from "../../../components/facts.tsx";
import { Bytes } from "../../../components/quantity.tsx";
import { PartialNotice } from "../../../components/state-views.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { useWorkspace } from "../../../hooks/workspace-store.ts";
import { SeverityCounts } from "../../../components/severity-counts.tsx";
import { kindsByCount } from "../../../components/severity.ts";
import { GapList } from "./gap-list.tsx";
import { scopeText } from "./scan-scope.ts";
import styles from "./scans.module.css";

/** One scan: what it looked at and left out, what it found, and the way to its findings. */
export function ScanDrawer({
  scan,
  onClose,
}: {
  readonly scan: ScanSummary;
  readonly onClose: () => void;
}): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const showStorage = useWorkspace((state) => state.showStorage);
  const number = (value: number): string => formats.number(value);
  const facts: readonly Fact[] = [
    { label: t("storage.scans.started"), value: formats.dateTime(scan.startedAtMs) },
    ...(scan.endedAtMs === null ? [] : [{ label: t("storage.scans.ended"), value: formats.dateTime(scan.endedAtMs) }]),
    { label: t("storage.scans.principal"), value: withVisibleCharacters(scan.principal) },
    { label: t("storage.scans.scope"), value: scopeText(scan.request, t, formats) },
    { label: t("storage.scans.objects"), value: number(scan.objects) },
    { label: t("storage.scans.bytes"), value: <Bytes value={scan.bytes} /> },
    { label: t("storage.scans.chunks"), value: number(scan.chunks) },
    { label: t("storage.scans.indexFiles"), value: number(scan.indexFiles) },
    { label: t("storage.scans.references"), value: number(scan.references) },
    { label: t("storage.scans.checked"), value: number(scan.checked) },
    { label: t("storage.scans.reused"), value: number(scan.reused) },
    { label: t("storage.scans.skipped"), value: number(scan.skipped) },
    { label: t("storage.scans.read"), value: <Bytes value={scan.checkedBytes} /> },
    { label: t("storage.scans.id"), value: scan.scan, mono: true },
  ];
  return (
    <Drawer
      actions={
        <Button
          compact
          icon={IconListDetails}
          onClick={() => showStorage({ tab: "findings", scan: scan.scan, finding: null })}
        >
          {t("storage.scans.showFindings")}
        </Button>
      }
      onClose={onClose}
      // Arrows go on from row to row in the table.
      takeFocus={false}
      title={t("storage.scans.title")}
    >
      <div className={styles.drawer}>
        {scan.error === undefined ? null : <ErrorPanel error={scan.error} title={t("storage.verdict.failed")} />}
        {scan.gaps.length === 0 ? null : (
          <PartialNotice>
            <GapList gaps={scan.gaps} />
          </PartialNotice>
        )}
        <SeverityCounts counts={scan.counts} />
        {scan.compared === null ? null : (
          <p className={styles.figures}>
            {t("storage.scans.comparison", {
              appeared: number(scan.compared.appeared),
              vanished: number(scan.compared.vanished),
              stayed: number(scan.compared.stayed),
            })}
          </p>
        )}
        <ul className={styles.kinds}>
          {kindsByCount(scan.kinds).map(([kind, count]) => (
            <li className={styles.kind} key={kind}>
              <span>{t(`storage.finding.${kind}.title`)}</span>
              <span className={styles.figures}>{number(count)}</span>
            </li>
          ))}
        </ul>
        <Facts facts={facts} />
      </div>
    </Drawer>
  );
}
