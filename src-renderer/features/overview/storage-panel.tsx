import type { ReactElement } from "react";
import type { Site } from "../../../src-shared/api/sites.api.ts";
import { Button } from "../../components/button.tsx";
import { withVisibleCharacters } from "../../components/control-characters.ts";
import { Facts, type Fact } from "../../components/facts.tsx";
import { Panel } from "../../components/panel.tsx";
import { Bytes, RelativeTime } from "../../components/quantity.tsx";
import { isWhole, scanVerdict, verdictTone } from "../../components/scan-verdict.ts";
import { SeverityCounts } from "../../components/severity-counts.tsx";
import { EmptyView, FailedView, LoadingView } from "../../components/state-views.tsx";
import { StatusShape } from "../../components/status-shape.tsx";
import { useLastScan } from "../../hooks/use-last-scan.ts";
import { useTranslate } from "../../hooks/use-translate.ts";
import { useWorkspace } from "../../hooks/workspace-store.ts";
import styles from "./storage-panel.module.css";

/** Whether what the site's Loki keeps is whole, and when that was last looked at. */
export function StoragePanel({ site }: { readonly site: Site }): ReactElement {
  const t = useTranslate();
  const showStorage = useWorkspace((state) => state.showStorage);
  const { store, scan, error, retry } = useLastScan(site.id);
  const open = (
    <Button compact onClick={() => showStorage({ tab: "overview", store: store?.id ?? null })} tone="quiet">
      {t("storage.panel.open")}
    </Button>
  );
  return (
    <Panel actions={open} title={t("storage.panel.title")}>
      {error === undefined ? null : <FailedView error={error} onRetry={retry} title={t("storage.panel.failed")} />}
      {error === undefined && (store === undefined || (store !== null && scan === undefined)) ? (
        <LoadingView rows={3} />
      ) : null}
      {store === null ? <EmptyView small text={t("storage.panel.noneText")} title={t("storage.panel.none")} /> : null}
      {store !== undefined && store !== null && scan === null ? (
        <EmptyView small text={t("storage.panel.neverText")} title={t("storage.scans.empty")} />
      ) : null}
      {store === undefined || store === null || scan === undefined || scan === null ? null : (
        <ScanFacts scan={scan} title={store.title} />
      )}
    </Panel>
  );
}

interface ScanFactsProps {
  readonly scan: NonNullable<ReturnType<typeof useLastScan>["scan"]>;
  readonly title: string;
}

function ScanFacts({ scan, title }: ScanFactsProps): ReactElement {
  const t = useTranslate();
  const verdict = scanVerdict(scan);
  const facts: readonly Fact[] = [
    {
      label: t("storage.verdict.last"),
      value: (
        <span className={styles.verdict}>
          <StatusShape tone={verdictTone(verdict)} />
          {t(`storage.verdict.${verdict}`)} <RelativeTime atMs={scan.endedAtMs ?? scan.startedAtMs} />
        </span>
      ),
    },
    ...(isWhole(scan)
      ? []
      : [{ label: t("storage.scans.scope"), value: <span className={styles.part}>{t("storage.verdict.part")}</span> }]),
    { label: t("storage.scans.counts"), value: <SeverityCounts counts={scan.counts} /> },
    { label: t("storage.scans.bytes"), value: <Bytes value={scan.bytes} /> },
    { label: t("storage.store"), value: withVisibleCharacters(title), mono: true },
  ];
  return <Facts facts={facts} />;
}
