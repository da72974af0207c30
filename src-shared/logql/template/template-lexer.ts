import { unquoteGo } from "../text/go-quote.ts";

/** Thrown by lexer and parser; the message is Go's, without the leading `template: name:line:`. */
export class TemplateSyntaxError extends Error {
  readonly line: number;

  constructor(message: string, line: number) {
    super(message);
    this.name = "TemplateSyntaxError";
    this.line = line;
  }
}

export type TokenKind =
  | "text"
  | "open"
  | "close"
  | "space"
  | "identifier"
  | "keyword"
  | "bool"
  | "nil"
  | "dot"
  | "field"
  | "variable"
  | "number"
  | "char"
  | "string"
  | "pipe"
  | "("
  | ")"
  | ","
  | ":="
  | "="
  | "end";

export interface TemplateToken {
  readonly kind: TokenKind;
  readonly text: string;
  readonly at: number;
  readonly line: number;
}

const KEYWORDS: ReadonlySet<string> = new Set([
  "block",
  "break",
  "continue",
  "define",
  "else",
  "end",
  "if",
  "range",
  "template",
  "with",
]);

const SPACE = /[ \t\r\n]+/y;
const WORD = /[\p{L}_][\p{L}\p{Nd}_]*/uy;
const FIELD = /\.[\p{L}_][\p{L}\p{Nd}_]*/uy;
const VARIABLE = /\$[\p{L}\p{Nd}_]*/uy;
const NUMBER =
  /[+-]?(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9_]+)?|0[oO][0-7_]+|0[bB][01_]+|[0-9_]*\.?[0-9_]*(?:[eE][+-]?[0-9_]+)?)i?/y;
