import type { CellGrid } from "./cell-grid.ts";
import type { TopologyNode } from "./topology-nodes.ts";

/** A box and where it stands, in pixels from the picture's corner. */
export interface NodeBox {
  readonly node: TopologyNode;
  readonly column: number;
  readonly row: number;
  readonly x: number;
  readonly y: number;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly grid: CellGrid;
}
