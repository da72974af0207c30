import { concat } from "./re2-syntax.ts";
import type { RegexNode } from "./regex-node.ts";

/**
 * What Go's parser does to alternations, on which Loki's simplification builds: common literal prefixes are taken out
 * (`in ok|in failed` is `in (?:ok|failed)`), then a common first part, single characters become a class, and empty
 * alternatives in a row one.
 */

interface Prefix {
  readonly runes: readonly number[];
  readonly fold: boolean;
}

function leadingLiteral(node: RegexNode): Prefix | null {
  const first = node.op === "concat" ? node.subs[0] : node;
  return first?.op === "literal" ? first : null;
}

function withoutLeading(node: RegexNode, count: number): RegexNode {
  if (node.op === "literal") {
    const runes = node.runes.slice(count);
    return runes.length === 0 ? { op: "empty" } : { ...node, runes };
  }
  if (node.op !== "concat") return node;
  const [first, ...rest] = node.subs;
  if (first?.op !== "literal") return node;
  const left = withoutLeading(first, count);
  return concat(left.op === "empty" ? rest : [left, ...rest]);
}

function commonLength(left: Prefix, right: Prefix): number {
  if (left.fold !== right.fold) return 0;
  let length = 0;
  while (length < left.runes.length && length < right.runes.length && left.runes[length] === right.runes[length])
    length++;
  return length;
}

function join(subs: readonly RegexNode[]): RegexNode {
  const [only] = subs;
  if (only === undefined) return { op: "empty" };
  return subs.length === 1 ? only : alternation(subs);
}

function factorPrefixes(subs: readonly RegexNode[]): RegexNode[] {
  const out: RegexNode[] = [];
  for (let at = 0; at < subs.length;) {
    const head = subs[at];
    if (head === undefined) break;
    let prefix = leadingLiteral(head);
    let end = at + 1;
    for (; prefix !== null && end < subs.length; end++) {
      const next = leadingLiteral(subs[end] ?? { op: "empty" });
      const shared = next === null ? 0 : commonLength(prefix, next);
      if (shared === 0) break;
      prefix = { runes: prefix.runes.slice(0, shared), fold: prefix.fold };
    }
    if (prefix === null || end === at + 1) {
      out.push(head);
      at++;
      continue;
    }
    const { runes, fold } = prefix;
    const rests = subs.slice(at, end).map((sub) => withoutLeading(sub, runes.length));
    out.push({ op: "concat", subs: [{ op: "literal", runes, fold }, join(rests)] });
    at = end;
  }
  return out;
}

/** First parts that Go takes out when several alternatives share them: anchors, classes and fixed repetitions of one. */
function leadingPart(node: RegexNode): RegexNode | null {
  const first = node.op === "concat" ? node.subs[0] : node;
  if (first === undefined) return null;
  if (first.op === "repeat") return first.min === first.max && isUnit(first.sub) ? first : null;
  return isUnit(first) && first.op !== "literal" ? first : null;
}

function isUnit(node: RegexNode): boolean {
  return (
    node.op !== "concat" &&
    node.op !== "alternate" &&
    node.op !== "capture" &&
    node.op !== "repeat" &&
    node.op !== "empty"
  );
}

function factorParts(subs: readonly RegexNode[]): RegexNode[] {
  const out: RegexNode[] = [];
  for (let at = 0; at < subs.length;) {
    const head = subs[at];
    if (head === undefined) break;
    const part = leadingPart(head);
    const key = part === null ? null : JSON.stringify(part);
    let end = at + 1;
    const isSame = (sub: RegexNode | undefined): boolean =>
      sub !== undefined && key !== null && JSON.stringify(leadingPart(sub)) === key;
    while (isSame(subs[end])) end++;
    if (part === null || end === at + 1) {
      out.push(head);
      at++;
      continue;
    }
    const rests = subs
      .slice(at, end)
      .map((sub) => (sub.op === "concat" ? concat(sub.subs.slice(1)) : ({ op: "empty" } as const)));
    out.push({ op: "concat", subs: [part, join(rests)] });
    at = end;
  }
  return out;
}

function isSingleChar(node: RegexNode): boolean {
  return node.op === "class" || (node.op === "literal" && node.runes.length === 1);
}

function mergeClasses(subs: readonly RegexNode[]): RegexNode[] {
  const out: RegexNode[] = [];
  for (const sub of subs) {
    const last = out.at(-1);
    if (last !== undefined && isSingleChar(last) && isSingleChar(sub)) {
      // Which characters it has does not matter to what follows: a class is never simplified.
      out[out.length - 1] = { op: "class", items: [], negated: false, fold: false };
    } else if (!(sub.op === "empty" && last?.op === "empty")) {
      out.push(sub);
    }
  }
  return out;
}

function alternation(subs: readonly RegexNode[]): RegexNode {
  const factored = mergeClasses(factorParts(factorPrefixes(subs)));
  const [only] = factored;
  return factored.length === 1 && only !== undefined ? only : { op: "alternate", subs: factored };
}

/** The tree with its alternations as Go has them. */
export function factorAlternations(node: RegexNode): RegexNode {
  if (node.op === "capture" || node.op === "repeat") return { ...node, sub: factorAlternations(node.sub) };
  if (node.op === "concat") return concat(node.subs.map(factorAlternations));
  return node.op === "alternate" ? alternation(node.subs.map(factorAlternations)) : node;
}
