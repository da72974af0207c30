/** Where the lab's Loki keeps its data; it keeps versions. */
export const LOKI_BUCKET = "loki-chunks";
/** The copy of it that lags behind. */
export const DR_BUCKET = "loki-chunks-dr";
/** Where drills restore to. */
export const SCRATCH_BUCKET = "loki-scratch";

export const LAB_BUCKETS = [LOKI_BUCKET, DR_BUCKET, SCRATCH_BUCKET] as const;
