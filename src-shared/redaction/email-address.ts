import { byteAt, isAlphanumeric, isLetter, isLocalPart } from "./byte-classes.ts";

/** RFC 5321 §4.5.3.1: longest local part, longest domain. */
const MAX_LOCAL = 64;
const MAX_DOMAIN = 255;
const POINT = 46;
const HYPHEN = 45;
const PERCENT = 37;
const BACKSLASH = 92;

/** Where the local part before `at` begins, or -1 where there is none. */
export function localPartStart(bytes: Uint8Array, at: number, from: number): number {
  const least = Math.max(from, at - MAX_LOCAL - 1);
  let start = at;
  while (start > least && isLocalPart(byteAt(bytes, start - 1))) start -= 1;
  // Longer than any local part: some other kind of text.
  if (at - start > MAX_LOCAL) return -1;
  start = afterEscape(bytes, start, at);
  // The letter of an escape such as `\n`.
  if (start > from && byteAt(bytes, start - 1) === BACKSLASH) start += 1;
  while (start < at && !isAlphanumeric(byteAt(bytes, start))) start += 1;
  return start < at ? start : -1;
}

/** `%3D` and `%22` before an address in a URL are not part of it. */
function afterEscape(bytes: Uint8Array, start: number, at: number): number {
  for (let place = at - 1; place >= start; place -= 1) {
    if (byteAt(bytes, place) === PERCENT && place + 3 < at) return place + 3;
  }
  return start;
}

/** The end of the domain that begins at `at`, or 0: at least two labels, the last of letters alone. */
export function domainEnd(bytes: Uint8Array, at: number, to: number): number {
  const most = Math.min(to, at + MAX_DOMAIN);
  let place = at;
  let labels = 0;
  let found = 0;
  while (place < most) {
    const start = place;
    let letters = true;
    while (place < most && (isAlphanumeric(byteAt(bytes, place)) || byteAt(bytes, place) === HYPHEN)) {
      letters &&= isLetter(byteAt(bytes, place));
      place += 1;
    }
    if (place === start || byteAt(bytes, start) === HYPHEN || byteAt(bytes, place - 1) === HYPHEN) break;
    labels += 1;
    const topLevel = (letters && place - start >= 2) || isPunycode(bytes, start, place);
    if (labels >= 2 && topLevel) found = place;
    if (byteAt(bytes, place) !== POINT || place >= most) break;
    place += 1;
  }
  return found;
}

function isPunycode(bytes: Uint8Array, start: number, end: number): boolean {
  return (
    end - start > 4 &&
    (byteAt(bytes, start) | 32) === 120 &&
    (byteAt(bytes, start + 1) | 32) === 110 &&
    byteAt(bytes, start + 2) === HYPHEN &&
    byteAt(bytes, start + 3) === HYPHEN
  );
}
