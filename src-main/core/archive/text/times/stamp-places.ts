import { JsonMembers } from "../json-members.ts";
import type { StampParser } from "./stamp.ts";

/** How far into a line a time is looked for. */
const REACH_BYTES = 512;

/** `[`, `(`, `<`, `"`, `'` before a time. */
function isOpening(byte: number | undefined): boolean {
  return byte === 91 || byte === 40 || byte === 34 || byte === 39 || byte === 60;
}

/** At the line's beginning, after a terminal's colour, a row of `#` (WebLogic) and at most one opening bracket or quote. */
export function atStart(parse: StampParser): StampParser {
  return (bytes, at, end, stamp) => {
    const byte = bytes[at] ?? 0;
    if (byte >= 48 && byte !== 91 && byte !== 60) return parse(bytes, at, end, stamp);
    return parse(bytes, afterOpening(bytes, at, end), end, stamp);
  };
}

/** Behind spaces: where nearly all lines are indented, these are no continuations. */
export function afterBlanks(parse: StampParser): StampParser {
  return (bytes, at, end, stamp) => {
    let p = at;
    while (p < end && isBlank(bytes[p])) p += 1;
    return p > at && parse(bytes, afterOpening(bytes, p, end), end, stamp);
  };
}

function afterOpening(bytes: Uint8Array, at: number, end: number): number {
  let p = at;
  if (bytes[p] === 27 && bytes[p + 1] === 91) {
    const last = Math.min(end, p + 16);
    while (p < last && bytes[p] !== 109) p += 1;
    p += 1;
  }
  while (p < at + 4 && bytes[p] === 35) p += 1;
  return isOpening(bytes[p]) ? p + 1 : p;
}

/** After syslog's priority: `<34>Oct 11 …`, and RFC 5424's `<34>1 2003-…`. */
export function afterPriority(parse: StampParser): StampParser {
  return (bytes, at, end, stamp) => {
    if (bytes[at] !== 60) return false;
    let p = at + 1;
    while (p < end && p < at + 4 && isDigit(bytes[p])) p += 1;
    if (p === at + 1 || bytes[p] !== 62) return false;
    p += 1;
    if (parse(bytes, p, end, stamp)) return true;
    return isDigit(bytes[p]) && bytes[p + 1] === 32 && parse(bytes, p + 2, end, stamp);
  };
}

/** After so many words, and at most one opening bracket: `file.log 2017-05-16 00:00:00.008`, `[INFO ] [2026-…`. */
export function afterTokens(count: number, parse: StampParser): StampParser {
  return (bytes, at, end, stamp) => {
    const last = Math.min(end, at + REACH_BYTES);
    let p = at;
    for (let token = 0; token < count; token++) {
      const begin = p;
      while (p < last && !isBlank(bytes[p])) p += 1;
      if (p === begin || p >= last) return false;
      while (p < last && isBlank(bytes[p])) p += 1;
    }
    return parse(bytes, isOpening(bytes[p]) ? p + 1 : p, end, stamp);
  };
}

/** After so many columns that `|`, `,`, `;` or a tab ends: `INFO|2026-11-20 10:00:00|…`. */
export function afterColumns(count: number, parse: StampParser): StampParser {
  return (bytes, at, end, stamp) => {
    const last = Math.min(end, at + REACH_BYTES);
    let columns = 0;
    for (let p = at; p < last; p++) {
      const byte = bytes[p];
      if (byte !== 124 && byte !== 44 && byte !== 59 && byte !== 9) continue;
      columns += 1;
      if (columns < count) continue;
      const from = bytes[p + 1] === 32 ? p + 2 : p + 1;
      return parse(bytes, isOpening(bytes[from]) ? from + 1 : from, end, stamp);
    }
    return false;
  };
}

/** After the first `[` behind which one stands, as in access logs: `10.0.0.1 - - [20/Nov/2026:10:00:00 +0000] …`. */
export function inBrackets(parse: StampParser): StampParser {
  return (bytes, at, end, stamp) => {
    const last = Math.min(end, at + REACH_BYTES);
    for (let p = at; p < last; p++) {
      if (bytes[p] === 91 && parse(bytes, p + 1, end, stamp)) return true;
    }
    return false;
  };
}

/** The value of a key of logfmt, with or without quotes: `level=info ts=2026-…`. */
export function inLogfmt(key: string, parse: StampParser): StampParser {
  const name = new TextEncoder().encode(`${key}=`);
  const [first] = name;
  return (bytes, at, end, stamp) => {
    const last = Math.min(end, at + REACH_BYTES);
    let quoted = false;
    for (let p = at; p + name.length < last; p++) {
      const byte = bytes[p];
      if (byte === 34 && bytes[p - 1] !== 92) quoted = !quoted;
      else if (!quoted && byte === first && (p === at || isBlank(bytes[p - 1])) && startsWith(bytes, p, name)) {
        const value = p + name.length;
        return parse(bytes, isOpening(bytes[value]) ? value + 1 : value, end, stamp);
      }
    }
    return false;
  };
}

/** The value of a member of a line that is a JSON object, a string or a number. */
export function inJson(field: string, parse: StampParser): StampParser {
  const members = new JsonMembers();
  const name = new TextEncoder().encode(field);
  return (bytes, at, end, stamp) => {
    if (bytes[at] !== 123) return false;
    members.start(bytes, at, end);
    while (members.next()) {
      if (!members.keyIs(name)) continue;
      const { valueStart, valueEnd } = members;
      // MongoDB: {"t":{"$date":"2026-…"}}
      if (bytes[valueStart] === 123) {
        members.start(bytes, valueStart, valueEnd);
        if (!members.next()) return false;
      }
      const quoted = bytes[members.valueStart] === 34 ? 1 : 0;
      return parse(bytes, members.valueStart + quoted, members.valueEnd - quoted, stamp);
    }
    return false;
  };
}

function startsWith(bytes: Uint8Array, at: number, name: Uint8Array): boolean {
  for (let i = 0; i < name.length; i++) if (bytes[at + i] !== name[i]) return false;
  return true;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 48 && byte <= 57;
}

function isBlank(byte: number | undefined): boolean {
  return byte === 32 || byte === 9;
}
