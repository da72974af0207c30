// oxlint-disable jsx-a11y/prefer-tag-over-role -- a picture has no option elements; the roles make its cells one list
import { memo, useId, useState, type KeyboardEvent, type ReactElement } from "react";
import { VERDICTS, type Verdict } from "../../../../src-shared/model/health/verdict.ts";
import type { MessageKey } from "../../../../src-shared/i18n/catalogue.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import type { CellGrid } from "./cell-grid.ts";
import styles from "./topology.module.css";

/** In a square of 10 round the middle: the shapes of verdicts elsewhere, made for few pixels. */
const SHAPES: Readonly<Record<Verdict, string>> = {
  healthy: "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0Z",
  degraded: "M0-4.6 4.8 4.2H-4.8Z",
  gray: "M0-5 5 0 0 5-5 0Z",
  down: "M-4.2-4.2h8.4v8.4h-8.4Z",
  unknown: "M0-4.6 4.6 0 0 4.6-4.6 0ZM0-2.4-2.4 0 0 2.4 2.4 0Z",
};

/** Who is not well is found at a glance among hundreds. */
const SICK_SCALE = 1.2;

interface InstanceCellsProps {
  readonly component: string;
  readonly grid: CellGrid;
  /** Verdict of each cell, in the grid's order. */
  readonly verdicts: readonly Verdict[];
  readonly x: number;
  readonly y: number;
  readonly onPoint: (instance: string | null) => void;
  readonly onOpen: (instance: string) => void;
}

/** A component's instances as cells: one stop of the Tab key, arrows move inside, Enter opens. */
export function InstanceCells({
  component,
  grid,
  verdicts,
  x,
  y,
  onPoint,
  onOpen,
}: InstanceCellsProps): ReactElement | null {
  const t = useTranslate();
  const id = useId();
  const [active, setActive] = useState(0);
  const [focused, setFocused] = useState(false);
  const { cells, columns, sizePx } = grid;
  const current = cells[Math.min(active, cells.length - 1)];
  if (current === undefined) return null;
  const move = (to: number): void => {
    const place = Math.min(cells.length - 1, Math.max(0, to));
    setActive(place);
    onPoint(cells[place]?.instance ?? null);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
    if (step !== undefined) move(active + step);
    else if (event.key === "Home") move(0);
    else if (event.key === "End") move(cells.length - 1);
    else if (event.key === "Enter" || event.key === " ") onOpen(current.instance);
    else return;
    event.preventDefault();
  };
  return (
    <g
      aria-activedescendant={`${id}-${cells.indexOf(current)}`}
      aria-label={t("topology.instances", { component })}
      className={styles.cells}
      onBlur={() => {
        setFocused(false);
        onPoint(null);
      }}
      onFocus={() => {
        setFocused(true);
        onPoint(current.instance);
      }}
      onKeyDown={onKeyDown}
      role="listbox"
      tabIndex={0}
      transform={`translate(${x} ${y})`}
    >
      <Shapes grid={grid} id={id} onOpen={onOpen} onPoint={onPoint} verdicts={verdicts.join(" ")} />
      {focused ? <circle className={styles.ring} cx={current.x} cy={current.y} fill="none" r={sizePx / 2 + 3} /> : null}
    </g>
  );
}

interface ShapesProps {
  readonly id: string;
  readonly grid: CellGrid;
  /** Joined, so that a round that changes nothing draws nothing. */
  readonly verdicts: string;
  readonly onPoint: (instance: string | null) => void;
  readonly onOpen: (instance: string) => void;
}

const Shapes = memo(function Shapes({ id, grid, verdicts, onPoint, onOpen }: ShapesProps): ReactElement {
  const t = useTranslate();
  const each = verdicts.split(" ");
  const { cells, sizePx } = grid;
  const scale = sizePx / 10;
  return (
    <>
      {cells.map(({ instance, x, y }, place) => {
        const verdict = verdictOf(each[place]);
        const word: MessageKey = `health.verdict.${verdict}`;
        return (
          // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus -- the list takes the keys
          <path
            aria-label={`${instance}: ${t(word)}`}
            aria-selected={false}
            className={styles.cell}
            d={SHAPES[verdict]}
            data-verdict={verdict}
            id={`${id}-${place}`}
            key={instance}
            onClick={() => onOpen(instance)}
            onPointerEnter={() => onPoint(instance)}
            onPointerLeave={() => onPoint(null)}
            role="option"
            transform={`translate(${x} ${y})scale(${verdict === "healthy" ? scale : scale * SICK_SCALE})`}
          />
        );
      })}
    </>
  );
});

function verdictOf(text: string | undefined): Verdict {
  return VERDICTS.find((verdict) => verdict === text) ?? "unknown";
}
