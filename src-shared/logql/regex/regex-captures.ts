import { RE2JS } from "re2js";
import { parseRe2 } from "./re2-syntax.ts";
import { hasEmptyLoop, jsFitness, jsSource } from "./re2-to-js.ts";
import type { RegexNode } from "./regex-node.ts";

/** The captures of a match, 0 the whole; `undefined` for one that took no part in it. */
export type CaptureMatch = readonly (string | undefined)[];

export interface FoundMatch {
  readonly at: number;
  readonly match: CaptureMatch;
}

/** A regular expression with its captures. */
export interface CaptureRegex {
  /** Names of the captures from 1 on; "" for one without. */
  readonly names: readonly string[];
  /** The leftmost match. */
  readonly exec: (text: string) => CaptureMatch | null;
  /** All matches from left to right, not overlapping; as in Go, no empty one right behind another. */
  readonly all: (text: string) => readonly FoundMatch[];
}

function captureNames(node: RegexNode, names: string[]): string[] {
  if (node.op === "capture") {
    names[node.index - 1] = node.name;
    captureNames(node.sub, names);
  } else if (node.op === "repeat") {
    captureNames(node.sub, names);
  } else if (node.op === "concat" || node.op === "alternate") {
    for (const sub of node.subs) captureNames(sub, names);
  }
  return names;
}

/** Finds the leftmost match that begins at or behind an offset. */
type FindFrom = (text: string, from: number) => FoundMatch | null;

function re2Finder(expression: string, captures: number): FindFrom {
  let re2: RE2JS | null = null;
  return (text, from) => {
    re2 ??= RE2JS.compile(expression);
    const matcher = re2.matcher(text);
    if (!(from === 0 ? matcher.find() : matcher.find(from))) return null;
    const match: (string | undefined)[] = [];
    for (let group = 0; group <= captures; group++) match.push(matcher.group(group) ?? undefined);
    return { at: matcher.start(), match };
  };
}

function allFrom(find: FindFrom, text: string): readonly FoundMatch[] {
  const found: FoundMatch[] = [];
  let from = 0;
  let lastEnd = -1;
  while (from <= text.length) {
    const next = find(text, from);
    if (next === null) break;
    const end = next.at + (next.match[0]?.length ?? 0);
    if (end > next.at || next.at !== lastEnd) found.push(next);
    lastEnd = end;
    from = end > next.at ? end : end + ((text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1);
  }
  return found;
}

/** Compiles for captures; throws `Re2SyntaxError`. Which engine runs is decided as in re2-to-js.ts. */
export function compileCaptures(expression: string): CaptureRegex {
  const node = parseRe2(expression);
  const names = captureNames(node, []);
  const viaRe2 = re2Finder(expression, names.length);
  const fitness = jsFitness(node, false);
  let find = viaRe2;
  if (fitness.usable && !hasEmptyLoop(node)) {
    const regExp = new RegExp(jsSource(node), "gu");
    find = (text, from) => {
      if (text.length > fitness.maxLength) return viaRe2(text, from);
      regExp.lastIndex = from;
      const match = regExp.exec(text);
      return match === null ? null : { at: match.index, match };
    };
  }
  return {
    names,
    exec: (text) => find(text, 0)?.match ?? null,
    all: (text) => allFrom(find, text),
  };
}
