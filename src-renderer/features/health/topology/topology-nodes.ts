import type { ComponentHealth, InstanceHealth, SiteHealth } from "../../../../src-shared/model/health/site-health.ts";
import { OUTSIDERS, type Topology, type TopologyEdge } from "../../../../src-shared/model/health/topology.ts";

/** Instances of one zone, by name. */
export interface ZoneCells {
  /** Empty where the component's instances name no zones, or one alone. */
  readonly zone: string;
  readonly instances: readonly string[];
}

/** A box of the picture: what decides its size and place, and nothing that changes with every round. */
export interface TopologyNode {
  readonly name: string;
  /** Outside Loki, or a component that is only named by an arrow: it has no instances to show. */
  readonly outside: boolean;
  readonly zones: readonly ZoneCells[];
  readonly instances: number;
  /** Flows that begin and end in it, as in a process that is several components at once. */
  readonly inside: number;
}

const byName = new Intl.Collator("en", { numeric: true }).compare;

/** The boxes of a board and its arrows, in the order of their names. */
export function topologyNodes(health: SiteHealth, edges: readonly TopologyEdge[]): TopologyNode[] {
  const instances = Map.groupBy(health.instances, ({ component }) => component);
  const inside = (name: string): number => edges.filter(({ from, to }) => from === name && to === name).length;
  const components = health.components.map(({ component }): TopologyNode => {
    const own = instances.get(component) ?? [];
    return { name: component, outside: false, zones: zonesOf(own), instances: own.length, inside: inside(component) };
  });
  const known = new Set(components.map(({ name }) => name));
  const named = new Set(edges.flatMap(({ from, to }) => [from, to]).filter((name) => !known.has(name)));
  const outsiders = [...named].map((name): TopologyNode => ({
    name,
    outside: true,
    zones: [],
    instances: 0,
    inside: 0,
  }));
  return [...components, ...outsiders].toSorted((a, b) => byName(a.name, b.name));
}

function zonesOf(instances: readonly InstanceHealth[]): ZoneCells[] {
  const names = (of: readonly InstanceHealth[]): string[] => of.map(({ instance }) => instance).toSorted(byName);
  const zones = Map.groupBy(instances, ({ zone }) => zone ?? "");
  if (zones.size < 2) return instances.length === 0 ? [] : [{ zone: "", instances: names(instances) }];
  return [...zones]
    .toSorted(([a], [b]) => byName(a, b))
    .map(([zone, members]) => ({ zone, instances: names(members) }));
}

/** What of a topology decides where things are: as long as it is the same, nothing moves. */
export function shapeOf(nodes: readonly TopologyNode[], { edges }: Pick<Topology, "edges">): string {
  return JSON.stringify([nodes, edges.map(({ kind, from, to }) => [kind, from, to])]);
}

export function isOutsider(name: string): name is (typeof OUTSIDERS)[number] {
  return OUTSIDERS.some((one) => one === name);
}

/** Boards by name, for the picture's parts. */
export interface BoardIndex {
  readonly components: ReadonlyMap<string, ComponentHealth>;
  readonly instances: ReadonlyMap<string, InstanceHealth>;
}

export function indexBoard({ components, instances }: SiteHealth): BoardIndex {
  return {
    components: new Map(components.map((one) => [one.component, one])),
    instances: new Map(instances.map((one) => [one.instance, one])),
  };
}
