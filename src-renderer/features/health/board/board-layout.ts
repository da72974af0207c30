import type { ComponentHealth, InstanceHealth, SiteHealth } from "../../../../src-shared/model/health/site-health.ts";
import { VERDICT_ORDER, type Verdict } from "../../../../src-shared/model/health/verdict.ts";

export const BOARD_GROUPS = ["write", "read", "backend", "whole"] as const;
export type BoardGroup = (typeof BOARD_GROUPS)[number];

/** Loki's targets by the path they are on (its component documentation; `read`, `write`, `backend` are those of the simple scalable mode). */
const GROUPS: Readonly<Record<string, BoardGroup>> = {
  distributor: "write",
  ingester: "write",
  "pattern-ingester": "write",
  write: "write",
  "query-frontend": "read",
  "query-scheduler": "read",
  querier: "read",
  "index-gateway": "read",
  read: "read",
  all: "whole",
  "single-binary": "whole",
};

export function groupOf(component: string): BoardGroup {
  return GROUPS[component] ?? "backend";
}

/** Who stands where, and what is open without a person having said so. Names alone: what is told of them is drawn from the newest board. */
export interface BoardLayout {
  readonly groups: readonly { readonly group: BoardGroup; readonly components: readonly string[] }[];
  readonly instances: ReadonlyMap<string, readonly string[]>;
  /** Components with somebody to look at now. */
  readonly opened: ReadonlySet<string>;
}

const NAMES = new Intl.Collator("en", { numeric: true });

function worseFirst(a: Verdict, b: Verdict): number {
  return VERDICT_ORDER.indexOf(a) - VERDICT_ORDER.indexOf(b);
}

/** Worst first, then by name: it changes when verdicts change and at no other time. */
export function boardLayout({ components, instances }: SiteHealth): BoardLayout {
  const sorted = components.toSorted(
    (a, b) => worseFirst(a.verdict, b.verdict) || NAMES.compare(a.component, b.component),
  );
  const byComponent = new Map<string, InstanceHealth[]>();
  for (const instance of instances) {
    const mates = byComponent.get(instance.component);
    if (mates === undefined) byComponent.set(instance.component, [instance]);
    else mates.push(instance);
  }
  return {
    groups: BOARD_GROUPS.map((group) => ({
      group,
      components: sorted.flatMap(({ component }) => (groupOf(component) === group ? [component] : [])),
    })).filter((group) => group.components.length > 0),
    instances: new Map(
      [...byComponent].map(([component, mates]) => [
        component,
        mates
          .toSorted((a, b) => worseFirst(a.verdict, b.verdict) || NAMES.compare(a.instance, b.instance))
          .map(({ instance }) => instance),
      ]),
    ),
    opened: new Set(
      instances.flatMap(({ component, verdict }) => (verdict === "gray" || verdict === "down" ? [component] : [])),
    ),
  };
}

/** `next` in the order of `before`: what is new comes last, what is gone is left out. */
function inOldOrder(before: readonly string[], next: readonly string[]): readonly string[] {
  const there = new Set(next);
  const known = new Set(before);
  return [...before.filter((name) => there.has(name)), ...next.filter((name) => !known.has(name))];
}

/** The newest board where everything stays in its place. */
export function heldLayout(before: BoardLayout, next: BoardLayout): BoardLayout {
  const groups = inOldOrder(
    before.groups.map(({ group }) => group),
    next.groups.map(({ group }) => group),
  );
  const componentsOf = (layout: BoardLayout, group: string): readonly string[] =>
    layout.groups.find((one) => one.group === group)?.components ?? [];
  return {
    groups: groups.flatMap((name) => {
      const group = BOARD_GROUPS.find((one) => one === name);
      if (group === undefined) return [];
      return { group, components: inOldOrder(componentsOf(before, group), componentsOf(next, group)) };
    }),
    instances: new Map(
      [...next.instances].map(([component, names]) => [
        component,
        inOldOrder(before.instances.get(component) ?? [], names),
      ]),
    ),
    opened: before.opened,
  };
}

/** Whether holding hides a better order, or somebody to look at. */
export function isOutOfOrder(shown: BoardLayout, next: BoardLayout): boolean {
  const order = (layout: BoardLayout): string =>
    JSON.stringify([
      layout.groups,
      [...layout.instances].toSorted(([a], [b]) => NAMES.compare(a, b)),
      [...layout.opened].toSorted(),
    ]);
  return order(shown) !== order(next);
}

export interface BoardFilter {
  readonly text: string;
  readonly verdict: Verdict | "all";
  /** Only what is not healthy. */
  readonly troubled: boolean;
}

export const NO_FILTER: BoardFilter = { text: "", verdict: "all", troubled: false };

export function isFiltering({ text, verdict, troubled }: BoardFilter): boolean {
  return text.trim() !== "" || verdict !== "all" || troubled;
}

/** By name, component, zone, node, version, ring state, and how asking it went. */
export function matchesFilter(instance: InstanceHealth, { text, verdict, troubled }: BoardFilter): boolean {
  if (troubled && instance.verdict === "healthy") return false;
  if (verdict !== "all" && instance.verdict !== verdict) return false;
  const { zone, node, version, ringState, outcome, component } = instance;
  const all = [instance.instance, component, zone, node, version, ringState, outcome].join("\n").toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word));
}

/** A component without any instance has only itself to be found by. */
export function matchesAlone(component: ComponentHealth, { text, verdict, troubled }: BoardFilter): boolean {
  if (troubled && component.verdict === "healthy") return false;
  if (verdict !== "all" && component.verdict !== verdict) return false;
  return component.component.includes(text.trim().toLowerCase());
}
