import { z } from "zod";
import type { PlanStep } from "../../../../src-shared/model/health/operation.ts";
import { restoreReportSchema, type RestorePlan } from "../../../../src-shared/model/storage/restore.ts";
import { drillSchema } from "../../../../src-shared/model/storage/recovery.ts";
import { restoreCheckpointSchema } from "../restore/apply/restore-checkpoint.ts";

/** What a scan of the scratch bucket has shown of the drill's scope. */
export const scratchVerdictSchema = z.object({
  objects: z.number(),
  bytes: z.number(),
  /** Objects that are not as their keys or the index say. */
  damaged: z.number(),
  /** Chunks that an index names and that are not there; what the plan had told as lost is among them. */
  missing: z.number(),
  /** What could not be looked at: then nobody can say that all of it is whole. */
  gaps: z.number(),
  /** The first of the keys. */
  keys: z.array(z.string()),
  ms: z.number(),
});
export type ScratchVerdict = z.output<typeof scratchVerdictSchema>;

export const drillInputSchema = z.object({
  /** Of the plan, in the profile. */
  directory: z.string(),
  store: z.string(),
  into: z.string(),
  reason: z.string(),
  principal: z.string(),
});
export type DrillInput = z.output<typeof drillInputSchema>;

/** The restore as far as it is, with the drill's own steps behind those of the plan. */
export const drillCheckpointSchema = restoreCheckpointSchema.extend({
  beganAtMs: z.number(),
  /** What a drill before wrote is out of the way. */
  cleared: z.boolean(),
  /** The restore itself has come to its end; `done` is said of the whole drill, once it has passed. */
  restored: z.boolean(),
  scratch: scratchVerdictSchema.nullable(),
});
export type DrillCheckpoint = z.output<typeof drillCheckpointSchema>;

/** What a job of kind `storage-drill` tells: a restore's report, and at its end the drill. */
export const drillOutputSchema = restoreReportSchema.extend({ drill: drillSchema.nullable() });
export type DrillOutput = z.output<typeof drillOutputSchema>;

/** Steps of a drill beyond those of the restore: `storage.step.<key>`. */
export const DRILL_STEPS = ["drill-scan", "drill-sign"] as const;

/** Steps that ask the Loki of a bucket: none reads one that drills restore to. */
const ASKING_LOKI: ReadonlySet<string> = new Set(["restore-count-before", "restore-canaries", "restore-caches"]);

/** A plan as a drill carries it out: without questions to a Loki, and with its own steps at the end. */
export function planOfDrill(plan: RestorePlan): RestorePlan {
  const steps = plan.steps.filter(({ key }) => !ASKING_LOKI.has(key));
  const keys = new Set(steps.map(({ key }) => key));
  const own = DRILL_STEPS.filter((key) => !keys.has(key)).map((key): PlanStep => ({
    key,
    kind: key === "drill-scan" ? "verify" : "act",
    params: {},
    request: null,
  }));
  return { ...plan, canaries: [], steps: [...steps, ...own] };
}
