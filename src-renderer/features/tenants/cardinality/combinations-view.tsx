import type { ReactElement } from "react";
import type { CardinalityReport } from "../../../../src-shared/model/tenants/cardinality.ts";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { EmptyView } from "../../../components/state-views.tsx";
import { VirtualTable } from "../../../components/virtual-table.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import styles from "./cardinality.module.css";

/** Which labels streams have together. */
export function CombinationsView({ report }: { readonly report: CardinalityReport }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  if (report.combinations.length === 0) return <EmptyView small title={t("cardinality.noStreams")} />;
  return (
    <VirtualTable
      columns={[
        {
          id: "streams",
          header: t("cardinality.column.streams"),
          width: "104px",
          align: "end",
          render: ({ series }) => formats.number(series),
        },
        {
          id: "share",
          header: t("cardinality.column.share"),
          width: "88px",
          align: "end",
          render: ({ series }) => formats.percent(series / Math.max(1, report.series)),
        },
        {
          id: "labels",
          header: t("cardinality.column.labels"),
          width: "minmax(240px, 1fr)",
          render: ({ labels }) => (
            <code className={styles.samples}>{labels.map(withVisibleCharacters).join(", ")}</code>
          ),
        },
      ]}
      label={t("cardinality.view.combinations")}
      rowKey={({ labels }) => JSON.stringify(labels)}
      rows={report.combinations}
    />
  );
}
