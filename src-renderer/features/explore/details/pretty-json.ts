/** One line of a JSON text written out. */
export interface PrettyLine {
  readonly depth: number;
  /** The member's name as written, with its quotes. */
  readonly key: string | null;
  readonly text: string;
  readonly kind: "string" | "number" | "literal" | "punctuation" | "other";
  /** Goes on with the value of the line before: it was too long for one. */
  readonly continued: boolean;
}

/** More lines than anybody reads; beyond them the raw view serves. */
export const MAX_PRETTY_LINES = 200_000;
const VALUE_CHARACTERS = 400;
const MAX_DEPTH = 60;
/** Characters between two places to pause. */
const CHARACTERS_A_STEP = 16_384;

/** Whether a text looks like a JSON object or array. Looks at its first characters alone. */
export function looksLikeJson(text: string): boolean {
  return /^\s*[{[]/.test(text);
}

/**
 * Writes JSON out line by line as its text comes in. It is a printer, not a validator: it never fails, keeps every
 * character of keys and values as written (an escape stays an escape, a number its digits), and shows what is no JSON as
 * it is. State lives between pieces, so a text may be cut anywhere.
 */
export class JsonPrinter {
  readonly lines: PrettyLine[] = [];
  #depth = 0;
  #key: string | null = null;
  #word = "";
  #inString = false;
  #escaped = false;
  /** A string that was closed and may turn out to be a key. */
  #closedString: string | null = null;
  #justOpened = false;

  get full(): boolean {
    return this.lines.length >= MAX_PRETTY_LINES;
  }

  *push(piece: string): Generator<void> {
    let start = 0;
    for (let at = 0; at < piece.length; at += 1) {
      if (this.full) return;
      if (at - start >= CHARACTERS_A_STEP && this.#inString) {
        this.#word += piece.slice(start, at);
        start = at;
      }
      if (at % CHARACTERS_A_STEP === 0) yield;
      const character = piece.charAt(at);
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (character === "\\") this.#escaped = true;
        else if (character === '"') {
          this.#closedString = this.#word + piece.slice(start, at + 1);
          this.#word = "";
          this.#inString = false;
        }
        continue;
      }
      if (character === '"') {
        this.#flushWord();
        this.#flushString();
        this.#inString = true;
        start = at;
      } else {
        this.#outside(character);
      }
    }
    if (this.#inString) this.#word += piece.slice(start);
  }

  /** The text is at its end (or no more of it was read): what is open is written as it stands. */
  end(): void {
    if (this.#inString) {
      this.#inString = false;
      this.#closedString = this.#word;
      this.#word = "";
    }
    this.#flushWord();
    this.#flushString();
  }

  #outside(character: string): void {
    if (character === "{" || character === "[") {
      this.#flushWord();
      this.#flushString();
      this.#add(character, "punctuation");
      this.#depth += 1;
      this.#justOpened = true;
    } else if (character === "}" || character === "]") {
      this.#close(character);
    } else if (character === ":" && this.#closedString !== null) {
      this.#key = this.#closedString;
      this.#closedString = null;
    } else if (character === ",") {
      this.#flushWord();
      this.#flushString();
      this.#appendToLast(",");
    } else if (character === " " || character === "\t" || character === "\n" || character === "\r") {
      this.#flushWord();
    } else {
      this.#word += character;
    }
  }

  #close(character: string): void {
    this.#flushWord();
    this.#flushString();
    this.#depth = Math.max(0, this.#depth - 1);
    if (this.#justOpened) this.#appendToLast(character);
    else this.#add(character, "punctuation");
    this.#justOpened = false;
  }

  #flushString(): void {
    if (this.#closedString === null) return;
    const text = this.#closedString;
    this.#closedString = null;
    this.#add(text, "string");
  }

  #flushWord(): void {
    if (this.#word === "") return;
    const text = this.#word;
    this.#word = "";
    const kind = /^-?\d/.test(text) ? "number" : /^(true|false|null)$/.test(text) ? "literal" : "other";
    this.#add(text, kind);
  }

  #add(text: string, kind: PrettyLine["kind"]): void {
    const key = this.#key;
    this.#key = null;
    this.#justOpened = false;
    const depth = Math.min(this.#depth, MAX_DEPTH);
    for (let from = 0; from < text.length && !this.full; from += VALUE_CHARACTERS) {
      const continued = from > 0;
      this.lines.push({
        depth,
        key: continued ? null : key,
        text: text.slice(from, from + VALUE_CHARACTERS),
        kind,
        continued,
      });
    }
  }

  #appendToLast(text: string): void {
    const last = this.lines.at(-1);
    if (last !== undefined) this.lines[this.lines.length - 1] = { ...last, text: last.text + text };
    else this.#add(text, "punctuation");
  }
}
