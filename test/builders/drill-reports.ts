import { jobIdSchema } from "../../src-shared/model/ids.ts";
import { drillReportSchema, type DrillReport } from "../../src-shared/model/storage/recovery.ts";
import { plannedOf } from "./restore-runs.ts";

/** A drill's report with something in every part of it; `hostile` stands where others' text does. */
export function drillReportOf(hostile = "plain"): DrillReport {
  const { plan } = plannedOf([], {
    request: { scope: { tenants: [hostile], fromMs: 1_795_000_000_000, throughMs: null } },
    plan: {
      purpose: "drill",
      lost: [
        {
          tenant: hostile,
          fingerprint: "9f",
          labels: { app: hostile, "x-y": "z" },
          fromMs: 1_795_000_000_000,
          throughMs: 1_795_000_060_000,
          chunks: 3,
        },
      ],
      lostStreams: 4,
      lostMinutes: 2,
      problems: [{ code: "no-such-code", weight: "doubts", params: { key: hostile } }],
    },
  });
  const steps = plan.steps.map(() => ({
    state: "done" as const,
    startedAtMs: 1_795_000_000_000,
    endedAtMs: 1_795_000_001_500,
    detail: { key: "lease", params: { holder: hostile } },
  }));
  return drillReportSchema.parse({
    drill: {
      drill: jobIdSchema.parse("drill-1"),
      store: plan.request.store,
      title: hostile,
      into: hostile,
      principal: hostile,
      startedAtMs: 1_795_000_000_000,
      endedAtMs: 1_795_000_090_000,
      result: "passed",
      steps: plan.steps.map(({ key, params }) => ({ key, params, state: "done", ms: 1_500 })),
      objects: 12,
      bytes: 3_000_000,
      bytesPerSecond: 1_000_000,
      lostMinutes: 2,
      rpoMs: 60_000,
      rtoMs: null,
    },
    restore: {
      plan,
      steps,
      written: 11,
      writtenBytes: 3_000_000,
      verified: 12,
      found: 1,
      failed: [{ key: hostile, problem: hostile }],
      failedCount: 7,
      canaries: [],
      compactor: null,
      bytesPerSecond: 2_000_000,
      objectsPerSecond: 4,
      done: true,
      reason: hostile,
    },
    consoleVersion: "1.2.3",
  });
}
