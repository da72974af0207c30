import { useMemo, type ReactElement } from "react";
import { Badge } from "../../../components/badge.tsx";
import { PartialNotice, EmptyView } from "../../../components/state-views.tsx";
import { VirtualTable, type TableColumn } from "../../../components/virtual-table.tsx";
import { usePreferences } from "../../../hooks/preferences.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import type { MetricAnswer } from "./metric-answer.ts";
import { MetricChart } from "./metric-chart.tsx";
import { metricTableRows, type MetricTableRow } from "./metric-table-rows.ts";
import styles from "./metric.module.css";

/** More lines than this in one chart cannot be told apart; the table has them all. */
const CHARTED_SERIES = 40;

/** The answer of a metric query: numbers over time as a chart, and each series in a table. */
export function MetricView({ answer }: { readonly answer: MetricAnswer }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { colorScheme } = usePreferences();
  const rows = useMemo(() => metricTableRows(answer), [answer]);
  const charted = useMemo(() => answer.series.slice(0, CHARTED_SERIES), [answer]);
  const columns = useMemo<readonly TableColumn<MetricTableRow>[]>(
    () => [
      {
        id: "series",
        header: t("explore.metric.series"),
        width: "minmax(200px, 1fr)",
        render: ({ name }) => <code title={name}>{withVisibleCharacters(name.slice(0, 500))}</code>,
      },
      {
        id: "points",
        header: t("explore.metric.points"),
        width: "90px",
        align: "end",
        render: ({ points }) => formats.number(points),
      },
      {
        id: "lowest",
        header: t("explore.metric.lowest"),
        width: "140px",
        align: "end",
        render: ({ lowest }) => lowest,
      },
      {
        id: "highest",
        header: t("explore.metric.highest"),
        width: "140px",
        align: "end",
        render: ({ highest }) => highest,
      },
      { id: "last", header: t("explore.metric.last"), width: "140px", align: "end", render: ({ last }) => last },
    ],
    [t, formats],
  );
  if (answer.series.length === 0) {
    return <EmptyView text={t("explore.metric.emptyText")} title={t("explore.metric.empty")} />;
  }
  return (
    <div className={styles.view}>
      <div className={styles.head}>
        <Badge>{t("explore.metric.badge")}</Badge>
        <span className={styles.note}>
          {t("explore.metric.kind", {
            count: rows.length,
            series: formats.number(rows.length),
            type: answer.resultType,
          })}
        </span>
        {rows.length > CHARTED_SERIES ? (
          <span className={styles.note}>{t("explore.metric.charted", { series: formats.number(CHARTED_SERIES) })}</span>
        ) : null}
      </div>
      {answer.warnings.map((warning) => (
        <PartialNotice key={warning}>{withVisibleCharacters(warning.slice(0, 1_000))}</PartialNotice>
      ))}
      {answer.resultType === "matrix" ? <MetricChart key={colorScheme} series={charted} /> : null}
      <div className={styles.table}>
        <VirtualTable columns={columns} label={t("explore.metric.table")} rowKey={({ key }) => key} rows={rows} />
      </div>
    </div>
  );
}
