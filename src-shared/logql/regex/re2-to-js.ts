import { type ClassItem, isClassProperty, type RegexNode } from "./regex-node.ts";

/**
 * RE2 syntax trees as JavaScript regular expressions of the same meaning (flag `u`), where there is one. Two engines differ
 * in cost and in captures, so `jsFitness` says where JavaScript's must not be used:
 *
 * - a repetition without bound of anything but a single character or a fixed text may backtrack exponentially, as
 *   `(a|a)*` or `(a+)+` do: never;
 * - a capture inside a repetition keeps its last value in RE2 and is reset in JavaScript: never;
 * - a repetition whose part may match nothing: RE2 takes the empty part where it comes first, JavaScript goes on to another,
 *   so where it matches may differ, though not whether: never for captures (`hasEmptyLoop`);
 * - every further `x*` in a row adds one to the degree of the polynomial that bounds the cost, so lines are limited in
 *   length, the shorter the higher the degree.
 */
export interface JsFitness {
  readonly usable: boolean;
  /** Longer texts must go to RE2. */
  readonly maxLength: number;
}

/** Steps that one match may cost at worst: about a tenth of a second. */
const STEP_BUDGET = 3e7;

const UNFIT: JsFitness = { usable: false, maxLength: 0 };

function isSingle(node: RegexNode): boolean {
  if (node.op === "class" || node.op === "any" || node.op === "anyNotNl" || node.op === "literal") return true;
  if (node.op === "concat") return node.subs.every(isSingle);
  return node.op === "repeat" && node.max === node.min && node.max >= 0 && node.max <= 16 && isSingle(node.sub);
}

function canBeEmpty(node: RegexNode): boolean {
  if (node.op === "literal" || node.op === "class" || node.op === "any" || node.op === "anyNotNl") return false;
  if (node.op === "capture") return canBeEmpty(node.sub);
  if (node.op === "repeat") return node.min === 0 || canBeEmpty(node.sub);
  if (node.op === "concat") return node.subs.every(canBeEmpty);
  return node.op === "alternate" ? node.subs.some(canBeEmpty) : true;
}

/** Whether something that may match nothing is repeated, or optional. */
export function hasEmptyLoop(node: RegexNode): boolean {
  if (node.op === "repeat") return canBeEmpty(node.sub) || hasEmptyLoop(node.sub);
  if (node.op === "capture") return hasEmptyLoop(node.sub);
  return (node.op === "concat" || node.op === "alternate") && node.subs.some(hasEmptyLoop);
}

/** The degree a tree adds to the polynomial of its cost; Infinity for what may be exponential. */
function degree(node: RegexNode, repeated: boolean): number {
  if (node.op === "capture") return repeated ? Infinity : degree(node.sub, false);
  if (node.op === "concat") return node.subs.reduce((sum, sub) => sum + degree(sub, repeated), 0);
  if (node.op === "alternate") return node.subs.reduce((most, sub) => Math.max(most, degree(sub, repeated)), 0);
  if (node.op !== "repeat") return 0;
  if (node.max < 0) return isSingle(node.sub) ? 1 : Infinity;
  const inner = degree(node.sub, node.max > 1 || repeated);
  if (node.max <= 1) return inner;
  if (node.sub.op === "alternate" && node.max > 16) return Infinity;
  return inner * node.max + (node.min === node.max || node.max <= 64 ? 0 : 1);
}

export function jsFitness(node: RegexNode, anchored: boolean): JsFitness {
  const total = degree(node, false) + (anchored ? 0 : 1);
  if (!Number.isFinite(total)) return UNFIT;
  const maxLength = total <= 1 ? Number.MAX_SAFE_INTEGER : Math.floor(STEP_BUDGET ** (1 / total));
  return { usable: maxLength > 40, maxLength };
}

function runeSource(rune: number): string {
  if (rune >= 0x30 && rune < 0x7f && /\w/.test(String.fromCharCode(rune))) return String.fromCharCode(rune);
  return rune >= 0xa0 && (rune < 0xd800 || rune > 0xdfff) ? String.fromCodePoint(rune) : `\\u{${rune.toString(16)}}`;
}

function itemSource(item: ClassItem): string {
  if (isClassProperty(item)) return `\\${item.negated ? "P" : "p"}{${item.property}}`;
  return item.lo === item.hi ? runeSource(item.lo) : `${runeSource(item.lo)}-${runeSource(item.hi)}`;
}

function quantifier(min: number, max: number, greedy: boolean): string {
  const lazy = greedy ? "" : "?";
  if (min === 0 && max < 0) return `*${lazy}`;
  if (min === 1 && max < 0) return `+${lazy}`;
  if (min === 0 && max === 1) return `?${lazy}`;
  if (max < 0) return `{${min},}${lazy}`;
  return `{${min}${max === min ? "" : `,${max}`}}${lazy}`;
}

const WORD = "[0-9A-Za-z_]";
const BOUNDARY = `(?:(?<=${WORD})(?!${WORD})|(?<!${WORD})(?=${WORD}))`;
const NO_BOUNDARY = `(?:(?<=${WORD})(?=${WORD})|(?<!${WORD})(?!${WORD}))`;

function folded(source: string, fold: boolean): string {
  return fold ? `(?i:${source})` : source;
}

/** The source of a JavaScript regular expression for flag `u`. Captures keep their numbers; names are left out. */
export function jsSource(node: RegexNode): string {
  switch (node.op) {
    case "empty":
      return "(?:)";
    case "literal":
      return folded(node.runes.map(runeSource).join(""), node.fold);
    case "class":
      return folded(`[${node.negated ? "^" : ""}${node.items.map(itemSource).join("")}]`, node.fold);
    case "any":
      return "[^]";
    case "anyNotNl":
      return "[^\\n]";
    case "beginLine":
      return "(?<=^|\\n)";
    case "endLine":
      return "(?=\\n|$)";
    case "beginText":
      return "^";
    case "endText":
      return "$";
    case "wordBoundary":
      return BOUNDARY;
    case "noWordBoundary":
      return NO_BOUNDARY;
    case "capture":
      return `(${jsSource(node.sub)})`;
    case "repeat": {
      const { sub } = node;
      const simple = sub.op === "class" || sub.op === "any" || sub.op === "anyNotNl";
      const inner = simple && !(sub.op === "class" && sub.fold) ? jsSource(sub) : `(?:${jsSource(sub)})`;
      return inner + quantifier(node.min, node.max, node.greedy);
    }
    case "concat":
      return node.subs.map((sub) => (sub.op === "alternate" ? `(?:${jsSource(sub)})` : jsSource(sub))).join("");
    case "alternate":
      return node.subs.map(jsSource).join("|");
  }
}
