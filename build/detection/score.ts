import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { GrayFailureDetector, type VerdictChange } from "../../src-main/core/health/detection/gray-failure-detector.ts";
import { readTrace } from "../../src-main/core/health/detection/read-trace.ts";

/** What a recording is of; `labels.json` beside it. Times are Unix seconds. */
const labelSchema = z.object({
  scenario: z.string(),
  file: z.string(),
  victim: z.string().nullable(),
  start: z.number(),
  end: z.number(),
  fault_start: z.number().exactOptional(),
  fault_end: z.number().exactOptional(),
  instance_level_fault: z.boolean(),
});
export type TraceLabel = z.infer<typeof labelSchema>;

export interface TraceScore {
  readonly scenario: string;
  /** The instance at fault; `null` where none is to be blamed. */
  readonly victim: string | null;
  /** Instances that were called gray or down, each spell once. */
  readonly blamed: readonly string[];
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly missed: number;
  /** Seconds from the fault's start to the victim's verdict. */
  readonly delaySeconds: number | null;
  /** Seconds from the fault's end to the end of the verdict; `null` when the recording ends before. */
  readonly clearSeconds: number | null;
  /** Seconds of recording after the fault. */
  readonly afterSeconds: number | null;
  readonly causes: readonly string[];
}

export function readLabels(folder: string): readonly TraceLabel[] {
  return z.array(labelSchema).parse(JSON.parse(readFileSync(join(folder, "labels.json"), "utf8")));
}

/** Replays one recording. */
export async function scoreTrace(folder: string, label: TraceLabel): Promise<TraceScore> {
  const detector = new GrayFailureDetector();
  const changes: VerdictChange[] = [];
  for await (const round of readTrace(join(folder, label.file))) changes.push(...detector.round(round));
  return scoreChanges(label, changes);
}

const blames = ({ verdict }: VerdictChange) => verdict === "gray" || verdict === "down";

export function scoreChanges(label: TraceLabel, changes: readonly VerdictChange[]): TraceScore {
  const victim = label.instance_level_fault ? label.victim : null;
  const faultStart = label.fault_start ?? null;
  const faultEnd = label.fault_end ?? null;
  const spells: { readonly instance: string; readonly at: number; end: number | null }[] = [];
  for (const change of changes) {
    if (change.scope !== "instance") continue;
    const open = spells.findLast(({ instance, end }) => instance === change.instance && end === null);
    if (blames(change) && open === undefined)
      spells.push({ instance: change.instance, at: change.atMs / 1_000, end: null });
    if (!blames(change) && open !== undefined) open.end = change.atMs / 1_000;
  }
  const right = spells.filter(({ instance, at }) => instance === victim && faultStart !== null && at >= faultStart);
  const first = right[0];
  const last = right.at(-1);
  return {
    scenario: label.scenario,
    victim,
    blamed: spells.map(({ instance }) => instance),
    truePositives: first === undefined ? 0 : 1,
    falsePositives: spells.filter((spell) => !right.includes(spell)).length,
    missed: victim !== null && first === undefined ? 1 : 0,
    delaySeconds: first === undefined || faultStart === null ? null : first.at - faultStart,
    clearSeconds: last === undefined || last.end === null || faultEnd === null ? null : last.end - faultEnd,
    afterSeconds: faultEnd === null ? null : label.end - faultEnd,
    causes: [
      ...new Set(
        changes.flatMap(({ causes }) =>
          causes.map(({ kind, tenant }) => `${kind}${tenant === null ? "" : ` ${tenant}`}`),
        ),
      ),
    ],
  };
}
