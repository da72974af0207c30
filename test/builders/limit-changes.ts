import { jobIdSchema, planIdSchema } from "../../src-shared/model/ids.ts";
import type { Job } from "../../src-shared/model/job.ts";
import { tenantIdSchema } from "../../src-shared/model/tenant-id.ts";
import type { RefusalExplanation } from "../../src-shared/model/tenants/explanation.ts";
import type { LimitChangeReport, LimitPlan } from "../../src-shared/model/tenants/limit-change.ts";
import { A_PLACE, aGauge, BOARD_AT_MS } from "./limits-boards.ts";
import { CLUSTER_SITE } from "./site-examples.ts";

const MIB = 1_048_576;
const MINUTE_MS = 60_000;
const DIFF = `--- loki/loki-runtime
+++ loki/loki-runtime
@@ -3,4 +3,4 @@
 overrides:
   payments: # bought by contract 4711
-    ingestion_rate_mb: 4
+    ingestion_rate_mb: 8
     max_global_streams_per_user: 20000
`;

/** The ingestion rate of one tenant from 4 to 8, without an end. */
export function aLimitPlan(overrides: Partial<LimitPlan> = {}): LimitPlan {
  return {
    id: planIdSchema.parse("plan-1"),
    site: CLUSTER_SITE.id,
    change: {
      kind: "edits",
      edits: [{ tenant: tenantIdSchema.parse("payments"), key: "ingestion_rate_mb", value: "8" }],
    },
    createdAtMs: BOARD_AT_MS,
    expiresAtMs: BOARD_AT_MS + 10 * MINUTE_MS,
    place: A_PLACE,
    edits: [
      {
        tenant: "payments",
        key: "ingestion_rate_mb",
        before: "4",
        after: "8",
        effectiveBefore: "4",
        effectiveAfter: "8",
        used: 3.9 * MIB,
      },
    ],
    diff: DIFF,
    problems: [],
    capacity: [
      {
        of: "distributor-rate",
        before: 40 * MIB,
        after: 44 * MIB,
        capacity: 120 * MIB,
        reason: "fits",
        from: "configured",
      },
    ],
    lately: [{ who: "helm", atMs: BOARD_AT_MS - 86_400_000, what: "data.runtime-config.yaml" }],
    steps: [
      {
        key: "look-again",
        params: { object: "loki/loki-runtime", version: "48211" },
        kind: "check",
        request: null,
      },
      {
        key: "write-map",
        params: { object: "loki/loki-runtime", file: "runtime-config.yaml" },
        kind: "act",
        request: "PATCH /api/v1/namespaces/loki/configmaps/loki-runtime",
      },
      { key: "converge", params: {}, kind: "verify", request: null },
    ],
    expiry: [],
    ...overrides,
  };
}

/** A change whose file one of two components has taken. */
export function aLimitReport(overrides: Partial<LimitChangeReport> = {}): LimitChangeReport {
  return {
    plan: aLimitPlan(),
    steps: (["done", "done", "running"] as const).map((state) => ({
      state,
      startedAtMs: BOARD_AT_MS,
      endedAtMs: state === "done" ? BOARD_AT_MS + 900 : null,
      detail: null,
    })),
    writtenVersion: "48212",
    convergence: [
      {
        instance: "loki-ingester-0",
        state: "taken",
        hash: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        takenAtMs: BOARD_AT_MS + 4_000,
      },
      { instance: "loki-distributor-a", state: "waiting", hash: null, takenAtMs: null },
    ],
    held: [],
    verified: false,
    ...overrides,
  };
}

export function aLimitsJob(report: LimitChangeReport, overrides: Partial<Job> = {}): Job {
  return {
    id: jobIdSchema.parse("job-1"),
    kind: "limits-change",
    title: { key: "jobs.title.limits-change", params: { kind: "edits", subject: "loki-runtime" } },
    state: "running",
    principal: "olga",
    createdAtMs: BOARD_AT_MS,
    startedAtMs: BOARD_AT_MS,
    endedAtMs: null,
    attempts: 1,
    progress: null,
    output: report,
    canPause: false,
    ...overrides,
  };
}

/** A push that was refused by the tenant's rate, with a raise that would help. */
export function anExplanation(overrides: Partial<RefusalExplanation> = {}): RefusalExplanation {
  return {
    reason: "rate_limited",
    path: "push",
    tenant: "payments",
    limit: "ingestion_rate_mb",
    unit: "bytes-per-second",
    value: "4194304",
    valueNumber: 4 * MIB,
    valueFrom: "text",
    asked: "6291456",
    askedNumber: 6 * MIB,
    stream: null,
    ignored: null,
    notes: ["share-of-distributors", "burst"],
    gauge: aGauge("payments", 1.04),
    curve: Array.from({ length: 30 }, (_, at) => ({
      atMs: BOARD_AT_MS - (29 - at) * MINUTE_MS,
      taken: Math.min(4, 2 + at / 8) * MIB,
      refusedLinesPerSecond: at < 18 ? 0 : (at - 17) * 20,
    })),
    senders: [
      {
        stream: '{app="checkout", pod="checkout-7c9d-x2x4z"}',
        pod: "checkout-7c9d-x2x4z",
        workload: "Deployment checkout",
        namespace: "shop",
        bytesPerSecond: 3 * MIB,
        share: 0.72,
      },
      { stream: '{app="unknown"}', pod: null, workload: null, namespace: null, bytesPerSecond: 0.4 * MIB, share: 0.1 },
    ],
    advice: [
      { kind: "ask-sender", params: { stream: '{app="checkout"}', share: 0.72 } },
      { kind: "raise-limit", params: { key: "ingestion_rate_mb", from: 4 * MIB, to: 8 * MIB, toText: "8" } },
    ],
    gaps: [{ key: "value-untold", params: {} }],
    ...overrides,
  };
}
