import type { GatePlace } from "./label-use.ts";
import type { TextOrigin } from "./yaml-tree.ts";

/**
 * What a value is, as far as labels need it. `other` is an expression that only Alloy can work out; its text is kept, for the
 * components that it names.
 */
export type AlloyValue =
  | { readonly kind: "text"; readonly text: string; readonly place: GatePlace }
  | { readonly kind: "list"; readonly items: readonly AlloyValue[]; readonly place: GatePlace }
  | { readonly kind: "object"; readonly members: readonly AlloyAttribute[]; readonly place: GatePlace }
  | { readonly kind: "other"; readonly text: string; readonly place: GatePlace };

export interface AlloyAttribute {
  readonly name: string;
  readonly value: AlloyValue;
  readonly place: GatePlace;
}

/** `loki.process "orders" { … }`, or a block inside of one. */
export interface AlloyBlock {
  readonly name: string;
  readonly label: string;
  readonly attributes: readonly AlloyAttribute[];
  readonly blocks: readonly AlloyBlock[];
  readonly place: GatePlace;
}

export class AlloySyntaxError extends Error {
  readonly place: GatePlace;

  constructor(problem: string, place: GatePlace) {
    super(problem);
    this.place = place;
  }
}

interface Token {
  readonly kind: "name" | "string" | "number" | "sign" | "end";
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Whether a line ends between the token before and this one. */
  readonly newLine: boolean;
}

const TOKEN =
  /(?<blank>[ \t\r\n]+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)|(?<string>"(?:[^"\\\n]|\\.)*"|`[^`]*`)|(?<name>[A-Za-z_][A-Za-z0-9_]*)|(?<number>\d[\w.]*(?:[eE][+-]?\d+)?)|(?<sign>&&|\|\||[=!<>]=|[-+*/%^=<>!.,;(){}[\]])/y;

const MAX_DEPTH = 100;

/**
 * Parses the configuration language of Alloy and of the Grafana Agent's flow mode into blocks and attributes.
 * @throws AlloySyntaxError where it is none
 */
export function parseAlloy(text: string, origin: TextOrigin): readonly AlloyBlock[] {
  const { blocks, attributes } = new Parser(text, origin).body(true);
  const [attribute] = attributes;
  if (attribute !== undefined) throw new AlloySyntaxError("an attribute outside of a block", attribute.place);
  return blocks;
}

class Parser {
  readonly #text: string;
  readonly #origin: TextOrigin;
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(text: string, origin: TextOrigin) {
    this.#text = text;
    this.#origin = origin;
    this.#tokens = this.#scan();
  }

