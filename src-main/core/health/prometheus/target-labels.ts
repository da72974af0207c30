import { LOKI_COMPONENTS } from "../../../../src-shared/api/sites.api.ts";

type Labels = Readonly<Record<string, string>>;

/** They answer nothing of Loki's own. */
const NEVER: ReadonlySet<string> = new Set(["gateway", "canary", "chunks-cache", "results-cache"]);
/** Labels that say which component a target is of, by the habits of service monitors, the most exact first. */
const COMPONENT_LABELS = ["component", "app_kubernetes_io_component", "container", "job", "name", "workload", "pod"];
const ZONE_LABELS = ["topology_kubernetes_io_zone", "availability_zone", "zone"];
const NODE_LABELS = ["node", "kubernetes_node", "node_name"];

/** Longer names first: `query-frontend` also ends on what could be another's. */
const BY_LENGTH = LOKI_COMPONENTS.toSorted((a, b) => b.length - a.length);

/** The component of a target by its labels; `null` for those of Loki's helpers, a process by itself is the whole. */
export function componentOfTarget(labels: Labels): string | null {
  for (const name of COMPONENT_LABELS) {
    const component = componentIn(labels[name] ?? "");
    if (component !== null) return NEVER.has(component) ? null : component;
  }
  return "single-binary";
}

/** The last component that a text names: releases may be called anything. */
function componentIn(text: string): string | null {
  let found: string | null = null;
  let foundAt = -1;
  for (const component of BY_LENGTH) {
    const at = text.lastIndexOf(component);
    if (at < 0 || !isBoundary(text[at - 1]) || !isBoundary(text[at + component.length])) continue;
    const within = found !== null && at >= foundAt && at + component.length <= foundAt + found.length;
    if (at > foundAt && !within) {
      found = component;
      foundAt = at;
    }
  }
  return found;
}

function isBoundary(character: string | undefined): boolean {
  return character === undefined || /[^A-Za-z0-9]/.test(character);
}

/** The pod where that is told, else `host:port`. */
export function instanceOfTarget(labels: Labels): string {
  return labels["pod"] ?? labels["kubernetes_pod_name"] ?? labels["instance"] ?? "";
}

export function zoneOfTarget(labels: Labels): string | null {
  return first(labels, ZONE_LABELS);
}

export function nodeOfTarget(labels: Labels): string | null {
  return first(labels, NODE_LABELS);
}

function first(labels: Labels, names: readonly string[]): string | null {
  for (const name of names) {
    const value = labels[name];
    if (value !== undefined && value !== "") return value;
  }
  return null;
}

/**
 * The series as the process itself wrote it: without the labels of its target, and with its own ones back by their names where
 * Prometheus had moved them aside (`exported_job`). `null` when it is not of this target.
 */
export function ownKey(series: Labels, target: Labels): string | null {
  for (const name in target) if (series[name] !== target[name]) return null;
  const own: [string, string][] = [];
  for (const name in series) {
    if (name === "__name__" || name in target) continue;
    const moved = name.startsWith("exported_") && name.slice(9) in target ? name.slice(9) : name;
    own.push([moved, series[name] ?? ""]);
  }
  const family = series["__name__"] ?? "";
  if (own.length === 0) return family;
  own.sort(([a], [b]) => (a < b ? -1 : 1));
  return `${family}{${own.map(([name, value]) => `${name}="${escaped(value)}"`).join(",")}}`;
}

/** As the exposition format escapes. */
function escaped(value: string): string {
  return /[\\"\n]/.test(value) ? value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n") : value;
}
