import { findings, type SafetyRule } from "./safety-rule.ts";
import { onBoard, readingOf } from "./safety-view.ts";

/** The member or process that is acted on, as it stands. */
export const MEMBER_RULES: readonly SafetyRule[] = [
  {
    kind: "not-in-ring",
    weights: { "forget-member": "stops", "shutdown-ingester": "doubts", "prepare-shutdown": "notes" },
    look: ({ operation, facts, ring, touched }) => {
      if (operation.kind === "forget-member") {
        const told = facts.rings.find((each) => each.ring === operation.ring);
        if (told?.from == null || told.error !== null) return "silent";
        const known = told.members.some(({ id }) => id === operation.member);
        return findings(known ? [] : [{ params: { member: operation.member, ring: operation.ring } }]);
      }
      if (ring === null) return "silent";
      const missing = touched.filter((instance) => !ring.members.some(({ id }) => id === instance));
      return findings(missing.map((member) => ({ params: { member, ring: "ingester" } })));
    },
  },
  {
    kind: "member-alive",
    weights: { "forget-member": "stops" },
    look: (view) => {
      const { operation, facts } = view;
      if (operation.kind !== "forget-member") return "silent";
      const told = facts.rings.find((each) => each.ring === operation.ring);
      const member = told?.members.find(({ id }) => id === operation.member);
      if (member === undefined) return "silent";
      const answers = onBoard(view, member.id)?.outcome === "answered";
      // The page says UNHEALTHY of whoever has sent no heartbeat for too long, whatever it was before.
      if (!answers && member.state === "UNHEALTHY") return "well";
      const ageMs = told?.nowMs == null || member.heartbeatMs === null ? null : told.nowMs - member.heartbeatMs;
      const seconds = ageMs === null ? "?" : Math.max(0, Math.round(ageMs / 1_000));
      return [{ params: { member: member.id, state: member.state, seconds } }];
    },
  },
  {
    kind: "shutdown-prepared",
    weights: {
      "rolling-restart": "doubts",
      "shutdown-ingester": "notes",
      "flush-ingester": "notes",
      scale: "notes",
    },
    look: (view) => {
      const prepared = view.touched.filter((instance) => readingOf(view, instance)?.prepared === true);
      const known = view.touched.some((instance) => readingOf(view, instance)?.prepared != null);
      if (prepared.length > 0) return prepared.map((instance) => ({ params: { instance } }));
      return known && view.operation.kind !== "scale" ? "well" : "silent";
    },
  },
  {
    kind: "rejoins-with-same-tokens",
    weights: { "shutdown-ingester": "notes" },
    look: ({ operation }) =>
      operation.kind === "shutdown-ingester" && !operation.deleteRingTokens ? [{ params: {} }] : "silent",
  },
  {
    kind: "already-so",
    weights: { "prepare-shutdown": "stops", scale: "stops", "log-level": "stops" },
    look: (view) => {
      const { operation, workload, facts } = view;
      if (operation.kind === "prepare-shutdown") {
        const prepared = readingOf(view, operation.instance)?.prepared;
        if (prepared == null) return "silent";
        return findings(prepared === operation.prepared ? [{ params: { state: prepared ? "set" : "unset" } }] : []);
      }
      if (operation.kind === "scale" && workload !== null) {
        return findings(workload.wanted === operation.replicas ? [{ params: { state: operation.replicas } }] : []);
      }
      if (operation.kind === "log-level" && facts.logLevel !== null) {
        return findings(facts.logLevel === operation.level ? [{ params: { state: operation.level } }] : []);
      }
      return "silent";
    },
  },
];
