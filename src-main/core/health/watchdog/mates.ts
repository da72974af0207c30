import type { Verdict } from "../../../../src-shared/model/health/verdict.ts";

/** What of an ingester says whether it can be counted on. */
export interface MateView {
  readonly name: string;
  /** Condition `Ready` of its pod. */
  readonly ready: boolean;
  readonly terminating: boolean;
  readonly verdict: Verdict;
  /** By the ring, else by its node; `null` where nobody says. */
  readonly zone: string | null;
  /** `null` when no ring was read in this round; empty when the ring does not know it. */
  readonly ringState: string | null;
}

/** Not counting on what it says of itself: a gray one still serves, and is counted as being there. */
function isAvailable({ ready, terminating, verdict, ringState }: MateView): boolean {
  return ready && !terminating && verdict !== "down" && (ringState === null || ringState === "ACTIVE");
}

/**
 * Whether `one` may be missing too, next to those that already are. Loki writes and reads with a quorum of
 * `floor(factor / 2) + 1`, so `factor - quorum` may be missing; where there are zones, only of one zone, since replicas lie
 * in different ones. Pods that are wanted and not there are in no zone that anybody knows.
 */
export function mayBeMissing(
  one: MateView,
  mates: readonly MateView[],
  missingPods: number,
  replicationFactor: number,
): boolean {
  const missing = mates.filter((mate) => !isAvailable(mate));
  const spare = replicationFactor - (Math.floor(replicationFactor / 2) + 1);
  const count = missing.length + missingPods;
  if (count + 1 > spare) return false;
  if (count === 0) return true;
  const zoned = [one, ...mates].some(({ zone }) => zone !== null);
  const sameZone = missingPods === 0 && missing.every(({ zone }) => zone !== null && zone === one.zone);
  return !zoned || sameZone;
}
