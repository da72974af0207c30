import type { LogStream } from "../log-entry.ts";

/** Loki's frontend splits a query at full hours. */
const SPLIT_NS = 3_600_000_000_000n;

/**
 * chunk-end: Loki 3.7.6 does not give an entry whose time is both the last of its chunk and the start of a (sub)query. Which
 * entries end a chunk is not known here; the last one of a stream does.
 */
export function hiddenAtChunkEnd(
  { entries }: LogStream,
  { startNs }: { readonly startNs: bigint },
): ((timestampNs: bigint) => boolean) | null {
  let last: bigint | null = null;
  for (const { timestampNs } of entries) if (last === null || timestampNs > last) last = timestampNs;
  if (last === null) return null;
  const isStart = last === startNs || (last > startNs && last % SPLIT_NS === 0n);
  const hidden = last;
  return isStart ? (timestampNs) => timestampNs === hidden : null;
}
