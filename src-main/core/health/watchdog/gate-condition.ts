import { z } from "zod";
import { FLUSH_HEALTHY_CONDITION } from "../../../../src-shared/model/health/watchdog.ts";

/**
 * Why the condition is as it is. `GrayFailure` alone goes with `False`. `FirstSeen`: the pod had no condition, and a gate
 * without one keeps it out. `NotJudged`, `CommonCause`, `FewMates`, `OthersUnavailable`, `OnlyOne`: it was out and nothing
 * justifies that any more, though nobody says that it is well.
 */
export const CONDITION_REASONS = [
  "GrayFailure",
  "FirstSeen",
  "Recovered",
  "NotJudged",
  "CommonCause",
  "FewMates",
  "OthersUnavailable",
  "OnlyOne",
] as const;
export type ConditionReason = (typeof CONDITION_REASONS)[number];

/** The condition of a pod as it stands (core/v1 PodCondition). Times are of the watchdog that wrote them. */
export interface GateCondition {
  readonly status: "True" | "False" | "Unknown";
  readonly reason: string;
  readonly message: string;
  readonly changedAtMs: number | null;
  readonly probedAtMs: number | null;
}

const timeMs = z
  .string()
  .nullish()
  .transform((text) => {
    const ms = typeof text === "string" ? Date.parse(text) : Number.NaN;
    return Number.isNaN(ms) ? null : ms;
  });
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? "");

const conditionSchema = z.object({
  type: z.string(),
  status: z.enum(["True", "False", "Unknown"]).catch("Unknown"),
  reason: text,
  message: text,
  lastTransitionTime: timeMs,
  lastProbeTime: timeMs,
});

/** What a pod says of the gate, beyond what the console reads of every pod. */
export const gatedPodSchema = z
  .object({
    spec: z.object({ readinessGates: z.array(z.object({ conditionType: z.string() })).nullish() }),
    status: z.object({ conditions: z.array(conditionSchema).nullish() }).nullish(),
  })
  .transform(({ spec, status }) => {
    const found = status?.conditions?.find(({ type }) => type === FLUSH_HEALTHY_CONDITION);
    const condition: GateCondition | null =
      found === undefined
        ? null
        : {
            status: found.status,
            reason: found.reason,
            message: found.message,
            changedAtMs: found.lastTransitionTime,
            probedAtMs: found.lastProbeTime,
          };
    return {
      gated: spec.readinessGates?.some(({ conditionType }) => conditionType === FLUSH_HEALTHY_CONDITION) ?? false,
      condition,
    };
  });

export interface ConditionChange {
  /** The pod that is meant; one of the same name that came after it is refused by the API server (409). */
  readonly uid: string;
  readonly status: "True" | "False";
  /** `null` leaves reason and message as they are. */
  readonly because: { readonly reason: ConditionReason; readonly message: string } | null;
  readonly atMs: number;
  /** Whether the status differs from what it was: `lastTransitionTime` moves then alone. */
  readonly transition: boolean;
}

const MAX_MESSAGE_CHARACTERS = 1_000;

/** A strategic merge patch of `pods/status`; conditions are merged by their type. */
export function conditionPatch(change: ConditionChange): object {
  const at = new Date(change.atMs).toISOString().replace(/\.\d+Z$/, "Z");
  return {
    metadata: { uid: change.uid },
    status: {
      conditions: [
        {
          type: FLUSH_HEALTHY_CONDITION,
          status: change.status,
          ...(change.because === null
            ? {}
            : { reason: change.because.reason, message: change.because.message.slice(0, MAX_MESSAGE_CHARACTERS) }),
          lastProbeTime: at,
          ...(change.transition ? { lastTransitionTime: at } : {}),
        },
      ],
    },
  };
}
