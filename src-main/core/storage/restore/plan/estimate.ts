import type { RestorePlan } from "../../../../../src-shared/model/storage/restore.ts";

/** A rate that was measured, or the one that is assumed. */
export interface RestoreRate {
  readonly bytesPerSecond: number;
  readonly objectsPerSecond: number;
  readonly basis: RestorePlan["rate"]["basis"];
}

/** One gigabit a sixth used, and a store that needs 80 ms for each of eight requests at a time: until something was measured. */
export const ASSUMED_RATE: RestoreRate = { bytesPerSecond: 20_000_000, objectsPerSecond: 100, basis: "assumed" };

/** GET, PUT and GET again to verify; a store that copies inside needs one request less. */
export function requestsOf(objects: number, copiesInside: boolean, canaries: number): number {
  return objects * (copiesInside ? 2 : 3) + canaries * 2;
}

/** Milliseconds for so much: small objects are held up by requests, large ones by bytes. */
export function estimatedMs(
  { bytes, objects }: { readonly bytes: number; readonly objects: number },
  rate: RestoreRate,
  limitBytesPerSecond: number | null,
): number {
  const bytesPerSecond = Math.min(rate.bytesPerSecond, limitBytesPerSecond ?? Number.POSITIVE_INFINITY);
  return Math.ceil(Math.max(bytes / bytesPerSecond, objects / rate.objectsPerSecond) * 1_000);
}
