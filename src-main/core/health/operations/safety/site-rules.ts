import { operationSubject } from "../../../../../src-shared/api/health.api.ts";
import { findings, type SafetyRule } from "./safety-rule.ts";

/** A board is stale when three of its rounds are missing, but not within this time. */
const FRESH_MS = 60_000;
const MISSED_ROUNDS = 3;

/** The site as a whole, and requests that are no process's. */
export const SITE_RULES: readonly SafetyRule[] = [
  {
    kind: "other-operation",
    weights: {
      "flush-ingester": "stops",
      "flush-tenant": "stops",
      "prepare-shutdown": "stops",
      "shutdown-ingester": "stops",
      "forget-member": "stops",
      "rolling-restart": "stops",
      scale: "stops",
      "log-level": "stops",
      "cancel-delete": "stops",
    },
    look: ({ facts }) =>
      findings(facts.running.map((each) => ({ params: { operation: each.kind, subject: operationSubject(each) } }))),
  },
  {
    kind: "board-stale",
    weights: {
      "flush-ingester": "doubts",
      "flush-tenant": "doubts",
      "prepare-shutdown": "doubts",
      "shutdown-ingester": "doubts",
      "forget-member": "doubts",
      "rolling-restart": "doubts",
      scale: "doubts",
      "log-level": "notes",
      "cancel-delete": "notes",
    },
    look: ({ facts: { board, nowMs } }) => {
      if (board === null || board.state !== "watching" || board.roundAtMs === null) return [{ params: { ageMs: "?" } }];
      const ageMs = nowMs - board.roundAtMs;
      const fresh = ageMs <= Math.max(FRESH_MS, MISSED_ROUNDS * board.intervalMs);
      return findings(fresh ? [] : [{ params: { ageMs } }]);
    },
  },
  {
    kind: "past-cancelling",
    weights: { "cancel-delete": "stops" },
    look: ({ facts: { deleteRequest } }) => {
      if (deleteRequest === null) return "silent";
      return findings(deleteRequest.cancellable ? [] : [{ params: { status: deleteRequest.status } }]);
    },
  },
];
