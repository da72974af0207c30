import { RE2JS } from "re2js";
import { parseRe2 } from "./re2-syntax.ts";
import { jsFitness, jsSource } from "./re2-to-js.ts";
import type { RegexNode } from "./regex-node.ts";

/** A regular expression with its captures; index 0 of a match is the whole. */
export interface CaptureRegex {
  /** Names of the captures from 1 on; "" for one without. */
  readonly names: readonly string[];
  /** The leftmost match; `undefined` for a capture that took no part in it. */
  readonly exec: (text: string) => readonly (string | undefined)[] | null;
}

function captureNames(node: RegexNode, names: string[]): string[] {
  switch (node.op) {
    case "capture":
      names[node.index - 1] = node.name;
      return captureNames(node.sub, names);
    case "repeat":
      return captureNames(node.sub, names);
    case "concat":
    case "alternate":
      for (const sub of node.subs) captureNames(sub, names);
      return names;
    default:
      return names;
  }
}

/** Compiles for captures; throws `Re2SyntaxError`. Which engine runs is decided as in re2-to-js.ts. */
export function compileCaptures(expression: string): CaptureRegex {
  const node = parseRe2(expression);
  const names = captureNames(node, []);
  let re2: RE2JS | null = null;
  const viaRe2 = (text: string): readonly (string | undefined)[] | null => {
    re2 ??= RE2JS.compile(expression);
    const matcher = re2.matcher(text);
    if (!matcher.find()) return null;
    return [0, ...names.map((_, index) => index + 1)].map((group) => matcher.group(group) ?? undefined);
  };
  const fitness = jsFitness(node, false);
  if (!fitness.usable) return { names, exec: viaRe2 };
  const regExp = new RegExp(jsSource(node), "u");
  const { maxLength } = fitness;
  return { names, exec: (text) => (text.length <= maxLength ? regExp.exec(text) : viaRe2(text)) };
}
