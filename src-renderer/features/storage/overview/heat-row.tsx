// oxlint-disable jsx-a11y/prefer-tag-over-role -- cells are placed by hand, which elements of a table do not allow
import { memo, type ReactElement } from "react";
import type { BucketDay } from "../../../../src-shared/model/storage/scan.ts";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { Sparkline } from "../../../components/sparkline.tsx";
import { StatusShape } from "../../../components/status-shape.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { severityTone } from "../../../components/severity.ts";
import { cellText } from "./cell-text.ts";
import { heatLevel, type HeatMeasure, type HeatRow } from "./heat-map-model.ts";
import styles from "./heat-map.module.css";

interface HeatRowViewProps {
  readonly row: HeatRow;
  readonly index: number;
  readonly days: readonly string[];
  readonly id: string;
  readonly measure: HeatMeasure;
  readonly most: number;
  /** The column that is pointed at in this row. */
  readonly active: number | null;
  readonly top: number;
  readonly onPoint: (row: number, column: number) => void;
  readonly onOpen: (row: number, column: number) => void;
}

/** One tenant's days. Drawn anew only when something of it changes: arrows pass through thousands of cells. */
export const HeatRowView = memo(function HeatRowView(props: HeatRowViewProps): ReactElement {
  const { row, index, days, id, measure, most, active, top, onPoint, onOpen } = props;
  const t = useTranslate();
  const formats = useFormats();
  return (
    <div aria-rowindex={index + 2} className={styles.row} role="row" style={{ transform: `translateY(${top}px)` }}>
      <div className={styles.rowHead} role="rowheader">
        <span className={styles.tenant} title={withVisibleCharacters(row.tenant)}>
          {row.worst === null ? null : (
            <StatusShape label={t(`storage.severity.${row.worst}`)} tone={severityTone(row.worst)} />
          )}
          <span className={styles.tenantName}>{withVisibleCharacters(row.tenant)}</span>
        </span>
        <span className={styles.growth}>
          <Sparkline points={row.growth} />
        </span>
        <span className={styles.size} title={formats.bytesExact(row.bytes)}>
          {formats.bytes(row.bytes)}
        </span>
      </div>
      {row.cells.map((cell, column) => (
        <Cell
          active={active === column}
          cell={cell}
          id={`${id}-${column}`}
          key={days[column]}
          label={active === column ? cellText(row.tenant, days[column] ?? "", cell, t, formats) : undefined}
          level={heatLevel(cell, measure, most)}
          onOpen={() => onOpen(index, column)}
          onPoint={() => onPoint(index, column)}
        />
      ))}
    </div>
  );
});

interface CellProps {
  readonly cell: BucketDay | null;
  readonly level: number;
  readonly active: boolean;
  readonly id: string;
  /** Only of the cell that is pointed at: nobody hears the others. */
  readonly label: string | undefined;
  readonly onPoint: () => void;
  readonly onOpen: () => void;
}

function Cell({ cell, level, active, id, label, onPoint, onOpen }: CellProps): ReactElement {
  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus -- the grid takes the keys
    <div
      aria-label={label}
      aria-selected={active}
      className={styles.cell}
      data-active={active || undefined}
      data-empty={cell === null || undefined}
      data-level={level}
      data-worst={cell?.worst ?? undefined}
      id={id}
      onClick={onOpen}
      onPointerEnter={onPoint}
      role="gridcell"
    >
      {cell === null || cell.worst === null ? null : <StatusShape tone={severityTone(cell.worst)} />}
    </div>
  );
}
