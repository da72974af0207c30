import { factorAlternations } from "./go-factor.ts";
import { parseRe2 } from "./re2-syntax.ts";
import type { RegexNode } from "./regex-node.ts";
import type { TextTest } from "./regex-test.ts";

/** "true" for a test that always holds; `null` when an expression is not simplified. */
export type Simplified = TextTest | "true" | null;

/** More parts than this a concatenation may not have. */
const MAX_PARTS = 3;

function contains(runes: readonly number[], fold: boolean): TextTest {
  const text = String.fromCodePoint(...runes);
  if (!fold) return (value) => value.includes(text);
  const lower = text.toLowerCase();
  return (value) => value.toLowerCase().includes(lower);
}

function equals(runes: readonly number[], fold: boolean): TextTest {
  const text = String.fromCodePoint(...runes);
  if (!fold) return (value) => value === text;
  const lower = text.toLowerCase();
  return (value) => value.toLowerCase() === lower;
}

/** An `or` in which a leg that always holds is dropped. */
function either(left: Simplified, right: Simplified): Simplified {
  if (left === null || left === "true") return right;
  if (right === null || right === "true") return left;
  return (value) => left(value) || right(value);
}

function isStarOfAny(node: RegexNode): boolean {
  return node.op === "repeat" && node.min === 0 && node.max < 0 && node.sub.op === "anyNotNl";
}

function plain(node: RegexNode): RegexNode {
  return node.op === "capture" ? plain(node.sub) : node;
}

function simplifyAlternation(subs: readonly RegexNode[], whole: boolean): Simplified {
  let joined: Simplified = null;
  for (const [index, sub] of subs.entries()) {
    const leg = simplify(plain(sub), whole);
    if (leg === null) return null;
    joined = index === 0 ? leg : either(joined, leg);
  }
  return joined;
}

function simplify(given: RegexNode, whole: boolean): Simplified {
  const node = plain(given);
  if (node.op === "empty" || isStarOfAny(node)) return "true";
  if (node.op === "literal") return whole ? equals(node.runes, node.fold) : contains(node.runes, node.fold);
  if (node.op === "alternate") return simplifyAlternation(node.subs, whole);
  if (node.op === "concat") return simplifyConcat(node.subs, null);
  const isSome = node.op === "repeat" && node.min === 1 && node.max < 0 && node.sub.op === "anyNotNl";
  return isSome ? (value) => value !== "" : null;
}

interface Base {
  readonly runes: readonly number[];
  readonly fold: boolean;
}

/** One literal, `.*` around it, and alternations that are taken for its continuation. */
function simplifyConcat(subs: readonly RegexNode[], given: Base | null): Simplified {
  const parts = subs.map(plain).filter((sub) => sub.op !== "empty");
  if (parts.length > MAX_PARTS) return null;
  let base = given;
  let literals = 0;
  let joined: Simplified = null;
  for (const part of parts) {
    if (part.op === "literal") {
      if (literals++ > 0) return null;
      base = { runes: [...(base?.runes ?? []), ...part.runes], fold: part.fold };
    } else if (part.op === "alternate" && base !== null) {
      joined = simplifyContinuations(part.subs, base, joined);
      if (joined === null) return null;
    } else if (!isStarOfAny(part)) {
      return null;
    }
  }
  if (joined !== null) return joined;
  return base === null ? null : contains(base.runes, base.fold);
}

function simplifyContinuations(alternatives: readonly RegexNode[], base: Base, before: Simplified): Simplified {
  let joined = before;
  for (const raw of alternatives) {
    const alternative = plain(raw);
    let leg: Simplified = null;
    if (alternative.op === "empty" || isStarOfAny(alternative)) leg = contains(base.runes, base.fold);
    else if (alternative.op === "literal") leg = contains([...base.runes, ...alternative.runes], base.fold);
    else if (alternative.op === "concat") leg = simplifyConcat(alternative.subs, base);
    if (leg === null) return null;
    joined = either(joined, leg);
  }
  return joined;
}

function hasLooseLeg(node: RegexNode): boolean {
  if (node.op === "alternate") return node.subs.some((sub) => hasLooseLeg(plain(sub)));
  return node.op === "concat";
}

/** Whether Loki 3.7.6 searches the regex of a label filter in the value instead of matching it to the whole. */
export function isUnanchoredLabelRegex(expression: string): boolean {
  const node = plain(factorAlternations(parseRe2(expression)));
  return hasLooseLeg(node) && simplify(node, true) !== null;
}

/** Whether Loki 3.7.6 joins a text and the alternatives behind a `.*` of a line filter, and so matches something else. */
export function isRewrittenLineRegex(expression: string): boolean {
  const node = plain(factorAlternations(parseRe2(expression)));
  if (node.op !== "concat" || simplify(node, false) === null) return false;
  const parts = node.subs.map(plain);
  return parts.some((part, at) => part.op === "alternate" && isStarOfAny(parts[at - 1] ?? { op: "empty" }));
}

/** What Loki 3.7.6 makes of the regex of a line filter. */
export function simplifyLineRegex(expression: string): Simplified {
  return simplify(plain(factorAlternations(parseRe2(expression))), false);
}

/** What Loki 3.7.6 makes of the regex of a label filter: the same, which forgets that it should match the whole value. */
export function simplifyLabelRegex(expression: string): Simplified {
  return simplify(plain(factorAlternations(parseRe2(expression))), true);
}
