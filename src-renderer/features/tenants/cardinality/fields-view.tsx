import type { ReactElement } from "react";
import type { CardinalityReport } from "../../../../src-shared/model/tenants/cardinality.ts";
import { Badge } from "../../../components/badge.tsx";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { EmptyView } from "../../../components/state-views.tsx";
import { VirtualTable } from "../../../components/virtual-table.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { shapeText } from "./cardinality-texts.ts";
import styles from "./cardinality.module.css";

/** Fields of JSON and logfmt lines: which would make good labels, which are ids to be kept beside the line. */
export function FieldsView({ report }: { readonly report: CardinalityReport }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  if (report.fields.length === 0) {
    return <EmptyView small text={t("cardinality.noFieldsText")} title={t("cardinality.noFields")} />;
  }
  const order = { label: 0, metadata: 1, none: 2 };
  return (
    <VirtualTable
      columns={[
        {
          id: "field",
          header: t("cardinality.column.field"),
          width: "minmax(140px, 1fr)",
          render: ({ field }) => <code>{withVisibleCharacters(field)}</code>,
        },
        {
          id: "verdict",
          header: t("cardinality.column.verdict"),
          width: "184px",
          render: ({ verdict }) =>
            verdict === "none" ? (
              <span className={styles.muted}>{t("cardinality.verdict.none")}</span>
            ) : (
              <Badge tone={verdict === "label" ? "good" : "doubt"}>{t(`cardinality.verdict.${verdict}`)}</Badge>
            ),
        },
        {
          id: "values",
          header: t("cardinality.column.values"),
          width: "88px",
          align: "end",
          render: ({ values }) => formats.number(values),
        },
        {
          id: "lines",
          header: t("cardinality.column.lines"),
          width: "88px",
          align: "end",
          render: ({ lines }) => formats.number(lines),
        },
        {
          id: "shape",
          header: t("cardinality.column.shape"),
          width: "112px",
          render: ({ shape }) => <span className={styles.muted}>{shapeText(t, shape)}</span>,
        },
        {
          id: "samples",
          header: t("cardinality.column.samples"),
          width: "minmax(160px, 2fr)",
          render: ({ samples }) => (
            <code className={styles.samples}>{samples.map(withVisibleCharacters).join("  ")}</code>
          ),
        },
      ]}
      label={t("cardinality.view.fields")}
      rowKey={({ field }) => field}
      rows={report.fields.toSorted((a, b) => order[a.verdict] - order[b.verdict] || b.lines - a.lines)}
    />
  );
}
