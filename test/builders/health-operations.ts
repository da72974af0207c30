import type { OperationPlan, OperationReport } from "../../src-shared/model/health/operation.ts";
import { jobIdSchema, planIdSchema } from "../../src-shared/model/ids.ts";
import type { Job } from "../../src-shared/model/job.ts";
import type { RingMemberView, RingView } from "../../src-shared/model/health/ring.ts";
import { CLUSTER_SITE } from "./site-examples.ts";

export const PLANNED_AT_MS = Date.UTC(2026, 10, 22, 12);
const VALID_MS = 600_000;

/** A flush of one ingester that is safe now. */
export function aPlan(overrides: Partial<OperationPlan> = {}): OperationPlan {
  return {
    id: planIdSchema.parse("plan-1"),
    site: CLUSTER_SITE.id,
    operation: { kind: "flush-ingester", instance: "loki-ingester-1" },
    createdAtMs: PLANNED_AT_MS,
    expiresAtMs: PLANNED_AT_MS + VALID_MS,
    safe: { answer: "yes", reasons: [], checked: ["mates-gray", "wal-replaying"], checkedAtMs: PLANNED_AT_MS },
    steps: [
      { key: "check-target", params: { target: "loki-ingester-1" }, kind: "check", request: null },
      {
        key: "send-flush",
        params: { instance: "loki-ingester-1" },
        kind: "act",
        request: "POST /flush → loki-ingester-1",
      },
      { key: "verify-flush", params: { instance: "loki-ingester-1" }, kind: "verify", request: null },
    ],
    effects: [{ key: "flush-writes", params: {} }],
    diff: "",
    preview: [],
    undo: "none",
    ...overrides,
  };
}

/** What an operation tells whose steps stand as given. */
export function aReport(
  states: readonly OperationReport["steps"][number]["state"][],
  overrides: Partial<OperationReport> = {},
): OperationReport {
  return {
    plan: aPlan(),
    steps: states.map((state) => ({
      state,
      startedAtMs: state === "waiting" ? null : PLANNED_AT_MS,
      endedAtMs: state === "done" || state === "failed" ? PLANNED_AT_MS + 8_100 : null,
      detail: null,
    })),
    verified: false,
    ...overrides,
  };
}

export function anOperationJob(report: OperationReport, overrides: Partial<Job> = {}): Job {
  return {
    id: jobIdSchema.parse("job-1"),
    kind: "health-operation",
    title: {
      key: "jobs.title.health-operation",
      params: { operation: "flush-ingester", subject: "loki-ingester-1" },
    },
    state: "running",
    principal: "olga",
    createdAtMs: PLANNED_AT_MS,
    startedAtMs: PLANNED_AT_MS,
    endedAtMs: null,
    attempts: 1,
    progress: null,
    output: report,
    canPause: false,
    ...overrides,
  };
}

export function aMember(id: string, overrides: Partial<RingMemberView> = {}): RingMemberView {
  return {
    id,
    address: "10.0.0.1:9095",
    state: "ACTIVE",
    zone: "zone-a",
    heartbeatMs: PLANNED_AT_MS - 3_000,
    registeredMs: PLANNED_AT_MS - 86_400_000,
    readOnly: false,
    tokens: 128,
    ownership: 0.25,
    ...overrides,
  };
}

export function aRing(members: readonly RingMemberView[], overrides: Partial<RingView> = {}): RingView {
  const zones = [...new Set(members.map(({ zone }) => zone))].map((zone) => {
    const own = members.filter((member) => member.zone === zone);
    return {
      zone,
      members: own.length,
      active: own.filter(({ state }) => state === "ACTIVE").length,
      ownership: own.reduce((sum, { ownership }) => sum + ownership, 0),
    };
  });
  return {
    ring: "ingester",
    from: "loki-distributor-a",
    error: null,
    nowMs: PLANNED_AT_MS,
    members: [...members],
    zones,
    replicationFactor: 3,
    ...overrides,
  };
}
