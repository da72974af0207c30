/** A target of Loki's, or the chart's gateway; `all` is what the lab's own Loki URL answers as. */
export type LokiTarget =
  | "all"
  | "distributor"
  | "ingester"
  | "querier"
  | "query-frontend"
  | "query-scheduler"
  | "index-gateway"
  | "compactor"
  | "ruler"
  | "gateway";

/** One component of the chart's distributed mode and how it is deployed. */
export interface LokiComponent {
  readonly target: Exclude<LokiTarget, "all">;
  readonly kind: "Deployment" | "StatefulSet";
  readonly pods: readonly LokiPod[];
  /** The hash in names of a Deployment's pods. */
  readonly templateHash: string;
  readonly memberlist: boolean;
}

export interface LokiPod {
  readonly name: string;
  readonly ip: string;
  readonly node: string;
  readonly zone: string;
}

/** A pod with what others call it by. */
export interface PodIdentity {
  readonly name: string;
  readonly target: LokiComponent["target"];
  /** `host:port` of its gRPC, as rings and distributors name it. */
  readonly address: string;
  readonly zone: string;
}

/** Whose process runs in a pod: a component of Loki's, or the object store's. */
export type ProcessTarget = LokiComponent["target"] | "minio";

/** A pod whose process answers. */
export type ProcessIdentity = Omit<PodIdentity, "target"> & { readonly target: ProcessTarget };

interface Layout {
  readonly target: LokiComponent["target"];
  readonly kind: LokiComponent["kind"];
  readonly templateHash: string;
  readonly suffixes: readonly string[];
  readonly nodes: readonly string[];
}

const LAYOUT: readonly Layout[] = [
  { target: "compactor", kind: "StatefulSet", templateHash: "744c97d454", suffixes: ["0"], nodes: ["node-r1"] },
  {
    target: "distributor",
    kind: "Deployment",
    templateHash: "55579cff67",
    suffixes: ["69cp5", "8dcq7"],
    nodes: ["node-w2", "node-w3"],
  },
  { target: "gateway", kind: "Deployment", templateHash: "f97478d54", suffixes: ["xcbss"], nodes: ["node-r1"] },
  { target: "index-gateway", kind: "StatefulSet", templateHash: "7cf9957cc8", suffixes: ["0"], nodes: ["node-r1"] },
  {
    target: "ingester",
    kind: "StatefulSet",
    templateHash: "75748dd556",
    suffixes: ["0", "1", "2"],
    nodes: ["node-w1", "node-w2", "node-w3"],
  },
  {
    target: "querier",
    kind: "Deployment",
    templateHash: "6dc79799b7",
    suffixes: ["m9pdk", "wrmp4"],
    nodes: ["node-r1", "node-w1"],
  },
  { target: "query-frontend", kind: "Deployment", templateHash: "7688b5df74", suffixes: ["mbh86"], nodes: ["node-r1"] },
  {
    target: "query-scheduler",
    kind: "Deployment",
    templateHash: "68976868d9",
    suffixes: ["56nk6"],
    nodes: ["node-r1"],
  },
  { target: "ruler", kind: "StatefulSet", templateHash: "76647d995d", suffixes: ["0"], nodes: ["node-r1"] },
];

/** The lab's nodes and the zone of each. */
export const LAB_NODES: Readonly<Record<string, string>> = {
  "node-r1": "a",
  "node-w1": "a",
  "node-w2": "b",
  "node-w3": "c",
};

/** Containers that were killed for their memory so long after the cluster was made: `kubectl logs --previous` has something to show. */
export const RESTARTED_AFTER_MS: Readonly<Record<string, number>> = { "loki-ingester-1": 7_200_000 };

const TARGETS: ReadonlyMap<string, LokiComponent["target"]> = new Map(LAYOUT.map(({ target }) => [target, target]));

/** Which component of Loki a pod is, by its namespace and labels; `null` for any other pod. */
export function lokiTargetOf(metadata: {
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
}): LokiComponent["target"] | null {
  const { namespace, labels = {} } = metadata;
  if (namespace !== "loki" || labels["app.kubernetes.io/name"] !== "loki") return null;
  return TARGETS.get(labels["app.kubernetes.io/component"] ?? "") ?? null;
}

/** Whose process runs in a pod; `null` for a pod that nobody asks anything. */
export function processTargetOf(metadata: Parameters<typeof lokiTargetOf>[0]): ProcessTarget | null {
  if (metadata.namespace === "loki" && metadata.labels?.["app"] === "minio") return "minio";
  return lokiTargetOf(metadata);
}

/** Loki as the Helm chart's distributed mode lays it out in the namespace `loki`: three ingesters in three zones. */
export function lokiComponents(): LokiComponent[] {
  let address = 10;
  return LAYOUT.map(({ target, kind, templateHash, suffixes, nodes }) => ({
    target,
    kind,
    templateHash,
    memberlist: target !== "gateway" && target !== "query-frontend",
    pods: suffixes.map((suffix, index) => {
      const node = nodes[index] ?? "node-r1";
      const name = kind === "StatefulSet" ? `loki-${target}-${suffix}` : `loki-${target}-${templateHash}-${suffix}`;
      address += 1;
      return { name, node, zone: LAB_NODES[node] ?? "a", ip: `10.244.${address % 4}.${address}` };
    }),
  }));
}

export function podIdentities({ target, pods }: LokiComponent): PodIdentity[] {
  return pods.map(({ name, ip, zone }) => ({ name, target, address: `${ip}:9095`, zone: `zone-${zone}` }));
}

/** Modules that each target runs, as `/services` names them. */
export const TARGET_SERVICES: Readonly<Record<Exclude<LokiTarget, "gateway">, readonly string[]>> = {
  all: [
    "distributor",
    "runtime-config",
    "ring",
    "query-scheduler-ring",
    "querier",
    "query-scheduler",
    "compactor",
    "query-frontend-tripperware",
    "query-frontend",
    "ingester-querier",
    "rule-evaluator",
    "ruler",
    "cache-generation-loader",
    "server",
    "memberlist-kv",
    "store",
    "ingester",
  ],
  distributor: ["distributor", "runtime-config", "server", "memberlist-kv", "ring"],
  ingester: ["memberlist-kv", "index-gateway-ring", "ring", "store", "ingester", "runtime-config", "server"],
  querier: [
    "ingester-querier",
    "index-gateway-ring",
    "querier",
    "cache-generation-loader",
    "memberlist-kv",
    "ring",
    "query-scheduler-ring",
    "store",
    "server",
    "runtime-config",
  ],
  "query-frontend": [
    "query-frontend-tripperware",
    "query-scheduler-ring",
    "query-frontend",
    "server",
    "runtime-config",
    "cache-generation-loader",
    "memberlist-kv",
  ],
  "query-scheduler": ["runtime-config", "server", "memberlist-kv", "query-scheduler-ring", "query-scheduler"],
  "index-gateway": ["runtime-config", "index-gateway-ring", "store", "index-gateway", "server", "memberlist-kv"],
  compactor: ["runtime-config", "server", "memberlist-kv", "compactor"],
  ruler: [
    "ruler",
    "server",
    "runtime-config",
    "index-gateway-ring",
    "ring",
    "memberlist-kv",
    "ingester-querier",
    "store",
    "rule-evaluator",
  ],
};
