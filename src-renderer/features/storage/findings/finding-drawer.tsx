import type { ReactElement } from "react";
import type { JobId } from "../../../../src-shared/model/ids.ts";
import type { KeptFinding } from "../../../../src-shared/model/storage/scan.ts";
import { Drawer } from "../../../components/drawer.tsx";
import { EmptyView, FailedView, LoadingView } from "../../../components/state-views.tsx";
import { StatusShape } from "../../../components/status-shape.tsx";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { severityTone } from "../../../components/severity.ts";
import { EvidenceTable } from "./evidence-table.tsx";
import { PlanButtons } from "./finding-actions.tsx";
import { FindingFacts } from "./finding-facts.tsx";
import styles from "./finding-drawer.module.css";
import { ObjectSection } from "./object-section.tsx";
import { StreamList } from "./stream-list.tsx";
import { useFinding } from "./use-finding.ts";

interface FindingDrawerProps {
  readonly scan: JobId;
  readonly id: string;
  /** Those that are listed already. */
  readonly listed: readonly KeptFinding[];
  readonly onClose: () => void;
}

/** One finding: what it is, what Loki does about it, what to do, and what shows it. */
export function FindingDrawer({ scan, id, listed, onClose }: FindingDrawerProps): ReactElement {
  const t = useTranslate();
  const { finding: kept, error, retry } = useFinding(scan, id, listed);
  return (
    <Drawer
      initialWidth={480}
      onClose={onClose}
      // Arrows go on from row to row in the table.
      takeFocus={false}
      title={
        kept === undefined || kept === null ? (
          t("storage.findings.title")
        ) : (
          <span className={styles.title}>
            <StatusShape
              label={t(`storage.severity.${kept.finding.severity}`)}
              tone={severityTone(kept.finding.severity)}
            />
            {t(`storage.finding.${kept.finding.kind}.title`)}
          </span>
        )
      }
    >
      {error === undefined ? null : <FailedView error={error} onRetry={retry} title={t("storage.findings.failed")} />}
      {kept === undefined && error === undefined ? <LoadingView rows={8} /> : null}
      {kept === null ? (
        <EmptyView small text={t("storage.findings.goneText")} title={t("storage.findings.gone")} />
      ) : null}
      {kept === undefined || kept === null ? null : <Details kept={kept} scan={scan} />}
    </Drawer>
  );
}

function Details({ kept, scan }: { readonly kept: KeptFinding; readonly scan: JobId }): ReactElement {
  const t = useTranslate();
  const { finding } = kept;
  const { kind } = finding;
  return (
    <div className={styles.details}>
      <p>{t(`storage.finding.${kind}.what`)}</p>
      <section className={styles.section}>
        <h3 className={styles.heading}>{t("storage.findings.effect")}</h3>
        <p>{t(`storage.finding.${kind}.effect`)}</p>
      </section>
      <section className={styles.section}>
        <h3 className={styles.heading}>{t("storage.findings.advice")}</h3>
        <p>{t(`storage.finding.${kind}.advice`)}</p>
        {kept.state === "vanished" ? null : (
          <div className={styles.actions}>
            <PlanButtons compact={false} ids={[kept.id]} known={[kept]} scan={scan} />
          </div>
        )}
      </section>
      <FindingFacts kept={kept} />
      <EvidenceTable evidence={finding.evidence} />
      <StreamList finding={finding} />
      <ObjectSection finding={finding} />
    </div>
  );
}
