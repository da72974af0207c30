import { VERDICT_ORDER, type Doubt, type Evidence, type Verdict } from "../../../../src-shared/model/health/verdict.ts";
import type { Seen } from "./evidence-keeper.ts";
import type { InstanceVerdict } from "./site-verdicts.ts";

const NOBODY = { matesMedian: null, spread: null, score: null };

function worst(verdicts: readonly Verdict[]): Verdict {
  return VERDICT_ORDER.find((verdict) => verdicts.includes(verdict)) ?? "healthy";
}

/** How many of a component's processes are in which trouble, and how many are not there at all. */
export function instanceCounts(instances: readonly InstanceVerdict[], wanted: number | null): readonly Seen[] {
  const total = instances.length;
  const seen: Seen[] = [];
  for (const [verdict, kind] of [
    ["down", "instances-down"],
    ["gray", "instances-gray"],
    ["degraded", "instances-degraded"],
  ] as const) {
    const own = instances.filter((one) => one.verdict === verdict).length;
    if (own > 0) seen.push({ ...AT_ONCE, finding: { ...counted(kind, "up", own), params: { total } } });
  }
  if (wanted === null || wanted === 0) return seen;
  if (total === 0) {
    seen.push({ ...SOON, finding: { ...counted("no-instances", "up", 0), params: { wanted } } });
    return seen;
  }
  // One whose readiness nobody told may be ready.
  const there = instances.filter(({ verdict, ready }) => verdict !== "down" && ready !== false).length;
  if (there < wanted) {
    seen.push({ ...SOON, finding: { ...counted("members-missing", "/ready", wanted - there), params: { wanted } } });
  }
  return seen;
}

const AT_ONCE = { raiseAfterMs: 0, clearAfterMs: 0 };
const SOON = { raiseAfterMs: 60_000, clearAfterMs: 0 };

function counted(kind: Evidence["kind"], metric: string, own: number): Omit<Evidence, "sinceMs" | "params"> {
  return { kind, metric, unit: "count", own, ...NOBODY };
}

/**
 * What a component is, by its processes and what is wrong with it as a whole: down when all are, gray when any is, degraded
 * by anything else, unknown when any is not seen and nothing worse is.
 */
export function componentVerdict(
  instances: readonly InstanceVerdict[],
  evidence: readonly Evidence[],
  caused: boolean,
): Verdict {
  const verdicts = instances.map(({ verdict }) => verdict);
  if (verdicts.length === 0) return evidence.some(({ kind }) => kind === "no-instances") ? "down" : "unknown";
  if (verdicts.every((verdict) => verdict === "unknown")) return "unknown";
  const down = verdicts.filter((verdict) => verdict === "down").length;
  if (down > 0 && verdicts.every((verdict) => verdict === "down" || verdict === "unknown")) return "down";
  const troubled: readonly Verdict[] = evidence.length > 0 || caused || down > 0 ? ["degraded"] : [];
  return worst([...verdicts.filter((verdict) => verdict !== "down"), ...troubled]);
}

export function componentDoubts(
  instances: readonly InstanceVerdict[],
  { wanted, missing, listed }: { readonly wanted: number | null; readonly missing: boolean; readonly listed: boolean },
): readonly Doubt[] {
  const doubts = new Set<Doubt>();
  const unseen = instances.filter(({ verdict }) => verdict === "unknown").length;
  if (unseen > 0 || !listed || (wanted !== null && instances.length < wanted)) doubts.add("partial-view");
  if (missing) doubts.add("families-missing");
  // What all of them are doubted for, the whole is.
  for (const doubt of instances[0]?.doubts ?? []) {
    if (instances.every(({ doubts: theirs }) => theirs.includes(doubt))) doubts.add(doubt);
  }
  return [...doubts];
}
