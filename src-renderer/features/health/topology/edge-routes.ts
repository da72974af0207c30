import type { TopologyEdge } from "../../../../src-shared/model/health/topology.ts";
import type { NodeBox } from "./node-box.ts";

export interface EdgeRoute {
  /** Which of the arrows that were given. */
  readonly edge: number;
  /** Of an SVG path. */
  readonly d: string;
  readonly labelX: number;
  readonly labelY: number;
}

type Side = "left" | "right" | "top" | "bottom";

interface Ends {
  readonly edge: number;
  readonly from: NodeBox;
  readonly to: NodeBox;
  readonly out: Side;
  readonly into: Side;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Arrows between boxes: each leaves and enters at a place of its own, so that no two lie on each other. */
export function edgeRoutes(boxes: readonly NodeBox[], edges: readonly TopologyEdge[]): EdgeRoute[] {
  const byName = new Map(boxes.map((box) => [box.node.name, box]));
  const ends = edges.flatMap(({ from, to }, edge): Ends[] => {
    const source = byName.get(from);
    const target = byName.get(to);
    if (source === undefined || target === undefined || source === target) return [];
    return [{ edge, from: source, to: target, ...sides(source, target) }];
  });
  const starts = ports(ends, ({ from, out, to }) => ({ box: from, side: out, other: to }));
  const stops = ports(ends, ({ to, into, from }) => ({ box: to, side: into, other: from }));
  return ends.map((one) => {
    const start = starts.get(one.edge) ?? middleOf(one.from);
    const stop = stops.get(one.edge) ?? middleOf(one.to);
    return { edge: one.edge, d: curve(start, one.out, stop, one.into), ...labelPlace(start, one.out, stop) };
  });
}

function sides(from: NodeBox, to: NodeBox): { readonly out: Side; readonly into: Side } {
  if (from.column < to.column) return { out: "right", into: "left" };
  if (from.column > to.column) return { out: "left", into: "right" };
  return from.y < to.y ? { out: "bottom", into: "top" } : { out: "top", into: "bottom" };
}

/** Spreads the arrows of each side of each box in the order of where their other ends are. */
function ports(
  ends: readonly Ends[],
  end: (one: Ends) => { readonly box: NodeBox; readonly side: Side; readonly other: NodeBox },
): ReadonlyMap<number, Point> {
  const places = new Map<number, Point>();
  const groups = Map.groupBy(ends, (one) => {
    const { box, side } = end(one);
    return `${box.node.name} ${side}`;
  });
  for (const group of groups.values()) {
    const ordered = group.toSorted((a, b) => {
      const [one, two] = [end(a), end(b)];
      const upright = one.side === "left" || one.side === "right";
      const apart = upright
        ? middleOf(one.other).y - middleOf(two.other).y || middleOf(one.other).x - middleOf(two.other).x
        : middleOf(one.other).x - middleOf(two.other).x;
      return apart === 0 ? a.edge - b.edge : apart;
    });
    ordered.forEach((one, place) => {
      const { box, side } = end(one);
      places.set(one.edge, onSide(box, side, (place + 1) / (ordered.length + 1)));
    });
  }
  return places;
}

function onSide(box: NodeBox, side: Side, share: number): Point {
  switch (side) {
    case "left":
      return { x: box.x, y: box.y + box.heightPx * share };
    case "right":
      return { x: box.x + box.widthPx, y: box.y + box.heightPx * share };
    case "top":
      return { x: box.x + box.widthPx * share, y: box.y };
    case "bottom":
      return { x: box.x + box.widthPx * share, y: box.y + box.heightPx };
  }
}

function middleOf(box: NodeBox): Point {
  return { x: box.x + box.widthPx / 2, y: box.y + box.heightPx / 2 };
}

const AWAY: Readonly<Record<Side, readonly [number, number]>> = {
  left: [-1, 0],
  right: [1, 0],
  top: [0, -1],
  bottom: [0, 1],
};

/** A curve that leaves and enters at right angles. */
function curve(start: Point, out: Side, stop: Point, into: Side): string {
  const across = out === "left" || out === "right";
  const reach = Math.max(24, Math.min(120, Math.abs(across ? stop.x - start.x : stop.y - start.y) * 0.45));
  const [outX, outY] = AWAY[out];
  const [inX, inY] = AWAY[into];
  const at = (x: number, y: number): string => `${Math.round(x * 10) / 10} ${Math.round(y * 10) / 10}`;
  return `M${at(start.x, start.y)}C${at(start.x + outX * reach, start.y + outY * reach)} ${at(stop.x + inX * reach, stop.y + inY * reach)} ${at(stop.x, stop.y)}`;
}

/** Beside where it begins: there arrows are apart, further on they cross. */
function labelPlace(start: Point, out: Side, stop: Point): Pick<EdgeRoute, "labelX" | "labelY"> {
  if (out === "right") return { labelX: start.x + 10, labelY: start.y };
  if (out === "left") return { labelX: start.x - 96, labelY: start.y };
  return { labelX: start.x + 8, labelY: (start.y + stop.y) / 2 };
}
