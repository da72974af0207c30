// oxlint-disable jsx-a11y/prefer-tag-over-role -- cells are placed by hand, which elements of a table do not allow
import { useVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useEffect, useId, useRef, type KeyboardEvent, type ReactElement } from "react";
import { useTranslate } from "../../../hooks/use-translate.ts";
import type { HeatMap, HeatMeasure } from "./heat-map-model.ts";
import { HeatRowView } from "./heat-row.tsx";
import styles from "./heat-map.module.css";

const ROW_HEIGHT = 24;
const CELL_WIDTH = 24;
/** Of name, growth and size at the left, which stay while the days scroll. */
const HEAD_WIDTH = 320;
const SHOWN_ROWS = 16;

/** The cell that is pointed at; `column` `null` before one was. */
export interface HeatPlace {
  readonly row: number;
  readonly column: number | null;
}

interface HeatGridProps {
  readonly map: HeatMap;
  readonly measure: HeatMeasure;
  readonly place: HeatPlace;
  readonly onPlace: (place: HeatPlace) => void;
  readonly onOpen: (of: { readonly tenant: string; readonly day: string }) => void;
}

/** Tenants as rows, days as columns; only rows in sight are drawn. One stop of the Tab key, arrows go from cell to cell. */
export function HeatGrid({ map, measure, place, onPlace, onOpen }: HeatGridProps): ReactElement {
  const t = useTranslate();
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const { days, rows } = map;
  // oxlint-disable-next-line react/incompatible-library -- no React compiler runs here
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (index) => rows[index]?.tenant ?? index,
    overscan: 6,
    initialRect: { width: 960, height: SHOWN_ROWS * ROW_HEIGHT },
  });
  const width = HEAD_WIDTH + days.length * CELL_WIDTH;
  // The newest days are what one comes for.
  useEffect(() => {
    const element = scroller.current;
    if (element !== null) element.scrollLeft = element.scrollWidth;
  }, [days.length]);

  const newest = days.length - 1;
  const row = Math.min(place.row, rows.length - 1);
  const move = (toRow: number, toColumn: number): void => {
    const next = {
      row: Math.min(Math.max(toRow, 0), rows.length - 1),
      column: Math.min(Math.max(toColumn, 0), newest),
    };
    onPlace(next);
    virtual.scrollToIndex(next.row);
    const element = scroller.current;
    if (element === null) return;
    const left = next.column * CELL_WIDTH;
    const seen = element.clientWidth - HEAD_WIDTH;
    if (left < element.scrollLeft) element.scrollLeft = left;
    else if (left + CELL_WIDTH > element.scrollLeft + seen) element.scrollLeft = left + CELL_WIDTH - seen;
  };
  const openAt = useCallback(
    (rowAt: number, columnAt: number): void => {
      const tenant = rows[rowAt]?.tenant;
      const day = days[columnAt];
      if (tenant !== undefined && day !== undefined) onOpen({ tenant, day });
    },
    [rows, days, onOpen],
  );
  const onKeyDown = (event: KeyboardEvent): void => {
    const column = place.column ?? newest;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW_HEIGHT) - 2);
    const steps: Readonly<Record<string, () => void>> = {
      ArrowDown: () => move(place.column === null ? row : row + 1, column),
      ArrowUp: () => move(row - 1, column),
      ArrowLeft: () => move(row, column - 1),
      ArrowRight: () => move(row, column + 1),
      PageDown: () => move(row + page, column),
      PageUp: () => move(row - page, column),
      Home: () => move(event.ctrlKey ? 0 : row, 0),
      End: () => move(event.ctrlKey ? rows.length - 1 : row, newest),
      Enter: () => openAt(row, column),
      " ": () => openAt(row, column),
    };
    const step = steps[event.key];
    if (step === undefined) return;
    step();
    event.preventDefault();
  };
  const onPoint = useCallback(
    (rowAt: number, columnAt: number) => onPlace({ row: rowAt, column: columnAt }),
    [onPlace],
  );

  return (
    <div
      aria-activedescendant={place.column === null ? undefined : `${id}-${row}-${place.column}`}
      aria-colcount={days.length + 1}
      aria-label={t("storage.heat.grid")}
      aria-rowcount={rows.length + 1}
      className={styles.grid}
      onKeyDown={onKeyDown}
      ref={scroller}
      role="grid"
      style={{ height: (Math.min(rows.length, SHOWN_ROWS) + 1) * ROW_HEIGHT + 16 }}
      tabIndex={0}
    >
      <HeadRow days={days} width={width} />
      <div role="rowgroup" style={{ height: virtual.getTotalSize(), position: "relative", width }}>
        {virtual.getVirtualItems().map((item) => {
          const shown = rows[item.index];
          return shown === undefined ? null : (
            <HeatRowView
              active={item.index === row ? place.column : null}
              days={days}
              id={`${id}-${item.index}`}
              index={item.index}
              key={item.key}
              measure={measure}
              most={map.most}
              onOpen={openAt}
              onPoint={onPoint}
              row={shown}
              top={item.start}
            />
          );
        })}
      </div>
    </div>
  );
}

function HeadRow({ days, width }: { readonly days: readonly string[]; readonly width: number }): ReactElement {
  const t = useTranslate();
  return (
    <div aria-rowindex={1} className={styles.head} role="row" style={{ width }}>
      <div className={styles.rowHead} role="columnheader">
        <span className={styles.tenantHead}>{t("storage.tenant")}</span>
        <span className={styles.growthHead}>{t("storage.heat.growth")}</span>
        <span className={styles.sizeHead}>{t("storage.bytes")}</span>
      </div>
      {days.map((day, column) => (
        <div aria-label={day} className={styles.dayHead} key={day} role="columnheader">
          {/* Every week, and the newest: a date at each column has no room. */}
          {(days.length - 1 - column) % 7 === 0 ? <span aria-hidden>{day.slice(5)}</span> : null}
        </div>
      ))}
    </div>
  );
}
