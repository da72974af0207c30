/**
 * Tokens as Go's `text/scanner` cuts them, which Loki's lexer stands on: Go identifiers, numbers, characters, strings and
 * comments; anything else is one character. Positions behave as there too, since Loki's error messages show them: a line of
 * 0 means that the scanner had looked ahead by character.
 */
export type ScanKind = "end" | "identifier" | "number" | "char" | "string" | "symbol";

export interface ScanPosition {
  readonly line: number;
  readonly column: number;
}

/** Called with the message of a malformed token; scanning goes on behind it. */
export type ScanErrorHandler = (message: string, position: ScanPosition, from: number, to: number) => void;

const IDENTIFIER = /[\p{L}_][\p{L}\p{Nd}_]*/uy;
const DIGITS = /[0-9_]*/y;
const HEX_DIGITS = /[0-9a-fA-F_]*/y;
const ESCAPES = "abfnrtv\\";

export class GoScanner {
  readonly text: string;
  /** Where the token that was scanned last begins and ends. */
  from = 0;
  to = 0;
  private lookedAhead = false;
  private readonly onError: ScanErrorHandler;

  constructor(text: string, onError: ScanErrorHandler) {
    this.text = text;
    this.onError = onError;
  }

  /** Line and column, from 1, of the current token. */
  position(): ScanPosition {
    if (this.text === "") return { line: 0, column: 0 };
    const before = this.text.slice(0, this.from);
    const lineStart = before.lastIndexOf("\n") + 1;
    let column = 1;
    for (const _ of before.slice(lineStart)) column++;
    const line = this.lookedAhead ? 0 : before.split("\n").length;
    return { line, column };
  }

  token(): string {
    return this.text.slice(this.from, this.to);
  }

  /** The character behind the token, "" at the end. */
  peek(): string {
    return this.charAt(this.to);
  }

  /** Takes `length` UTF-16 units more into the token. */
  extend(length: number): void {
    this.to += length;
    this.lookedAhead = true;
  }

  scan(): ScanKind {
    this.lookedAhead = false;
    for (;;) {
      this.skipSpace();
      this.from = this.to;
      const char = this.charAt(this.to);
      if (char === "") return "end";
      if (/[\p{L}_]/u.test(char)) {
        this.take(IDENTIFIER);
        return "identifier";
      }
      if (/\d/.test(char) || (char === "." && /\d/.test(this.charAt(this.to + 1)))) {
        this.number();
        return "number";
      }
      this.to += char.length;
      if (char === '"' || char === "'") {
        const count = this.quoted(char);
        if (char === "'" && count !== 1) this.error("invalid char literal");
        return char === '"' ? "string" : "char";
      }
      if (char === "`") {
        this.raw();
        return "string";
      }
      if (char === "/" && this.comment()) continue;
      return "symbol";
    }
  }

  private charAt(at: number): string {
    const code = this.text.codePointAt(at);
    return code === undefined ? "" : String.fromCodePoint(code);
  }

  private skipSpace(): void {
    while (/[ \t\n\r]/.test(this.text.charAt(this.to))) this.to++;
  }

  private take(pattern: RegExp): string {
    pattern.lastIndex = this.to;
    const found = pattern.exec(this.text)?.[0] ?? "";
    this.to += found.length;
    return found;
  }

  private error(message: string): void {
    this.onError(message, this.position(), this.from, this.to);
  }

  private number(): void {
    let prefix = "";
    let float = false;
    if (this.text.charAt(this.to) === "0") {
      const mark = this.text.charAt(this.to + 1).toLowerCase();
      prefix = mark === "x" || mark === "o" || mark === "b" ? mark : "0";
      if (prefix !== "0") this.to += 2;
    }
    const digits = this.take(prefix === "x" ? HEX_DIGITS : DIGITS);
    if (this.text.charAt(this.to) === ".") {
      float = true;
      if (prefix === "o" || prefix === "b") this.error(`invalid radix point in ${baseName(prefix)}`);
      this.to++;
      this.take(prefix === "x" ? HEX_DIGITS : DIGITS);
    } else if (prefix !== "" && prefix !== "0" && !/[0-9a-fA-F]/.test(digits)) {
      this.error(`${baseName(prefix)} has no digits`);
    }
    const mark = this.text.charAt(this.to);
    const exponent = mark.toLowerCase();
    if (exponent === "e" || exponent === "p") {
      float = true;
      if (exponent === "e" && prefix !== "" && prefix !== "0")
        this.error(`'${mark}' exponent requires decimal mantissa`);
      if (exponent === "p" && prefix !== "x") this.error(`'${mark}' exponent requires hexadecimal mantissa`);
      this.to++;
      if (/[-+]/.test(this.text.charAt(this.to))) this.to++;
      if (!/\d/.test(this.take(DIGITS))) this.error("exponent has no digits");
    } else if (prefix === "x" && float) {
      this.error("hexadecimal mantissa requires a 'p' exponent");
    }
    const invalid = prefix === "b" ? /[2-9]/ : prefix === "o" || (prefix === "0" && !float) ? /[89]/ : null;
    const bad = invalid?.exec(digits)?.[0];
    if (bad !== undefined && !float) this.error(`invalid digit '${bad}' in ${baseName(prefix)}`);
    if (/__|_$/.test(this.token()) || /_[.eEpP]|[.]_/.test(this.token())) {
      this.error("'_' must separate successive digits");
    }
  }

  /** The body of a quoted literal; the number of characters in it. */
  private quoted(quote: string): number {
    let count = 0;
    for (;;) {
      const char = this.charAt(this.to);
      if (char === "" || char === "\n") {
        this.error("literal not terminated");
        return count;
      }
      this.to += char.length;
      if (char === quote) return count;
      if (char === "\\") this.escape(quote);
      count++;
    }
  }

  private escape(quote: string): void {
    const char = this.charAt(this.to);
    const rest = this.text.slice(this.to, this.to + 9);
    const numeric = /^(?:[0-7]{3}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})/.exec(rest)?.[0];
    if (numeric !== undefined) this.to += numeric.length;
    else if (char === quote || (char !== "" && ESCAPES.includes(char))) this.to += char.length;
    else this.error("invalid char escape");
  }

  private raw(): void {
    const end = this.text.indexOf("`", this.to);
    if (end < 0) {
      this.to = this.text.length;
      this.error("literal not terminated");
    } else {
      this.to = end + 1;
    }
  }

  /** Skips a comment whose first `/` was read; `false` when there is none. */
  private comment(): boolean {
    const mark = this.text.charAt(this.to);
    if (mark === "/") {
      const end = this.text.indexOf("\n", this.to);
      this.to = end < 0 ? this.text.length : end;
      return true;
    }
    if (mark !== "*") return false;
    const end = this.text.indexOf("*/", this.to + 1);
    if (end < 0) {
      this.to = this.text.length;
      this.error("comment not terminated");
    } else {
      this.to = end + 2;
    }
    return true;
  }
}

function baseName(prefix: string): string {
  if (prefix === "x") return "hexadecimal literal";
  if (prefix === "b") return "binary literal";
  return prefix === "" ? "decimal literal" : "octal literal";
}
