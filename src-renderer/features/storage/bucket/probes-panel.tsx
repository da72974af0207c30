import type { ReactElement } from "react";
import type { BucketHealth, Probe } from "../../../../src-shared/model/storage/bucket-health.ts";
import { Panel } from "../../../components/panel.tsx";
import { EmptyView } from "../../../components/state-views.tsx";
import { StatusShape, type StatusTone } from "../../../components/status-shape.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import styles from "./bucket.module.css";

const PROBES = ["live", "ready", "clusterWrite", "clusterRead", "maintenance"] as const;
const TONES: Readonly<Record<Probe["state"], StatusTone>> = {
  ok: "good",
  failing: "bad",
  unsupported: "idle",
  unknown: "doubt",
};

/** What MinIO's health pages say, and which of its nodes told figures. */
export function ProbesPanel({ health }: { readonly health: BucketHealth | null }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  if (health === null) {
    return (
      <Panel title={t("storage.probes")}>
        <EmptyView small text={t("storage.probes.noneText")} title={t("storage.probes.none")} />
      </Panel>
    );
  }
  const { probes, nodesRead, nodesAsked, generations, nodes } = health;
  return (
    <Panel
      aside={t("storage.probes.nodes", {
        read: formats.number(nodesRead.length),
        asked: formats.number(nodesAsked),
      })}
      title={t("storage.probes")}
    >
      <ul className={styles.probes}>
        {PROBES.map((name) => {
          const { state, status } = probes[name];
          return (
            <li className={styles.probe} key={name}>
              {/* Of a node that may not be taken down the cluster is none the worse. */}
              <StatusShape tone={name === "maintenance" && state === "failing" ? "warning" : TONES[state]} />
              <span>{t(`storage.probes.${name}`)}</span>
              <span className={styles.muted}>{t(`storage.probes.state.${state}`)}</span>
              <span className={styles.muted}>{status === null ? "" : `HTTP ${status}`}</span>
            </li>
          );
        })}
        <li className={styles.probe}>
          <StatusShape tone={nodes.offline === null ? "doubt" : nodes.offline === 0 ? "good" : "bad"} />
          <span>{t("storage.probes.servers")}</span>
          <span className={styles.muted}>
            {nodes.online === null || nodes.offline === null
              ? t("storage.unknown")
              : t("storage.probes.online", {
                  online: formats.number(nodes.online),
                  offline: formats.number(nodes.offline),
                })}
          </span>
          <span />
        </li>
      </ul>
      <p className={styles.muted}>
        {generations.length === 0
          ? t("storage.probes.noMetrics")
          : t("storage.probes.metrics", { generations: generations.join(", ") })}
      </p>
    </Panel>
  );
}
