import { OUTSIDERS, type Topology, type TopologyEdge } from "../../src-shared/model/health/topology.ts";
import type { SiteHealth } from "../../src-shared/model/health/site-health.ts";
import { aBoard, aComponent, anInstance, BOARD_AT_MS, slowPut } from "./health-boards.ts";

/** How many of each there are among six hundred pods of a large Loki. */
const SHARES: readonly (readonly [string, number])[] = [
  ["distributor", 0.1],
  ["ingester", 0.4],
  ["querier", 0.35],
  ["query-frontend", 0.04],
  ["query-scheduler", 0.02],
  ["index-gateway", 0.06],
  ["compactor", 0.002],
  ["ruler", 0.028],
];

/** A board of so many pods in three zones, every ninetieth of them not well. */
export function largeBoard(pods: number): SiteHealth {
  const instances = SHARES.flatMap(([component, share]) =>
    Array.from({ length: Math.max(1, Math.round(pods * share)) }, (_, at) => {
      const sick = at % 90 === 7;
      return anInstance(`loki-${component}-${at}`, {
        component,
        zone: `zone-${"abc"[at % 3]}`,
        node: `node-${at % 60}`,
        verdict: sick ? "gray" : "healthy",
        evidence: sick ? [slowPut()] : [],
      });
    }),
  );
  const components = SHARES.map(([component]) => {
    const own = instances.filter((instance) => instance.component === component).length;
    return aComponent(component, {
      instances: own,
      answering: own,
      ready: own,
      wanted: own,
      zones: ["zone-a", "zone-b", "zone-c"],
      verdict: component === "ingester" ? "gray" : "healthy",
    });
  });
  return aBoard({ tookMs: 900, components, instances, changes: [] });
}

function edge(kind: TopologyEdge["kind"], path: TopologyEdge["path"], from: string, to: string): TopologyEdge {
  return {
    kind,
    path,
    from,
    to,
    perSecond: 1_234.5,
    bytesPerSecond: 5_000_000,
    meanSeconds: 0.0123,
    errorShare: 0.001,
    metric: "loki_request_duration_seconds",
  };
}

/** The arrows between all of them. */
export function largeTopology(): Topology {
  const [clients, users, store] = OUTSIDERS;
  return {
    atMs: BOARD_AT_MS,
    edges: [
      edge("push", "write", clients, "distributor"),
      edge("append", "write", "distributor", "ingester"),
      edge("flush", "write", "ingester", store),
      edge("query", "read", users, "query-frontend"),
      edge("enqueue", "read", "query-frontend", "query-scheduler"),
      edge("dequeue", "read", "query-scheduler", "querier"),
      edge("read-recent", "read", "querier", "ingester"),
      edge("read-chunks", "read", "querier", store),
      edge("read-index", "read", "querier", "index-gateway"),
      edge("compact", "both", "compactor", store),
      edge("rule-query", "read", "ruler", "querier"),
    ],
  };
}
