import type { ReactElement } from "react";
import type { ScanSummary } from "../../../../src-shared/model/storage/scan.ts";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { Bytes, RelativeTime } from "../../../components/quantity.tsx";
import { StatusShape } from "../../../components/status-shape.tsx";
import type { TableColumn } from "../../../components/virtual-table.tsx";
import type { Formats } from "../../../hooks/formats.ts";
import type { Translate } from "../../../hooks/use-translate.ts";
import { SeverityCounts } from "../../../components/severity-counts.tsx";
import { scopeText } from "./scan-scope.ts";
import { isWhole, scanVerdict, verdictTone } from "../../../components/scan-verdict.ts";
import styles from "./scans.module.css";

export function scanColumns(t: Translate, formats: Formats): readonly TableColumn<ScanSummary>[] {
  return [
    {
      id: "verdict",
      header: t("storage.scans.verdict"),
      width: "minmax(150px, 190px)",
      render: (scan) => <VerdictCell scan={scan} t={t} />,
    },
    {
      id: "started",
      header: t("storage.scans.started"),
      width: "110px",
      render: ({ startedAtMs }) => <RelativeTime atMs={startedAtMs} />,
    },
    {
      id: "took",
      header: t("storage.scans.took"),
      width: "90px",
      align: "end",
      render: ({ startedAtMs, endedAtMs }) => (endedAtMs === null ? "–" : formats.duration(endedAtMs - startedAtMs)),
    },
    {
      id: "scope",
      header: t("storage.scans.scope"),
      width: "minmax(220px, 1fr)",
      render: ({ request }) => <span title={scopeText(request, t, formats)}>{scopeText(request, t, formats)}</span>,
    },
    {
      id: "read",
      header: t("storage.scans.read"),
      width: "90px",
      align: "end",
      render: ({ checkedBytes }) => <Bytes value={checkedBytes} />,
    },
    {
      id: "chunks",
      header: t("storage.scans.chunks"),
      width: "90px",
      align: "end",
      render: ({ chunks }) => formats.number(chunks),
    },
    {
      id: "counts",
      header: t("storage.scans.counts"),
      width: "150px",
      render: ({ counts }) => <SeverityCounts counts={counts} />,
    },
    {
      id: "compared",
      header: t("storage.scans.compared"),
      width: "minmax(190px, 230px)",
      render: ({ compared }) => (
        <span className={compared === null ? styles.muted : styles.figures}>
          {compared === null
            ? t("storage.scans.notCompared")
            : t("storage.scans.comparison", {
                appeared: formats.number(compared.appeared),
                vanished: formats.number(compared.vanished),
                stayed: formats.number(compared.stayed),
              })}
        </span>
      ),
    },
    {
      id: "principal",
      header: t("storage.scans.principal"),
      width: "minmax(80px, 120px)",
      render: ({ principal }) => withVisibleCharacters(principal),
    },
  ];
}

function VerdictCell({ scan, t }: { readonly scan: ScanSummary; readonly t: Translate }): ReactElement {
  const verdict = scanVerdict(scan);
  const open = verdict === "open";
  return (
    <span className={styles.verdict}>
      <StatusShape tone={scan.state === "paused" ? "doubt" : verdictTone(verdict)} />
      <span>{open ? t(`storage.scan.state.${scan.state}`) : t(`storage.verdict.${verdict}`)}</span>
      {open || isWhole(scan) || verdict === "part-clean" ? null : (
        <span className={styles.muted}>{t("storage.verdict.part")}</span>
      )}
    </span>
  );
}
