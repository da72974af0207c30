/**
 * Characters that a reader must see and a screen would not show: control characters, those that turn the direction of
 * text round (a line can be made to read as another), and those without width; and U+FFFD, which stands for bytes that are
 * no UTF-8. Tab stays: it shows as space. Joiners (U+200C, U+200D) stay: Persian, Hindi and emoji need them.
 */
const HIDDEN =
  // oxlint-disable-next-line no-control-regex -- to find control characters is the purpose
  /[\u0000-\u0008\u000A-\u001F\u007F-\u009F\u00AD\u061C\u180E\u200B\u200E\u200F\u2028-\u202E\u2060-\u2069\uFEFF\uFFF9-\uFFFB\uFFFD]|[\u{E0000}-\u{E007F}]/u;
const HIDDEN_ALL = new RegExp(HIDDEN.source, "gu");

/** Shows by itself; it only has to be told from a character of the line. */
const REPLACEMENT = "\u{FFFD}";

const SHORT_NAMES: Readonly<Record<number, string>> = {
  0: "NUL",
  7: "BEL",
  8: "BS",
  10: "LF",
  13: "CR",
  27: "ESC",
  127: "DEL",
};

export function hasHiddenCharacters(text: string): boolean {
  return HIDDEN.test(text);
}

/** How a hidden character is written in its place: `⟦U+202E⟧`, or its short name where everyone knows it: `⟦LF⟧`. */
export function hiddenCharacterLabel(character: string): string {
  if (character === REPLACEMENT) return REPLACEMENT;
  const code = character.codePointAt(0) ?? 0;
  return `⟦${SHORT_NAMES[code] ?? `U+${code.toString(16).toUpperCase().padStart(4, "0")}`}⟧`;
}

export interface TextPiece {
  readonly text: string;
  /** Offset in the text that was split. */
  readonly at: number;
  readonly hidden: boolean;
}

/** The text in order, each hidden character a piece of its own. */
export function splitHiddenCharacters(text: string): readonly TextPiece[] {
  const pieces: TextPiece[] = [];
  let end = 0;
  for (const match of text.matchAll(HIDDEN_ALL)) {
    if (match.index > end) pieces.push({ text: text.slice(end, match.index), at: end, hidden: false });
    pieces.push({ text: match[0], at: match.index, hidden: true });
    end = match.index + match[0].length;
  }
  if (end < text.length) pieces.push({ text: text.slice(end), at: end, hidden: false });
  return pieces;
}

/** A short text (a label value, a name) with its hidden characters written out, for places that show one string. */
export function withVisibleCharacters(text: string): string {
  return hasHiddenCharacters(text) ? text.replace(HIDDEN_ALL, hiddenCharacterLabel) : text;
}