const STRING = /"(?:[^"\\\n]|\\[^\n])*"/y;
const CHAR = /'(?:[^'\\\n]|\\[^\n])*'/y;
const RAW = /`[^`]*`/y;
/** What may follow a word, a field or a number. */
const TERMINATOR = /[ \t\r\n.,|:)(=]|\}\}|$/y;

function lineAt(text: string, at: number): number {
  return text.slice(0, at).split("\n").length;
}

function describe(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  const hex = code.toString(16).toUpperCase().padStart(4, "0");
  return code >= 0x20 && code !== 0x7f ? `U+${hex} '${char}'` : `U+${hex}`;
}

class TemplateLexer {
  private readonly text: string;
  private at = 0;
  private depth = 0;
  private readonly tokens: TemplateToken[] = [];

  constructor(text: string) {
    this.text = text;
  }

  run(): readonly TemplateToken[] {
    while (this.at < this.text.length) {
      const open = this.text.indexOf("{{", this.at);
      if (open < 0) {
        this.push("text", this.text.slice(this.at), this.at);
        this.at = this.text.length;
        break;
      }
      this.literal(open);
      this.action();
    }
    this.push("end", "EOF", this.text.length);
    return this.tokens;
  }

  private push(kind: TokenKind, text: string, at: number): void {
    if (kind === "text" && text === "") return;
    this.tokens.push({ kind, text, at, line: lineAt(this.text, at) });
  }

  private fail(message: string, at = this.at): never {
    throw new TemplateSyntaxError(message, lineAt(this.text, at));
  }

  /** The text before an action; `{{- ` trims it. */
  private literal(open: number): void {
    const trims = /^\{\{-[ \t\r\n]/.test(this.text.slice(open, open + 4));
    const raw = this.text.slice(this.at, open);
    this.push("text", trims ? raw.replace(/[ \t\r\n]+$/, "") : raw, this.at);
    this.at = open + 2 + (trims ? 2 : 0);
    this.push("open", "{{", open);
  }

  private closing(): string | null {
    const rest = this.text.slice(this.at, this.at + 4);
    if (/^[ \t\r\n]-\}\}/.test(rest)) return rest.slice(0, 4);
    return rest.startsWith("}}") ? "}}" : null;
  }

  private close(mark: string): void {
    this.push("close", "}}", this.at);
    this.at += mark.length;
    if (mark.length > 2) this.at += /^[ \t\r\n]*/.exec(this.text.slice(this.at))?.[0].length ?? 0;
  }

  private comment(): boolean {
    if (!this.text.startsWith("/*", this.at)) return false;
    const end = this.text.indexOf("*/", this.at);
    if (end < 0) this.fail("unclosed comment");
    this.at = end + 2;
    const mark = this.closing();
    if (mark === null) this.fail("comment ends before closing delimiter");
    this.tokens.pop();
    this.close(mark);
    this.tokens.pop();
    return true;
  }

  private action(): void {
    if (this.comment()) return;
    const start = this.at;
    this.depth = 0;
    for (;;) {
      const mark = this.closing();
      if (mark !== null) {
        if (this.depth > 0) this.fail("unclosed left paren");
        this.close(mark);
        return;
      }
      if (this.at >= this.text.length) this.fail("unclosed action", start);
      this.inside();
    }
  }

  private take(pattern: RegExp): string | null {
    pattern.lastIndex = this.at;
    return pattern.exec(this.text)?.[0] ?? null;
  }

  private emit(kind: TokenKind, text: string): void {
    this.push(kind, text, this.at);
    this.at += text.length;
  }

  private terminated(text: string): void {
    TERMINATOR.lastIndex = this.at + text.length;
    if (TERMINATOR.test(this.text)) return;
    const next = String.fromCodePoint(this.text.codePointAt(this.at + text.length) ?? 0);
    this.fail(`bad character ${describe(next)}`);
  }

  private inside(): void {
    const char = this.text.charAt(this.at);
    const space = this.take(SPACE);
    if (space !== null && space !== "") {
      // The space before a trimming `-}}` belongs to it.
      const keep = this.text.startsWith("-}}", this.at + space.length) ? space.slice(0, -1) : space;
      return keep === "" ? undefined : this.emit("space", keep);
    }
    if (char === "|" || char === "," || char === "=") return this.emit(char === "|" ? "pipe" : char, char);
    if (char === ":") {
      if (this.text.charAt(this.at + 1) !== "=") this.fail("expected :=");
      return this.emit(":=", ":=");
    }
    if (char === "(") {
      this.depth++;
      return this.emit("(", "(");
    }
    if (char === ")") {
      if (--this.depth < 0) this.fail("unexpected right paren");
      return this.emit(")", ")");
    }
    if (char === '"') return this.emit("string", this.take(STRING) ?? this.fail("unterminated quoted string"));
    if (char === "`") return this.emit("string", this.take(RAW) ?? this.fail("unterminated raw quoted string"));
    if (char === "'") return this.emit("char", this.take(CHAR) ?? this.fail("unterminated character constant"));
    return this.word(char);
  }

  private word(char: string): void {
    if (char === "$") {
      const variable = this.take(VARIABLE) ?? "$";
      this.terminated(variable);
      return this.emit("variable", variable);
    }
    const field = this.take(FIELD);
    if (field !== null) {
      this.terminated(field);
      return this.emit("field", field);
    }
    const next = this.text.charAt(this.at + 1);
    if (/\d/.test(char) || ((char === "+" || char === "-" || char === ".") && /[\d.]/.test(next))) return this.number();
    if (char === ".") return this.emit("dot", ".");
    const name = this.take(WORD);
    if (name === null) this.fail(`unrecognized character in action: ${describe(this.text.slice(this.at).charAt(0))}`);
    this.terminated(name);
    if (KEYWORDS.has(name)) return this.emit("keyword", name);
    if (name === "true" || name === "false") return this.emit("bool", name);
    return this.emit(name === "nil" ? "nil" : "identifier", name);
  }

  private number(): void {
    const number = this.take(NUMBER) ?? "";
    const next = this.text.charAt(this.at + number.length);
    if (/[\p{L}\p{Nd}_]/u.test(next)) this.fail(`bad number syntax: ${JSON.stringify(number + next)}`);
    this.emit("number", number);
  }
}

/** Cuts a template into tokens; throws `TemplateSyntaxError`. */
export function lexTemplate(text: string): readonly TemplateToken[] {
  return new TemplateLexer(text).run();
}

/** The value of a string or character literal; `null` when it is malformed. */
export function unquoteLiteral(token: TemplateToken): string | null {
  return unquoteGo(token.text);
}
