import type { RingMemberView } from "../../../../../src-shared/model/health/ring.ts";
import { INGESTING } from "../site-pages.ts";
import { findings, type SafetyFinding, type SafetyRule } from "./safety-rule.ts";
import { isWell, onBoard, type SafetyView } from "./safety-view.ts";

const TAKING_AWAY = { "shutdown-ingester": "stops", "rolling-restart": "stops", scale: "stops" } as const;
const NEEDS_RING = {
  ...TAKING_AWAY,
  "shutdown-ingester": "doubts",
  "rolling-restart": "doubts",
  scale: "doubts",
} as const;

/** Members that are not well, besides `instance`. */
function sickBeside(view: SafetyView, instance: string): readonly RingMemberView[] {
  return (view.ring?.members ?? []).filter((member) => member.id !== instance && !isWell(view, member));
}

function zoneOf({ ring }: SafetyView, instance: string): string {
  return ring?.members.find(({ id }) => id === instance)?.zone ?? "";
}

/** What the ring can do without, with the replicas it has. */
export const REPLICATION_RULES: readonly SafetyRule[] = [
  {
    kind: "ring-unread",
    weights: {
      ...NEEDS_RING,
      "flush-ingester": "doubts",
      "flush-tenant": "doubts",
      "prepare-shutdown": "doubts",
      "forget-member": "doubts",
    },
    look: (view) => {
      const { operation, workload, facts, ring } = view;
      if (workload !== null && !INGESTING.has(workload.component)) return "silent";
      if (operation.kind !== "forget-member") return ring === null ? [{ params: { ring: "ingester" } }] : "well";
      const told = facts.rings.find((each) => each.ring === operation.ring);
      return told?.from == null || told.error !== null ? [{ params: { ring: operation.ring } }] : "well";
    },
  },
  {
    kind: "factor-unknown",
    weights: NEEDS_RING,
    look: ({ ring, leaving, factor }) =>
      ring === null || leaving.length === 0 ? "silent" : findings(factor === null ? [{ params: {} }] : []),
  },
  {
    kind: "replication-too-low",
    weights: TAKING_AWAY,
    look: ({ leaving, factor, spare }) => {
      if (leaving.length === 0 || factor === null || spare === null) return "silent";
      return findings(spare < 1 ? [{ params: { factor } }] : []);
    },
  },
  {
    kind: "single-replica-data",
    weights: {
      "shutdown-ingester": "notes",
      "rolling-restart": "notes",
      scale: "notes",
      "forget-member": "doubts",
    },
    look: ({ factor, leaving, operation }) => {
      const concerned = leaving.length > 0 || (operation.kind === "forget-member" && operation.ring === "ingester");
      return concerned && factor === 1 ? [{ params: {} }] : "silent";
    },
  },
  {
    kind: "too-few-healthy",
    weights: TAKING_AWAY,
    look: (view) => {
      const { ring, factor, spare, leaving, atATime, zoned } = view;
      if (ring === null || factor === null || spare === null || leaving.length === 0) return "silent";
      const worst = leaving
        .map((instance) => sickBeside(view, instance).length)
        .reduce((most, sick) => Math.max(most, sick), 0);
      const well = ring.members.length - worst - atATime;
      // Over zones it is the zones that count, and there must be a quorum at all.
      const fails = zoned ? well < factor - spare : worst + atATime > spare || well < factor - spare;
      return findings(
        fails
          ? [
              {
                params: {
                  healthy: Math.max(0, well),
                  needed: Math.max(factor - spare, zoned ? 0 : ring.members.length - spare),
                },
              },
            ]
          : [],
      );
    },
  },
  {
    kind: "zone-at-risk",
    weights: TAKING_AWAY,
    look: (view) => {
      const { spare, leaving, atATime, zoned, operation } = view;
      if (!zoned || spare === null || leaving.length === 0) return "silent";
      const found: SafetyFinding[] = [];
      const groups = operation.kind === "scale" && atATime > 1 ? [leaving] : leaving.map((instance) => [instance]);
      for (const group of groups) {
        const own = group.map((instance) => zoneOf(view, instance));
        const sick = (view.ring?.members ?? []).filter((member) => !group.includes(member.id) && !isWell(view, member));
        const zones = new Set([...own, ...sick.map(({ zone }) => zone)]);
        if (zones.size <= spare) continue;
        found.push({
          params: { zone: [...zones].filter((zone) => zone !== own[0]).join(", ") },
        });
      }
      return findings(found.slice(0, 1));
    },
  },
  {
    kind: "mates-gray",
    weights: { ...TAKING_AWAY, "flush-ingester": "notes", "flush-tenant": "notes", "prepare-shutdown": "notes" },
    look: (view) => {
      const { facts, ring, leaving, touched, zoned, workload } = view;
      if (facts.board === null || ring === null) return "silent";
      if (workload !== null && leaving.length === 0) return "silent";
      const own = new Set(leaving.map((instance) => zoneOf(view, instance)));
      const bad = ring.members.filter(({ id, zone }) => {
        const verdict = onBoard(view, id)?.verdict;
        if (verdict !== "gray" && verdict !== "down") return false;
        if (workload === null && touched.includes(id)) return false;
        // A zone may be without several of its members as well as without one.
        return !(zoned && own.size === 1 && own.has(zone) && workload === null);
      });
      return findings(bad.length === 0 ? [] : [{ params: { instances: bad.map(({ id }) => id).join(", ") } }]);
    },
  },
  {
    kind: "below-replication",
    weights: { scale: "stops" },
    look: ({ ring, factor, leaving }) => {
      if (ring === null || factor === null || leaving.length === 0) return "silent";
      const left = ring.members.filter(({ id }) => !leaving.includes(id)).length;
      return findings(left < factor ? [{ params: { replicas: left, factor } }] : []);
    },
  },
];
