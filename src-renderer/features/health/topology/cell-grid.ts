import type { ZoneCells } from "./topology-nodes.ts";

export interface Cell {
  readonly instance: string;
  /** Middle, in pixels from the grid's corner. */
  readonly x: number;
  readonly y: number;
}

export interface ZoneLabel {
  readonly zone: string;
  readonly count: number;
  /** Base line, in pixels from the grid's corner. */
  readonly y: number;
}

export interface CellGrid {
  readonly cells: readonly Cell[];
  readonly labels: readonly ZoneLabel[];
  /** Whether a zone's name goes with its number of instances: where they are too many to be counted by eye. */
  readonly counted: boolean;
  readonly columns: number;
  /** Of one cell's shape. */
  readonly sizePx: number;
  readonly widthPx: number;
  readonly heightPx: number;
}

const LABEL_PX = 16;
const MOST_NAME_PX = 120;
const MOST_IN_LINE = 12;
/** From so many cells on they are smaller: 600 fit a box of 300 by 200 pixels. */
const SIZES = [
  { upTo: 24, sizePx: 12, stepPx: 18, most: 6 },
  { upTo: 96, sizePx: 10, stepPx: 14, most: 12 },
  { upTo: 240, sizePx: 8, stepPx: 11, most: 20 },
  { upTo: Number.POSITIVE_INFINITY, sizePx: 7, stepPx: 9, most: 32 },
] as const;

/** The cells of a component's instances, zone under zone; all zones have the same columns. */
export function cellGrid(zones: readonly ZoneCells[]): CellGrid {
  const total = zones.reduce((sum, { instances }) => sum + instances.length, 0);
  const { sizePx, stepPx, most } = SIZES.find(({ upTo }) => total <= upTo) ?? SIZES[3];
  const named = zones.length > 1;
  // Of few, each zone is one line and named in front of it; of many, above it.
  const inline = named && total <= SIZES[0].upTo;
  const left = inline ? nameWidth(zones) : 0;
  // About twice as wide as high.
  const wanted = inline
    ? Math.max(...zones.map(({ instances }) => instances.length))
    : Math.max(Math.min(total, 6), Math.ceil(Math.sqrt(total * 2)));
  const columns = Math.max(1, Math.min(inline ? MOST_IN_LINE : most, wanted));
  const cells: Cell[] = [];
  const labels: ZoneLabel[] = [];
  let widest = 0;
  let top = 0;
  for (const { zone, instances } of zones) {
    if (named) labels.push({ zone, count: instances.length, y: top + (inline ? stepPx / 2 + 4 : 11) });
    if (named && !inline) top += LABEL_PX;
    instances.forEach((instance, place) => {
      cells.push({
        instance,
        x: left + (place % columns) * stepPx + stepPx / 2,
        y: top + Math.floor(place / columns) * stepPx + stepPx / 2,
      });
    });
    widest = Math.max(widest, Math.min(columns, instances.length));
    top += Math.ceil(instances.length / columns) * stepPx + (named && !inline ? 4 : 0);
  }
  return { cells, labels, counted: !inline, columns, sizePx, widthPx: left + widest * stepPx, heightPx: top };
}

function nameWidth(zones: readonly ZoneCells[]): number {
  const longest = Math.max(...zones.map(({ zone }) => zone.length));
  return Math.min(MOST_NAME_PX, longest * 7 + 10);
}