  body(top: boolean): { readonly blocks: AlloyBlock[]; readonly attributes: AlloyAttribute[] } {
    const blocks: AlloyBlock[] = [];
    const attributes: AlloyAttribute[] = [];
    for (;;) {
      const token = this.#peek();
      if (top ? token.kind === "end" : token.text === "}" && token.kind === "sign") return { blocks, attributes };
      if (token.kind !== "name") throw this.#error(`a name, not ${described(token)}`, token);
      const place = this.#place(token.start);
      const name = this.#dottedName();
      if (this.#takes("=")) attributes.push({ name, value: this.#expression(), place });
      else blocks.push(this.#block(name, place));
    }
  }

  #block(name: string, place: GatePlace): AlloyBlock {
    const next = this.#peek();
    const label = next.kind === "string" ? unquoted(this.#next().text) : "";
    this.#expect("{");
    this.#deeper(name);
    const { blocks, attributes } = this.body(false);
    this.#depth -= 1;
    this.#expect("}");
    return { name, label, attributes, blocks, place };
  }

  #dottedName(): string {
    let name = this.#next().text;
    while (this.#takes(".")) name += `.${this.#next().text}`;
    return name;
  }

  /** A value as a whole; whatever joins several by operators, calls or indices is `other`. */
  #expression(): AlloyValue {
    const start = this.#peek();
    const first = this.#operand();
    let joined = false;
    for (;;) {
      const token = this.#peek();
      const continues = token.kind === "sign" && !token.newLine && !["}", "]", ")", ",", ";", "{"].includes(token.text);
      const called = token.kind === "sign" && !token.newLine && (token.text === "(" || token.text === "[");
      if (!continues && !called) break;
      joined = true;
      if (token.text === "(" || token.text === "[") this.#group();
      else {
        this.#next();
        this.#operand();
      }
    }
    this.#takes(";");
    if (!joined) return first;
    const end = this.#tokens[this.#at - 1]?.end ?? start.end;
    return { kind: "other", text: this.#text.slice(start.start, end), place: this.#place(start.start) };
  }

  #operand(): AlloyValue {
    const token = this.#peek();
    const place = this.#place(token.start);
    if (token.kind === "sign" && (token.text === "-" || token.text === "!")) {
      this.#next();
      const { text } = this.#peek();
      this.#operand();
      return { kind: "other", text: token.text + text, place };
    }
    if (token.kind === "sign" && token.text === "[") return this.#list(place);
    if (token.kind === "sign" && token.text === "{") return this.#object(place);
    if (token.kind === "sign" && token.text === "(") {
      this.#group();
      return { kind: "other", text: this.#text.slice(token.start, this.#tokens[this.#at - 1]?.end), place };
    }
    this.#next();
    if (token.kind === "string") return { kind: "text", text: unquoted(token.text), place };
    if (token.kind === "number" || token.kind === "name") return { kind: "other", text: token.text, place };
    throw this.#error(`a value, not ${described(token)}`, token);
  }

  #list(place: GatePlace): AlloyValue {
    this.#expect("[");
    this.#deeper("[");
    const items: AlloyValue[] = [];
    while (this.#peek().text !== "]" || this.#peek().kind !== "sign") {
      items.push(this.#expression());
      if (!this.#takes(",")) break;
    }
    this.#expect("]");
    this.#depth -= 1;
    return { kind: "list", items, place };
  }

  #object(place: GatePlace): AlloyValue {
    this.#expect("{");
    this.#deeper("{");
    const members: AlloyAttribute[] = [];
    while (this.#peek().text !== "}" || this.#peek().kind !== "sign") {
      const key = this.#next();
      if (key.kind !== "name" && key.kind !== "string") throw this.#error(`a key, not ${described(key)}`, key);
      this.#expect("=");
      const name = key.kind === "string" ? unquoted(key.text) : key.text;
      members.push({ name, value: this.#expression(), place: this.#place(key.start) });
      if (!this.#takes(",")) break;
    }
    this.#expect("}");
    this.#depth -= 1;
    return { kind: "object", members, place };
  }

  /** Passes over what stands between brackets. */
  #group(): void {
    const open = this.#next();
    const close = open.text === "(" ? ")" : "]";
    this.#deeper(open.text);
    while (this.#peek().text !== close || this.#peek().kind !== "sign") {
      this.#expression();
      if (!this.#takes(",")) break;
    }
    this.#expect(close);
    this.#depth -= 1;
  }

  #deeper(what: string): void {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw this.#error(`nested too deep at ${what}`, this.#peek());
  }

  #peek(): Token {
    const token = this.#tokens[this.#at];
    if (token !== undefined) return token;
    return { kind: "end", text: "", start: this.#text.length, end: this.#text.length, newLine: true };
  }

  #next(): Token {
    const token = this.#peek();
    this.#at += 1;
    return token;
  }

  #takes(sign: string): boolean {
    const token = this.#peek();
    if (token.kind !== "sign" || token.text !== sign) return false;
    this.#at += 1;
    return true;
  }

  #expect(sign: string): void {
    const token = this.#peek();
    if (!this.#takes(sign)) throw this.#error(`“${sign}”, not ${described(token)}`, token);
  }

  #error(expected: string, token: Token): AlloySyntaxError {
    return new AlloySyntaxError(`no Alloy configuration: expected ${expected}`, this.#place(token.start));
  }

  #place(offset: number): GatePlace {
    const { file, line, column, linesFollow } = this.#origin;
    if (!linesFollow) return { file, line, column };
    const before = this.#text.slice(0, offset);
    const lines = before.split("\n");
    return { file, line: line + lines.length - 1, column: (lines.at(-1)?.length ?? 0) + 1 };
  }

  #scan(): readonly Token[] {
    const tokens: Token[] = [];
    let newLine = true;
    TOKEN.lastIndex = 0;
    let at = 0;
    while (at < this.#text.length) {
      TOKEN.lastIndex = at;
      const match = TOKEN.exec(this.#text);
      if (match === null) {
        throw new AlloySyntaxError(`no Alloy configuration: “${this.#text.slice(at, at + 20)}”`, this.#place(at));
      }
      const [text] = match;
      const { blank, string, name, number } = match.groups ?? {};
      const end = at + text.length;
      if (blank === undefined) {
        const kind =
          string !== undefined ? "string" : name !== undefined ? "name" : number !== undefined ? "number" : "sign";
        tokens.push({ kind, text, start: at, end, newLine });
        newLine = false;
      } else newLine ||= blank.includes("\n");
      at = end;
    }
    return tokens;
  }
}

function described({ kind, text }: Token): string {
  return kind === "end" ? "the end" : `“${text.slice(0, 40)}”`;
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", "0": "\0" };

function unquoted(text: string): string {
  if (text.startsWith("`")) return text.slice(1, -1);
  return text.slice(1, -1).replace(/\\(.)/g, (_, character: string) => ESCAPES[character] ?? character);
}
