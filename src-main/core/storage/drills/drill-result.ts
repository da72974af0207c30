import type { Drill } from "../../../../src-shared/model/storage/recovery.ts";
import type { RestorePlan } from "../../../../src-shared/model/storage/restore.ts";
import { jobIdSchema } from "../../../../src-shared/model/ids.ts";
import type { DrillCheckpoint, ScratchVerdict } from "./drill-checkpoint.ts";

/** Steps whose time grows with the bytes: what a restore of everything would take is reckoned from them. */
const MEASURED: ReadonlySet<string> = new Set(["restore-chunks", "restore-index", "restore-verify", "drill-scan"]);

export interface DrillFrame {
  readonly drill: string;
  readonly title: string;
  readonly into: string;
  readonly principal: string;
  readonly endedAtMs: number;
  readonly rpoMs: number | null;
  /** Of the bucket that was restored, all of it. */
  readonly bucketBytes: number | null;
}

/** What a drill came to: passed only where every object is there, whole, and nothing is lost beyond what the plan had told. */
export function drillOf(checkpoint: DrillCheckpoint, frame: DrillFrame): Drill {
  const { plan, steps } = checkpoint;
  const bytesPerSecond = measuredRate(checkpoint);
  const { bucketBytes, ...rest } = frame;
  // A drill of everything has brought back all that the bucket has.
  const { tenants, fromMs, throughMs } = plan.request.scope;
  const isEverything = tenants === null && fromMs === null && throughMs === null;
  const whole = bucketBytes ?? (isEverything ? plan.bytes : null);
  return {
    ...rest,
    drill: jobIdSchema.parse(frame.drill),
    store: plan.request.store,
    startedAtMs: checkpoint.beganAtMs,
    result: isPassed(checkpoint) ? "passed" : "failed",
    steps: plan.steps.map(({ key, params }, place) => {
      const step = steps[place];
      const ms = step?.startedAtMs == null || step.endedAtMs === null ? null : step.endedAtMs - step.startedAtMs;
      return { key, params, state: step?.state ?? "waiting", ms };
    }),
    objects: checkpoint.written + checkpoint.found,
    bytes: checkpoint.writtenBytes,
    bytesPerSecond,
    lostMinutes: plan.lostMinutes,
    rtoMs: bytesPerSecond === null || whole === null ? null : Math.round((whole / bytesPerSecond) * 1_000),
  };
}

/** Every object is there and sound, and what is missing is what the plan had told as lost. */
export function isPassed({ plan, failedCount, restored, error, scratch }: DrillCheckpoint): boolean {
  if (scratch === null || !restored || error !== undefined || failedCount > 0) return false;
  return isWhole(scratch, plan);
}

/** Whether a scan of the scratch bucket has shown that all is there that the source had whole. */
export function isWhole({ damaged, missing, gaps }: ScratchVerdict, { counts }: RestorePlan): boolean {
  return damaged === 0 && gaps === 0 && missing <= counts.lost;
}

/** Bytes that were written by the time from the first copy to the last check; `null` where nothing was measured. */
function measuredRate({ plan, steps, writtenBytes }: DrillCheckpoint): number | null {
  let ms = 0;
  plan.steps.forEach(({ key }, place) => {
    const step = steps[place];
    if (!MEASURED.has(key) || step?.startedAtMs == null || step.endedAtMs === null) return;
    ms += step.endedAtMs - step.startedAtMs;
  });
  return writtenBytes === 0 || ms <= 0 ? null : (writtenBytes / ms) * 1_000;
}
