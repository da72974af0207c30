import { crc32c } from "@node-rs/crc32";

/** Chunks whose place lies in `[from, from + percent)`, in percent of all and round the end to the beginning. */
export interface SampleWindow {
  /** 0 ≤ from < 100. */
  readonly from: number;
  readonly percent: number;
}

/** Hashes count up to it. */
const PLACES = 2 ** 32;
const KNUTH = 0x9e37_79b1;

/**
 * A key's place among all, in percent; spread evenly, and the same in every scan. The checksum in a key would do, but whoever writes
 * keys chooses it.
 */
function placeOf(key: string): number {
  return ((Math.imul(crc32c(key), KNUTH) >>> 0) / PLACES) * 100;
}

/** Whether a chunk is of the sample, by its key. */
export function sampledBy({ from, percent }: SampleWindow): (key: string) => boolean {
  if (percent >= 100) return () => true;
  return (key) => (placeOf(key) - from + 100) % 100 < percent;
}

/** Where the next sample begins: where the last one ended, so that a hundred nights of one percent see everything. */
export function windowBehind({ from, percent }: SampleWindow): number {
  return (from + percent) % 100;
}
