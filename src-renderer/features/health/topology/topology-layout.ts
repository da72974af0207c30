import type { TopologyEdge } from "../../../../src-shared/model/health/topology.ts";
import { cellGrid, type CellGrid } from "./cell-grid.ts";
import { edgeRoutes, type EdgeRoute } from "./edge-routes.ts";
import type { NodeBox } from "./node-box.ts";
import type { TopologyNode } from "./topology-nodes.ts";

export interface TopologyLayout {
  readonly boxes: readonly NodeBox[];
  readonly routes: readonly EdgeRoute[];
  readonly widthPx: number;
  readonly heightPx: number;
}

/** Stages from left to right; the write path above, the read path below, what both use between them. */
const PLACES: Readonly<Record<string, readonly [column: number, row: number]>> = {
  clients: [0, 0],
  gateway: [0, 1],
  users: [0, 2],
  distributor: [1, 0],
  write: [1, 0],
  "single-binary": [2, 1],
  all: [2, 1],
  "query-frontend": [1, 2],
  read: [2, 2],
  "results-cache": [1, 3],
  "query-scheduler": [2, 2],
  backend: [3, 3],
  ingester: [3, 0],
  "pattern-ingester": [3, 1],
  querier: [3, 2],
  ruler: [2, 3],
  "index-gateway": [4, 2],
  "chunks-cache": [4, 3],
  "bloom-gateway": [4, 4],
  "object-store": [5, 0],
  compactor: [5, 2],
  "bloom-planner": [5, 3],
  "bloom-builder": [5, 4],
};
/** A component that is not known here stands below the others. */
const ELSEWHERE = [1, 4] as const;

export const BOX = { padX: 12, headPx: 44, footPx: 10, leastWidth: 160, leastHeight: 60, outsideWidth: 112 } as const;
const GAP_X = 104;
const GAP_Y = 44;
const MARGIN = 16;
/** Room for the words of one arrow beside a box. */
const PORT_PX = 34;

/** Where everything is. Pure, and the same for the same nodes and arrows whatever their figures are. */
export function layoutTopology(nodes: readonly TopologyNode[], edges: readonly TopologyEdge[]): TopologyLayout {
  const placed = placeNodes(nodes);
  const sized = placed.map(({ node, column, row }) => ({ node, column, row, ...sizeOf(node, edges) }));
  const columns = tracks(
    sized,
    ({ column }) => column,
    ({ widthPx }) => widthPx,
    GAP_X,
  );
  const rows = tracks(
    sized,
    ({ row }) => row,
    ({ heightPx }) => heightPx,
    GAP_Y,
  );
  const boxes = sized.map((one): NodeBox => {
    const column = columns.at(one.column);
    const row = rows.at(one.row);
    return {
      ...one,
      x: column.start + (column.size - one.widthPx) / 2,
      y: row.start + (row.size - one.heightPx) / 2,
    };
  });
  return {
    boxes,
    routes: edgeRoutes(boxes, edges),
    widthPx: columns.end + MARGIN,
    heightPx: rows.end + MARGIN,
  };
}

function placeNodes(
  nodes: readonly TopologyNode[],
): { readonly node: TopologyNode; readonly column: number; readonly row: number }[] {
  const taken = new Set<string>();
  return nodes.map((node) => {
    const known = PLACES[node.name];
    let [column, row] = known ?? ELSEWHERE;
    // Two of one place: the second goes below, or to the right where it is not known.
    while (taken.has(`${column} ${row}`)) {
      if (known === undefined) column += 1;
      else row += 1;
    }
    taken.add(`${column} ${row}`);
    return { node, column, row };
  });
}

function sizeOf(
  node: TopologyNode,
  edges: readonly TopologyEdge[],
): { readonly grid: CellGrid; readonly widthPx: number; readonly heightPx: number } {
  const grid = cellGrid(node.zones);
  const leaving = edges.filter(({ from, to }) => from === node.name && to !== node.name).length;
  const coming = edges.filter(({ from, to }) => to === node.name && from !== node.name).length;
  const ports = Math.max(leaving, coming) * PORT_PX;
  if (node.outside) return { grid, widthPx: BOX.outsideWidth, heightPx: Math.max(36, ports) };
  return {
    grid,
    widthPx: Math.max(BOX.leastWidth, grid.widthPx + 2 * BOX.padX),
    heightPx: Math.max(BOX.leastHeight, BOX.headPx + grid.heightPx + BOX.footPx, ports),
  };
}

interface Track {
  readonly start: number;
  readonly size: number;
}

/** Columns or rows one after the other; those that nobody stands in take no room. */
function tracks<Item>(
  items: readonly Item[],
  indexOf: (item: Item) => number,
  sizeIn: (item: Item) => number,
  gap: number,
): { at(index: number): Track; readonly end: number } {
  const sizes = new Map<number, number>();
  for (const item of items) sizes.set(indexOf(item), Math.max(sizes.get(indexOf(item)) ?? 0, sizeIn(item)));
  const found = new Map<number, Track>();
  let start: number = MARGIN;
  for (const [index, size] of [...sizes].toSorted(([a], [b]) => a - b)) {
    found.set(index, { start, size });
    start += size + gap;
  }
  return { at: (index) => found.get(index) ?? { start: MARGIN, size: 0 }, end: Math.max(MARGIN, start - gap) };
}
