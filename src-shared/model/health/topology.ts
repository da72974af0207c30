import { z } from "zod";

/** What flows from one component to another: `health.edge.<kind>`. */
export const EDGE_KINDS = [
  "push",
  "append",
  "flush",
  "query",
  "enqueue",
  "dequeue",
  "read-recent",
  "read-chunks",
  "read-index",
  "chunks-cache",
  "results-cache",
  "compact",
  "rule-query",
] as const;
export type EdgeKind = (typeof EDGE_KINDS)[number];

/** Who is outside Loki and drawn all the same. */
export const OUTSIDERS = ["clients", "users", "object-store"] as const;

/** One arrow. A figure that no metric tells is `null`. */
export const topologyEdgeSchema = z.object({
  kind: z.enum(EDGE_KINDS),
  path: z.enum(["write", "read", "both"]),
  /** A component's name, or one of `OUTSIDERS`. */
  from: z.string(),
  to: z.string(),
  /** Requests a second over the last minute. */
  perSecond: z.number().nullable(),
  bytesPerSecond: z.number().nullable(),
  /** Mean over the last minute. */
  meanSeconds: z.number().nullable(),
  /** 0…1 of the requests. */
  errorShare: z.number().nullable(),
  metric: z.string(),
});
export type TopologyEdge = z.output<typeof topologyEdgeSchema>;

/** The arrows of a site; the nodes are the components of its board. */
export const topologySchema = z.object({ atMs: z.number().nullable(), edges: z.array(topologyEdgeSchema) });
export type Topology = z.output<typeof topologySchema>;
