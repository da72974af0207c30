import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { layoutTopology, type TopologyLayout } from "../../../src-renderer/features/health/topology/topology-layout.ts";
import { shapeOf, topologyNodes } from "../../../src-renderer/features/health/topology/topology-nodes.ts";
import type { TopologyEdge } from "../../../src-shared/model/health/topology.ts";
import { aBoard, aComponent, aLargeBoard, anInstance } from "../../builders/health-boards.ts";

function anEdge(from: string, to: string, overrides: Partial<TopologyEdge> = {}): TopologyEdge {
  return {
    kind: "push",
    path: "write",
    from,
    to,
    perSecond: 10,
    bytesPerSecond: null,
    meanSeconds: 0.01,
    errorShare: 0,
    metric: "loki_request_duration_seconds",
    ...overrides,
  };
}

const PATHS = [
  anEdge("clients", "distributor"),
  anEdge("distributor", "ingester", { kind: "append" }),
  anEdge("ingester", "object-store", { kind: "flush" }),
  anEdge("querier", "ingester", { kind: "read-recent", path: "read" }),
  anEdge("querier", "object-store", { kind: "read-chunks", path: "read" }),
];

function overlapping({ boxes }: TopologyLayout): string[] {
  return boxes.flatMap((a, place) =>
    boxes
      .slice(place + 1)
      .filter((b) => a.x < b.x + b.widthPx && b.x < a.x + a.widthPx && a.y < b.y + b.heightPx && b.y < a.y + a.heightPx)
      .map((b) => `${a.node.name} over ${b.node.name}`),
  );
}

describe("the layout of the topology", () => {
  it("gives each of 600 instances a cell of its own inside its box", () => {
    const board = aLargeBoard();
    const layout = layoutTopology(topologyNodes(board, PATHS), PATHS);
    const box = layout.boxes.find(({ node }) => node.name === "ingester");
    const cells = box?.grid.cells ?? [];
    expect(new Set(cells.map(({ instance }) => instance)).size).toBe(600);
    expect(new Set(cells.map(({ x, y }) => `${x} ${y}`)).size).toBe(600);
    const half = (box?.grid.sizePx ?? 0) / 2;
    const outside = cells.filter(
      ({ x, y }) =>
        x - half < 0 || x + half > (box?.grid.widthPx ?? 0) || y - half < 0 || y + half > (box?.grid.heightPx ?? 0),
    );
    expect(outside).toEqual([]);
    // Small enough to be seen as a whole, large enough to be pointed at.
    expect(box?.widthPx).toBeLessThan(360);
    expect(box?.heightPx).toBeLessThan(360);
    expect(box?.grid.sizePx).toBeGreaterThanOrEqual(6);
    expect(overlapping(layout)).toEqual([]);
  });

  it("keeps instances in the order of their names, zone under zone", () => {
    const board = aLargeBoard();
    const [ingester] = topologyNodes(board, []);
    expect(ingester?.zones.map(({ zone, instances }) => `${zone} ${instances.length}`)).toEqual([
      "zone-a 200",
      "zone-b 200",
      "zone-c 200",
    ]);
    expect(ingester?.zones[0]?.instances.slice(0, 3)).toEqual([
      "loki-ingester-0",
      "loki-ingester-3",
      "loki-ingester-6",
    ]);
  });

  it("moves nothing when verdicts and figures change", () => {
    const before = aBoard();
    const after = aBoard({
      verdict: "down",
      instances: before.instances.map((one) => ({ ...one, verdict: "down" as const })).toReversed(),
    });
    const changed = PATHS.map((edge) => ({ ...edge, perSecond: 99_999, errorShare: 0.4, meanSeconds: null }));
    const shape = (board: typeof before, edges: TopologyEdge[]) => shapeOf(topologyNodes(board, edges), { edges });
    expect(shape(after, changed)).toBe(shape(before, PATHS));
  });

  it("draws whoever an arrow names, and no arrow of a process to itself", () => {
    const edges = [...PATHS, anEdge("ingester", "ingester"), anEdge("querier", "memcached")];
    const nodes = topologyNodes(aBoard(), edges);
    expect(nodes.find(({ name }) => name === "memcached")?.outside).toBe(true);
    expect(nodes.find(({ name }) => name === "ingester")?.inside).toBe(1);
    expect(layoutTopology(nodes, edges).routes.map(({ edge }) => edge)).not.toContain(PATHS.length);
  });

  it("lays no box over another and no two arrows on one another, whatever the components are called", () => {
    const name = fc.constantFrom(
      "ingester",
      "distributor",
      "querier",
      "query-frontend",
      "write",
      "read",
      "backend",
      "single-binary",
      "object-store",
      "clients",
      "something-new",
      "another",
      "gateway",
    );
    const edges = fc.uniqueArray(fc.tuple(name, name), {
      maxLength: 24,
      selector: ([from, to]) => `${from} ${to}`,
    });
    const components = fc.uniqueArray(fc.tuple(name, fc.integer({ min: 0, max: 120 })), {
      maxLength: 9,
      selector: ([component]) => component,
    });
    fc.assert(
      fc.property(components, edges, (sizes, pairs) => {
        const board = aBoard({
          components: sizes.map(([component]) => aComponent(component)),
          instances: sizes.flatMap(([component, count]) =>
            Array.from({ length: count }, (_, place) => anInstance(`${component}-${place}`, { component })),
          ),
        });
        const arrows = pairs.map(([from, to]) => anEdge(from, to));
        const layout = layoutTopology(topologyNodes(board, arrows), arrows);
        expect(overlapping(layout)).toEqual([]);
        expect(new Set(layout.routes.map(({ d }) => d)).size).toBe(layout.routes.length);
        for (const { x, y, widthPx, heightPx } of layout.boxes) {
          expect(x >= 0 && y >= 0 && x + widthPx <= layout.widthPx && y + heightPx <= layout.heightPx).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });
});
