import type { Drill, RecoveryFacts } from "../../../../src-shared/model/storage/recovery.ts";

const DAY_MS = 86_400_000;

/**
 * How long it takes to bring the whole bucket back: its bytes by the rate of the newest drill that came to its end. The rate is
 * what that drill did from its first copy to its last verified object; a drill of another store says nothing.
 */
export function restoreTime(
  bytes: number | null,
  drills: readonly Drill[],
  nowMs: number,
  staleAfterDays: number,
): RecoveryFacts["rto"] {
  const last = drills
    .filter(({ result, bytesPerSecond }) => result !== "cancelled" && bytesPerSecond !== null && bytesPerSecond > 0)
    .toSorted((a, b) => b.endedAtMs - a.endedAtMs)[0];
  const rate = last?.bytesPerSecond ?? null;
  if (last === undefined || rate === null) {
    return { ms: null, state: "unmeasured", bytes, bytesPerSecond: null, drill: null, drillAtMs: null };
  }
  return {
    ms: bytes === null ? null : Math.round((bytes / rate) * 1_000),
    state: nowMs - last.endedAtMs > staleAfterDays * DAY_MS ? "stale" : "measured",
    bytes,
    bytesPerSecond: rate,
    drill: last.drill,
    drillAtMs: last.endedAtMs,
  };
}
