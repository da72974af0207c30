import type { Drill } from "../../../../../src-shared/model/storage/recovery.ts";
import type { ListedRestore } from "../../recovery-desks.ts";
import type { RestoreRate } from "./estimate.ts";

/** Fewer bytes say more of waiting than of copying. */
const LEAST_BYTES = 1_000_000;

/** What copying measured at last: of the newest drill, else of the newest restore, that moved enough; `null` without one. */
export function measuredRate(drills: readonly Drill[], restores: readonly ListedRestore[]): RestoreRate | null {
  const drill = drills.find(({ bytes, bytesPerSecond }) => bytes >= LEAST_BYTES && (bytesPerSecond ?? 0) > 0);
  if (drill?.bytesPerSecond) {
    const { bytes, bytesPerSecond, objects } = drill;
    return { bytesPerSecond, objectsPerSecond: objects / (bytes / bytesPerSecond), basis: "drill" };
  }
  const restore = restores.find(
    ({ report }) => report.writtenBytes >= LEAST_BYTES && report.bytesPerSecond !== null && report.bytesPerSecond > 0,
  );
  if (!restore?.report.bytesPerSecond) return null;
  const { bytesPerSecond, objectsPerSecond, written, writtenBytes } = restore.report;
  return {
    bytesPerSecond,
    objectsPerSecond: objectsPerSecond ?? written / (writtenBytes / bytesPerSecond),
    basis: "restore",
  };
}
