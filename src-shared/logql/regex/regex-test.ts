import { RE2JS } from "re2js";
import { type Re2Flags, parseRe2, PERL_FLAGS } from "./re2-syntax.ts";
import { jsFitness, jsSource } from "./re2-to-js.ts";
import type { RegexNode } from "./regex-node.ts";

/** Whether a text matches. */
export type TextTest = (text: string) => boolean;

function literalOf(node: RegexNode): string | null {
  if (node.op === "capture") return literalOf(node.sub);
  return node.op === "literal" && !node.fold ? String.fromCodePoint(...node.runes) : null;
}

function isDotStar(node: RegexNode): boolean {
  return node.op === "repeat" && node.min === 0 && node.max < 0 && node.sub.op === "anyNotNl";
}

/** A test never asks where it matched, so captures are plain groups. */
function withoutCaptures(node: RegexNode): RegexNode {
  if (node.op === "capture") return withoutCaptures(node.sub);
  if (node.op === "repeat") return { ...node, sub: withoutCaptures(node.sub) };
  if (node.op !== "concat" && node.op !== "alternate") return node;
  return { op: node.op, subs: node.subs.map(withoutCaptures) };
}

/** Without the leading and trailing `.*` that change nothing for an unanchored test. */
function trimmed(node: RegexNode): RegexNode {
  if (isDotStar(node)) return { op: "empty" };
  if (node.op !== "concat") return node;
  let from = 0;
  let to = node.subs.length;
  while (from < to && isDotStar(node.subs[from] ?? { op: "empty" })) from++;
  while (to > from && isDotStar(node.subs[to - 1] ?? { op: "empty" })) to--;
  const subs = node.subs.slice(from, to);
  const [only] = subs;
  if (only === undefined) return { op: "empty" };
  return subs.length === 1 ? only : { op: "concat", subs };
}

/** `a.*b.*c` with plain texts: searched one after the other. Only for texts on one line; `.` stops at a line break. */
function chainTest(node: RegexNode, general: () => TextTest): TextTest | null {
  if (node.op !== "concat") return null;
  const literals: string[] = [];
  for (const [index, sub] of node.subs.entries()) {
    if (index % 2 === 1) {
      if (!isDotStar(sub)) return null;
      continue;
    }
    const literal = literalOf(sub);
    if (literal === null || literal.includes("\n")) return null;
    literals.push(literal);
  }
  if (node.subs.length % 2 === 0) return null;
  let slow: TextTest | null = null;
  return (text) => {
    let at = 0;
    for (const literal of literals) {
      const found = text.indexOf(literal, at);
      if (found < 0) return false;
      at = found + literal.length;
    }
    if (!text.includes("\n")) return true;
    slow ??= general();
    return slow(text);
  };
}

function containsAny(literals: readonly string[]): TextTest {
  const [first = "", second] = literals;
  if (second === undefined) return (text) => text.includes(first);
  return (text) => literals.some((literal) => text.includes(literal));
}

/** The general way: JavaScript's engine where it is safe (see re2-to-js.ts), RE2 elsewhere and for long texts. */
function engineTest(node: RegexNode, re2Source: string, anchored: boolean): TextTest {
  const fitness = jsFitness(node, anchored);
  let re2: RE2JS | null = null;
  const viaRe2: TextTest = (text) => {
    re2 ??= RE2JS.compile(re2Source);
    return re2.matcher(text).find();
  };
  if (!fitness.usable) return viaRe2;
  const source = jsSource(node);
  const regExp = new RegExp(anchored ? `^(?:${source})$` : source, "u");
  const { maxLength } = fitness;
  return (text) => (text.length <= maxLength ? regExp.test(text) : viaRe2(text));
}

/** A test whether an unanchored regular expression matches anywhere in a text (line filters). Throws `Re2SyntaxError`. */
export function compileSearch(expression: string): TextTest {
  const node = trimmed(withoutCaptures(parseRe2(expression)));
  if (node.op === "empty") return () => true;
  const literal = literalOf(node);
  if (literal !== null) return containsAny([literal]);
  if (node.op === "alternate" && node.subs.length <= 8) {
    const literals = node.subs.map(literalOf).filter((text) => text !== null);
    if (literals.length === node.subs.length) return containsAny(literals);
  }
  const general = (): TextTest => engineTest(node, expression, false);
  return chainTest(node, general) ?? general();
}

function anyText(node: RegexNode): boolean {
  return node.op === "repeat" && node.min === 0 && node.max < 0 && node.sub.op === "any";
}

function anchoredLiterals(node: RegexNode): TextTest | null {
  const literal = literalOf(node);
  if (literal !== null) return (text) => text === literal;
  if (node.op !== "alternate") return null;
  const literals = node.subs.map((sub) => (sub.op === "empty" ? "" : literalOf(sub))).filter((text) => text !== null);
  if (literals.length !== node.subs.length) return null;
  const set = new Set(literals);
  return (text) => set.has(text);
}

/**
 * The regex of a label filter, as a test of the whole value. Of an alternation of plain texts the empty one is left out, as
 * Loki leaves it out: `=~"|x"` is `="x"`.
 */
export function compileLabelRegex(expression: string): TextTest {
  const node = withoutCaptures(parseRe2(expression));
  if (node.op !== "alternate") return compileWhole(expression);
  const kept = node.subs.filter((sub) => sub.op !== "empty");
  const test =
    kept.length === 0 || kept.length === node.subs.length ? null : anchoredLiterals({ op: "alternate", subs: kept });
  return test ?? compileWhole(expression);
}

/** A test whether a regular expression matches a whole text (matchers, label filters). Throws `Re2SyntaxError`. */
export function compileWhole(expression: string, flags: Re2Flags = PERL_FLAGS): TextTest {
  const node = withoutCaptures(parseRe2(expression, flags));
  if (node.op === "empty") return (text) => text === "";
  if (anyText(node)) return () => true;
  return anchoredLiterals(node) ?? engineTest(node, `^(?${flags.dotNl ? "s" : ""}:${expression})$`, true);
}
