import type { ReactElement } from "react";
import type { Topology } from "../../../../src-shared/model/health/topology.ts";
import { StatusShape } from "../../../components/status-shape.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { isFailing, nodeName } from "./edge-text.ts";
import type { PathChoice } from "./topology-picture.tsx";
import styles from "./topology.module.css";

interface EdgeTableProps {
  readonly edges: Topology["edges"];
  readonly path: PathChoice;
}

/** The arrows as a table: every figure readable, sortable by eye, copied with the pointer. */
export function EdgeTable({ edges, path }: EdgeTableProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const shown = edges.filter((edge) => path === "both" || edge.path === "both" || edge.path === path);
  const untold = (
    <span className={styles.untold} title={t("topology.untold")}>
      –
    </span>
  );
  return (
    <table className={styles.table}>
      <caption className="visually-hidden">{t("topology.table")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("topology.flow")}</th>
          <th scope="col">{t("topology.from")}</th>
          <th scope="col">{t("topology.to")}</th>
          <th data-align="end" scope="col">
            {t("topology.rate")}
          </th>
          <th data-align="end" scope="col">
            {t("topology.bytes")}
          </th>
          <th data-align="end" scope="col">
            {t("topology.mean")}
          </th>
          <th data-align="end" scope="col">
            {t("topology.errors")}
          </th>
          <th scope="col">{t("topology.metric")}</th>
        </tr>
      </thead>
      <tbody>
        {shown.map((edge) => (
          <tr key={`${edge.kind} ${edge.from} ${edge.to}`}>
            <th scope="row">{t(`health.edge.${edge.kind}`)}</th>
            <td>{nodeName(t, edge.from)}</td>
            <td>{nodeName(t, edge.to)}</td>
            <td data-align="end">{edge.perSecond === null ? untold : formats.rate(edge.perSecond)}</td>
            <td data-align="end">{edge.bytesPerSecond === null ? untold : formats.bytesRate(edge.bytesPerSecond)}</td>
            <td data-align="end">{edge.meanSeconds === null ? untold : formats.duration(edge.meanSeconds * 1_000)}</td>
            <td data-align="end">
              {edge.errorShare === null ? (
                untold
              ) : (
                <span className={styles.errors}>
                  {isFailing(edge) ? <StatusShape tone="bad" /> : null}
                  {formats.number(edge.errorShare * 100, 2)}%
                </span>
              )}
            </td>
            <td className={styles.metric}>{edge.metric}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
