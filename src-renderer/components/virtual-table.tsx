// oxlint-disable jsx-a11y/prefer-tag-over-role -- rows are placed by hand, which elements of a table do not allow
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useId, useRef, type KeyboardEvent, type ReactElement, type ReactNode } from "react";
import styles from "./virtual-table.module.css";

export interface TableColumn<Row> {
  readonly id: string;
  readonly header: ReactNode;
  /** A track of CSS grid: `120px`, `minmax(160px, 1fr)`. */
  readonly width: string;
  readonly align?: "start" | "end";
  readonly render: (row: Row) => ReactNode;
}

interface VirtualTableProps<Row> {
  readonly label: string;
  readonly columns: readonly TableColumn<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  /** Pixels. Default: 28. */
  readonly rowHeight?: number;
  readonly selected?: string | null;
  /** Arrow keys move, Enter opens; so does a click. */
  readonly onSelect?: (row: Row) => void;
  /** The last rows are in sight: read more. */
  readonly onEndReached?: () => void;
  /** Rows in all, when not all are read yet. */
  readonly total?: number;
  readonly footer?: ReactNode;
}

/** A table that draws only what is in sight. The whole table is one stop of the Tab key; arrows move inside. */
export function VirtualTable<Row>({
  label,
  columns,
  rows,
  rowKey,
  rowHeight = 28,
  selected = null,
  onSelect,
  onEndReached,
  total,
  footer,
}: VirtualTableProps<Row>): ReactElement {
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  // oxlint-disable-next-line react/incompatible-library -- no React compiler runs here
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => {
      const row = rows[index];
      return row === undefined ? index : rowKey(row);
    },
    overscan: 8,
    initialRect: { width: 800, height: 480 },
  });
  const items = virtual.getVirtualItems();
  const lastDrawn = items.at(-1)?.index ?? -1;

  useEffect(() => {
    if (rows.length > 0 && lastDrawn >= rows.length - 1) onEndReached?.();
  }, [lastDrawn, rows.length, onEndReached]);

  const selectedIndex = selected === null ? -1 : rows.findIndex((row) => rowKey(row) === selected);
  const move = (to: number): void => {
    const index = Math.min(Math.max(to, 0), rows.length - 1);
    const row = rows[index];
    if (row === undefined) return;
    virtual.scrollToIndex(index);
    onSelect?.(row);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 1);
    if (event.key === "ArrowDown") move(selectedIndex + 1);
    else if (event.key === "ArrowUp") move(selectedIndex < 0 ? 0 : selectedIndex - 1);
    else if (event.key === "PageDown") move(selectedIndex + page);
    else if (event.key === "PageUp") move(selectedIndex - page);
    else if (event.key === "Home") move(0);
    else if (event.key === "End") move(rows.length - 1);
    else return;
    event.preventDefault();
  };
  const grid = { gridTemplateColumns: columns.map((column) => column.width).join(" ") };

  return (
    <div
      aria-activedescendant={selectedIndex < 0 ? undefined : `${id}-${selectedIndex}`}
      aria-label={label}
      aria-rowcount={(total ?? rows.length) + 1}
      className={styles.table}
      onKeyDown={onSelect === undefined ? undefined : onKeyDown}
      ref={scroller}
      role="grid"
      tabIndex={0}
    >
      <div aria-rowindex={1} className={styles.header} role="row" style={grid}>
        {columns.map((column) => (
          <div className={styles.cell} data-align={column.align} key={column.id} role="columnheader">
            {column.header}
          </div>
        ))}
      </div>
      <div className={styles.rows} role="rowgroup" style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => {
          const row = rows[item.index];
          if (row === undefined) return null;
          return (
            // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus -- the table takes the keys
            <div
              aria-rowindex={item.index + 2}
              aria-selected={onSelect === undefined ? undefined : item.index === selectedIndex}
              id={`${id}-${item.index}`}
              className={styles.row}
              data-clickable={onSelect === undefined ? undefined : true}
              data-selected={item.index === selectedIndex || undefined}
              key={item.key}
              onClick={onSelect === undefined ? undefined : () => onSelect(row)}
              role="row"
              style={{ ...grid, height: rowHeight, transform: `translateY(${item.start}px)` }}
            >
              {columns.map((column) => (
                <div className={styles.cell} data-align={column.align} key={column.id} role="gridcell">
                  {column.render(row)}
                </div>
              ))}
            </div>
          );
        })}
      </div>
      {footer === undefined ? null : <div className={styles.footer}>{footer}</div>}
    </div>
  );
}
