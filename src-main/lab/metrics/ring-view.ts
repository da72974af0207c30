import type { PodIdentity } from "../cluster/components.ts";
import type { SimulatedRingMember } from "./ingester-ring.ts";
import { FixedLabels, type SeriesRegistry } from "./series-registry.ts";

/** A ring as the processes that watch it see it at a moment. */
export interface RingView {
  readonly name: RingName;
  readonly tokensEach: number;
  /** Whether its members say which zone they are in. */
  readonly zoned: boolean;
  readonly members: readonly {
    readonly state: "ACTIVE" | "JOINING" | "LEAVING" | "UNHEALTHY";
    readonly zone: string;
    readonly heartbeatMs: number;
  }[];
}

export type RingName = "compactor" | "distributor" | "index-gateway" | "ingester" | "ruler" | "scheduler";

/** Rings besides the ingesters': whose processes are in them, and with how many tokens each. */
export const SIMPLE_RINGS: readonly {
  readonly name: Exclude<RingName, "ingester">;
  readonly target: PodIdentity["target"];
  readonly tokensEach: number;
  readonly zoned: boolean;
}[] = [
  { name: "compactor", target: "compactor", tokensEach: 1, zoned: true },
  { name: "distributor", target: "distributor", tokensEach: 1, zoned: false },
  { name: "index-gateway", target: "index-gateway", tokensEach: 128, zoned: true },
  { name: "ruler", target: "ruler", tokensEach: 128, zoned: true },
  { name: "scheduler", target: "query-scheduler", tokensEach: 1, zoned: true },
];

/** All rings at a moment: that of the ingesters, and those that every living process of a target is in. */
export function ringViews(
  members: readonly SimulatedRingMember[],
  alive: readonly { readonly identity: PodIdentity }[],
  nowMs: number,
): RingView[] {
  const heartbeatMs = nowMs - (nowMs % 5_000);
  const others = SIMPLE_RINGS.map(({ target, ...ring }) => ({
    ...ring,
    members: alive
      .filter(({ identity }) => identity.target === target)
      .map(({ identity }) => ({ state: "ACTIVE" as const, zone: identity.zone, heartbeatMs })),
  }));
  return [{ name: "ingester", tokensEach: 128, zoned: true, members }, ...others];
}

/** Which rings a component watches. */
const WATCHED: Readonly<Record<PodIdentity["target"], readonly RingName[]>> = {
  compactor: ["compactor"],
  distributor: ["distributor", "ingester"],
  gateway: [],
  "index-gateway": ["index-gateway"],
  ingester: ["index-gateway", "ingester"],
  querier: ["index-gateway", "ingester", "scheduler"],
  "query-frontend": ["scheduler"],
  "query-scheduler": ["scheduler"],
  ruler: ["index-gateway", "ingester", "ruler"],
};

/** What a component calls its clients of the KV store, and whether they write. */
const KV_CLIENTS: Readonly<Record<PodIdentity["target"], readonly (readonly [string, writes: boolean])[]>> = {
  compactor: [["compactor", true]],
  distributor: [
    ["distributor-ring", false],
    ["ingester-ring", false],
  ],
  gateway: [],
  "index-gateway": [["index-gateway-ring-manager", true]],
  ingester: [
    ["index-gateway-ring-manager", false],
    ["ingester-lifecycler", true],
    ["ingester-ring", false],
  ],
  querier: [
    ["index-gateway-ring-manager", false],
    ["ingester-ring", false],
    ["scheduler-ring-manager", false],
  ],
  "query-frontend": [["scheduler-ring-manager", false]],
  "query-scheduler": [["scheduler-ring-manager", true]],
  ruler: [
    ["index-gateway-ring-manager", false],
    ["ingester-ring", false],
    ["ruler", true],
  ],
};

const STATES = ["ACTIVE", "JOINING", "LEAVING", "PENDING", "Unhealthy"] as const;

/** Tells one state of all rings from another; heartbeats count to five seconds. */
export function ringSignature(rings: readonly RingView[], second: number): string {
  const states = rings.map(({ members }) => members.map(({ state, zone }) => `${state}${zone}`).join(","));
  return `${Math.floor(second / 5)} ${states.join(";")}`;
}

/** Writes what a process shows of the rings that it watches. */
export function tickRings(series: SeriesRegistry, target: PodIdentity["target"], rings: readonly RingView[]): void {
  for (const ring of rings) if (WATCHED[target].includes(ring.name)) tickRing(series, ring);
}

function kvLabels(operation: string, name: string): FixedLabels {
  return new FixedLabels({ kv_name: name, operation, role: "primary", status_code: "200", type: "memberlist" });
}

/** The same for every process of a target: labels of its reads, and of its writes where it heartbeats. */
const KV_LABELS = new Map(
  Object.entries(KV_CLIENTS).map(([target, clients]) => [
    target,
    clients.map(([name, writes]) => ({ read: kvLabels("GET", name), write: writes ? kvLabels("CAS", name) : null })),
  ]),
);

/** Counts a second of a process's requests to the KV store: one to begin with, then those of who heartbeats. */
export function tickKvClients(series: SeriesRegistry, target: PodIdentity["target"]): void {
  const request = "loki_kv_request_duration_seconds";
  for (const { read, write } of KV_LABELS.get(target) ?? []) {
    if (!series.has(request, read)) series.observe(request, 1, 0.0001, read);
    if (write !== null) series.observe(request, 0.2, 0.0002, write);
  }
}

function tickRing(series: SeriesRegistry, { name, members, tokensEach, zoned }: RingView): void {
  const states = members.map(({ state }) => (state === "UNHEALTHY" ? "Unhealthy" : state));
  const zones = [...new Set(members.map(({ zone }) => zone))].toSorted();
  for (const state of STATES) {
    series.set("loki_ring_members", states.filter((each) => each === state).length, { name, state });
    const stamps = members.filter((_, index) => states[index] === state).map(({ heartbeatMs }) => heartbeatMs);
    const oldest = stamps.length === 0 ? 0 : Math.floor(Math.min(...stamps) / 1_000);
    series.set("loki_ring_oldest_member_timestamp", oldest, { name, state });
    if (!zoned) continue;
    for (const zone of zones) {
      const count = members.filter((member, index) => states[index] === state && member.zone === zone).length;
      series.set("loki_ring_zone_members", count, { name, state, zone });
    }
  }
  series.set("loki_ring_tokens_total", members.length * tokensEach, { name });
}
