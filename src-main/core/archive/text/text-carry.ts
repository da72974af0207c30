import type { TextCarry } from "../archive-block.ts";

/** Before a file's first line. */
export const NO_CARRY: TextCarry = { date: null, lastNs: null, openParts: [] };

/** Whether two blocks were left the same, as far as `key` goes. */
export function sameCarry(key: "lastNs" | "openParts", a: TextCarry, b: TextCarry): boolean {
  return key === "lastNs" ? a.lastNs === b.lastNs : a.openParts.join() === b.openParts.join();
}
