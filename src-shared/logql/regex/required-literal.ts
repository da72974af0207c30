import type { RegexNode } from "./regex-node.ts";

/** A text that every match of an expression holds; with `fold` in any case of its ASCII letters. */
export interface RequiredLiteral {
  readonly text: string;
  readonly fold: boolean;
}

/**
 * The longest text without which a line cannot match, so that a fast search for it can leave most lines out; `null` when
 * there is none of at least two characters. Alternatives are not looked into.
 */
export function requiredLiteral(node: RegexNode): RequiredLiteral | null {
  let best: RequiredLiteral | null = null;
  for (const candidate of candidates(node)) {
    if (candidate.text.length >= 2 && candidate.text.length > (best?.text.length ?? 0)) best = candidate;
  }
  return best;
}

function* candidates(node: RegexNode): Generator<RequiredLiteral> {
  if (node.op === "literal") yield* usable(node.runes, node.fold);
  else if (node.op === "capture") yield* candidates(node.sub);
  else if (node.op === "repeat" && node.min >= 1) yield* candidates(node.sub);
  else if (node.op === "concat") yield* ofSequence(node.subs);
}

/** Literals that follow each other directly are one text. */
function* ofSequence(subs: readonly RegexNode[]): Generator<RequiredLiteral> {
  let runes: number[] = [];
  let fold = false;
  for (const sub of subs) {
    if (sub.op === "literal" && (runes.length === 0 || sub.fold === fold)) {
      fold = sub.fold;
      runes.push(...sub.runes);
      continue;
    }
    yield* usable(runes, fold);
    runes = [];
    if (sub.op === "literal") {
      fold = sub.fold;
      runes.push(...sub.runes);
    } else {
      yield* candidates(sub);
    }
  }
  yield* usable(runes, fold);
}

/**
 * The pieces of a literal that a search over bytes finds surely. U+FFFD also stands for bytes that are no UTF-8. In any
 * case, `k` and `s` also match the Kelvin sign and the long s, and other letters need more than ASCII folding.
 */
function* usable(runes: readonly number[], fold: boolean): Generator<RequiredLiteral> {
  let text = "";
  for (const rune of runes) {
    const character = String.fromCodePoint(rune);
    const sure = fold ? rune < 0x80 && !"kKsS".includes(character) : rune !== 0xfffd && !isSurrogate(rune);
    if (sure) {
      text += character;
    } else {
      yield { text, fold };
      text = "";
    }
  }
  yield { text, fold };
}

function isSurrogate(rune: number): boolean {
  return rune >= 0xd800 && rune <= 0xdfff;
}
