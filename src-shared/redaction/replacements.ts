import { REDACTION_PATTERNS } from "../model/redaction-pattern.ts";
import type { Found } from "./found.ts";

const encoder = new TextEncoder();

/** What stands in the place of something found: `[redacted:email]`. */
export const REPLACEMENTS: readonly Uint8Array[] = REDACTION_PATTERNS.map((name) =>
  encoder.encode(`[redacted:${name}]`),
);

/** Copies bytes `[from, to)` with the replacements into `target` at `at`; answers with the place behind them. */
export function copyRedacted(
  bytes: Uint8Array,
  from: number,
  to: number,
  found: readonly Found[],
  target: Uint8Array,
  at: number,
): number {
  let place = at;
  let read = from;
  for (const { start, end, pattern } of found) {
    target.set(bytes.subarray(read, start), place);
    place += start - read;
    const replacement = REPLACEMENTS[pattern] ?? new Uint8Array(0);
    target.set(replacement, place);
    place += replacement.length;
    read = end;
  }
  target.set(bytes.subarray(read, to), place);
  return place + to - read;
}

/** How much longer (or, below 0, shorter) the replacements make what they are in. */
export function growth(found: readonly Found[]): number {
  return found.reduce((sum, { start, end, pattern }) => sum + (REPLACEMENTS[pattern]?.length ?? 0) - (end - start), 0);
}

/** What was found in the redacted form of bytes `[from, to)`, where it stands in the bytes, taken together with `found`. */
export function withFoundBehind(found: readonly Found[], from: number, more: readonly Found[]): Found[] {
  const pieces = found.map(({ start, end, pattern }) => ({ start, end, length: REPLACEMENTS[pattern]?.length ?? 0 }));
  const original = (place: number, isEnd: boolean): number => {
    let at = 0;
    let read = from;
    for (const { start, end, length } of pieces) {
      const begins = at + start - read;
      if (isEnd ? place <= begins : place < begins) break;
      if (place < begins + length || (isEnd && place === begins + length)) return isEnd ? end : start;
      at = begins + length;
      read = end;
    }
    return read + place - at;
  };
  const moved = more.map(({ start, end, pattern }) => ({
    start: original(start, false),
    end: original(end, true),
    pattern,
  }));
  const kept = found.filter(({ start, end }) => !moved.some((one) => one.start <= start && one.end >= end));
  return [...kept, ...moved].toSorted((a, b) => a.start - b.start);
}
