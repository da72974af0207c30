import { useMemo, type ReactElement } from "react";
import type { CardinalityReport, LabelChange } from "../../../../src-shared/model/tenants/cardinality.ts";
import { Badge } from "../../../components/badge.tsx";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { VirtualTable, type TableColumn } from "../../../components/virtual-table.tsx";
import type { Formats } from "../../../hooks/formats.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate, type Translate } from "../../../hooks/use-translate.ts";
import { changeText, shapeText } from "./cardinality-texts.ts";
import styles from "./cardinality.module.css";
import { Growth } from "./growth.tsx";

type Label = CardinalityReport["labels"][number];

interface LabelTableProps {
  readonly report: CardinalityReport;
  readonly changes: readonly LabelChange[];
  readonly selected: string | null;
  readonly onSelect: (label: string) => void;
}

/** Labels × values × streams; the chosen one can be changed beside the table. */
export function LabelTable({ report, changes, selected, onSelect }: LabelTableProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const columns = useMemo(() => columnsOf(t, formats, report, changes), [t, formats, report, changes]);
  return (
    <VirtualTable
      columns={columns}
      label={t("cardinality.view.labels")}
      onSelect={({ label }) => onSelect(label)}
      rowKey={({ label }) => label}
      rows={report.labels}
      selected={selected}
    />
  );
}

function columnsOf(
  t: Translate,
  formats: Formats,
  report: CardinalityReport,
  changes: readonly LabelChange[],
): readonly TableColumn<Label>[] {
  const changed = new Map(changes.map((change) => [change.label, change]));
  return [
    {
      id: "label",
      header: t("cardinality.column.label"),
      width: "minmax(132px, 1.2fr)",
      render: ({ label }) => {
        const change = changed.get(label);
        return (
          <span className={styles.labelCell}>
            <code data-changed={change === undefined ? undefined : true}>{withVisibleCharacters(label)}</code>
            {change === undefined ? null : <Badge>{changeText(t, change)}</Badge>}
          </span>
        );
      },
    },
    {
      id: "values",
      header: t("cardinality.column.values"),
      width: "112px",
      align: "end",
      render: ({ values, valuesDayBefore }) => (
        <>
          {valuesDayBefore === null || valuesDayBefore === values ? null : (
            <Growth before={valuesDayBefore} now={values} />
          )}{" "}
          {formats.number(values)}
        </>
      ),
    },
    {
      id: "streams",
      header: t("cardinality.column.streams"),
      width: "84px",
      align: "end",
      render: ({ series }) => formats.number(series),
    },
    {
      id: "without",
      header: t("cardinality.column.without"),
      width: "minmax(168px, 1fr)",
      render: ({ streamsWithout }) => (
        <span
          className={styles.without}
          title={t("cardinality.withoutTip", { streams: formats.number(streamsWithout) })}
        >
          <span aria-hidden className={styles.withoutBar}>
            <span style={{ width: `${report.series === 0 ? 0 : (streamsWithout / report.series) * 100}%` }} />
          </span>
          <span className={styles.withoutText}>{formats.number(streamsWithout)}</span>
        </span>
      ),
    },
    {
      id: "shape",
      header: t("cardinality.column.shape"),
      width: "minmax(112px, 0.8fr)",
      render: ({ shape, shapeShare, idLike }) =>
        idLike ? (
          <Badge tone="warning">{shape === null ? t("cardinality.ownValues") : shapeText(t, shape)}</Badge>
        ) : (
          <span className={styles.muted} title={shape === null ? undefined : formats.percent(shapeShare)}>
            {shapeText(t, shape)}
          </span>
        ),
    },
    {
      id: "samples",
      header: t("cardinality.column.samples"),
      width: "minmax(160px, 2fr)",
      render: ({ samples }) => <code className={styles.samples}>{samples.map(withVisibleCharacters).join("  ")}</code>,
    },
  ];
}
