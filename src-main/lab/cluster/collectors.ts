import { LAB_NODES } from "./components.ts";

/** The namespace of the nodes' collectors, and the DaemonSet's name. */
export const COLLECTOR_NAMESPACE = "promtail";

export interface CollectorPod {
  readonly name: string;
  readonly node: string;
  readonly zone: string;
  readonly ip: string;
}

const SUFFIXES = ["7k2xd", "dq8mz", "nv4hs", "zp9tc"] as const;

/** Promtail on every node: what the applications write goes through them to Loki. */
export function collectorPods(): CollectorPod[] {
  return Object.entries(LAB_NODES).map(([node, zone], index) => ({
    name: `${COLLECTOR_NAMESPACE}-${SUFFIXES[index] ?? String(index)}`,
    node,
    zone,
    ip: `10.244.${index}.5`,
  }));
}
