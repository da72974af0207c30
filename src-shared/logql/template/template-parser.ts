import { parseGoFloat } from "../text/go-number.ts";
import { isTemplateFunction } from "./function-names.ts";
import type { ArgNode, CommandNode, ParsedTemplate, PipeNode, TemplateNode } from "./template-ast.ts";
import {
  lexTemplate,
  TemplateSyntaxError,
  type TemplateToken,
  type TokenKind,
  unquoteLiteral,
} from "./template-lexer.ts";

type Ending = "end" | "else" | "eof";

interface Body {
  readonly nodes: readonly TemplateNode[];
  readonly ending: Ending;
}

class TemplateParser {
  private readonly name: string;
  private readonly text: string;
  private readonly tokens: readonly TemplateToken[];
  private at = 0;
  private variables: string[] = ["$"];
  private rangeDepth = 0;
  private readonly definitions = new Map<string, readonly TemplateNode[]>();

  constructor(name: string, text: string) {
    this.name = name;
    this.text = text;
    this.tokens = lexTemplate(text);
  }

  parse(): ParsedTemplate {
    const { nodes, ending } = this.body(true);
    if (ending !== "eof") this.fail(`unexpected {{${ending}}}`);
    return { name: this.name, text: this.text, nodes, definitions: this.definitions };
  }

  private peek(): TemplateToken {
    const token = this.tokens[this.at] ?? this.tokens.at(-1);
    if (token === undefined) throw new RangeError("a template has at least its end");
    return token;
  }

  private next(): TemplateToken {
    const token = this.peek();
    this.at++;
    return token;
  }

  private nextNonSpace(): TemplateToken {
    this.skipSpace();
    return this.next();
  }

  private peekNonSpace(): TemplateToken {
    this.skipSpace();
    return this.peek();
  }

  private skipSpace(): void {
    while (this.peek().kind === "space") this.at++;
  }

  private fail(message: string, token: TemplateToken = this.tokens[this.at - 1] ?? this.peek()): never {
    throw new TemplateSyntaxError(message, token.line);
  }

  private unexpected(token: TemplateToken, context: string): never {
    const shown =
      token.kind === "end"
        ? "EOF"
        : token.kind === "keyword"
          ? `<${token.text}>`
          : token.text.length > 10
            ? `${JSON.stringify(token.text.slice(0, 10))}...`
            : JSON.stringify(token.text);
    this.fail(`unexpected ${shown} in ${context}`, token);
  }

  private expect(kind: TokenKind, context: string): TemplateToken {
    const token = this.nextNonSpace();
    if (token.kind !== kind) this.unexpected(token, context);
    return token;
  }

  /** Nodes up to `{{end}}`, `{{else}}` or the end of the text; the word is consumed, its `}}` is not. */
  private body(top: boolean): Body {
    const nodes: TemplateNode[] = [];
    for (;;) {
      const token = this.next();
      if (token.kind === "end") {
        if (!top) this.fail("unexpected EOF", token);
        return { nodes, ending: "eof" };
      }
      if (token.kind === "text") {
        nodes.push({ kind: "text", text: token.text });
        continue;
      }
      const word = this.peekNonSpace();
      if (word.kind === "keyword" && (word.text === "end" || word.text === "else")) {
        this.at++;
        return { nodes, ending: word.text };
      }
      const node = this.action(word);
      if (node !== null) nodes.push(node);
    }
  }

  private action(word: TemplateToken): TemplateNode | null {
    if (word.kind === "keyword") {
      this.at++;
      switch (word.text) {
        case "if":
        case "with":
        case "range":
          return this.control(word.text, word.at);
        case "break":
        case "continue":
          this.expect("close", `{{${word.text}}}`);
          if (this.rangeDepth === 0) this.fail(`{{${word.text}}} outside {{range}}`, word);
          return { kind: word.text, at: word.at };
        case "define":
          return this.define(word);
        case "block":
          return this.block(word);
        case "template":
          return this.template(word);
      }
    }
    const pipe = this.pipeline("command", "close");
    return { kind: "action", pipe };
  }

  private control(kind: "if" | "with" | "range", at: number): TemplateNode {
    const scope = this.variables.length;
    const pipe = this.pipeline(kind, "close");
    if (kind === "range") this.rangeDepth++;
    const first = this.body(false);
    if (kind === "range") this.rangeDepth--;
    let otherwise: readonly TemplateNode[] | null = null;
    if (first.ending === "else") {
      const following = this.peek();
      const chained = this.tokens[this.at + 1];
      if (kind !== "range" && following.kind === "space" && chained?.kind === "keyword" && chained.text === kind) {
        this.at += 2;
        otherwise = [this.control(kind, chained.at)];
        this.variables.length = scope;
        return { kind, at, pipe, body: first.nodes, otherwise };
      }
      this.expect("close", "else");
      const second = this.body(false);
      if (second.ending !== "end") this.fail("expected end; found {{else}}");
      otherwise = second.nodes;
    }
    this.expect("close", "end");
    this.variables.length = scope;
    return { kind, at, pipe, body: first.nodes, otherwise };
  }

  private quotedName(context: string): string {
    const token = this.expect("string", context);
    return unquoteLiteral(token) ?? this.fail("invalid syntax", token);
  }

  private inner(): readonly TemplateNode[] {
    const outer = this.variables;
    this.variables = ["$"];
    const { nodes, ending } = this.body(false);
    if (ending !== "end") this.fail("unexpected {{else}} in define clause");
    this.expect("close", "end");
    this.variables = outer;
    return nodes;
  }

  private define(word: TemplateToken): null {
    const name = this.quotedName("define clause");
    this.expect("close", "define clause");
    void word;
    this.definitions.set(name, this.inner());
    return null;
  }

  private block(word: TemplateToken): TemplateNode {
    const name = this.quotedName("block clause");
    const pipe = this.pipeline("block clause", "close");
    this.definitions.set(name, this.inner());
    return { kind: "template", at: word.at, name, pipe };
  }

  private template(word: TemplateToken): TemplateNode {
    const name = this.quotedName("template clause");
    if (this.peekNonSpace().kind === "close") {
      this.at++;
      return { kind: "template", at: word.at, name, pipe: null };
    }
    return { kind: "template", at: word.at, name, pipe: this.pipeline("template clause", "close") };
  }

  private declarations(context: string): { variables: string[]; assigns: boolean } {
    const variables: string[] = [];
    const start = this.at;
    for (;;) {
      this.skipSpace();
      const variable = this.peek();
      if (variable.kind !== "variable") break;
      this.at++;
      const mark = this.peekNonSpace();
      if (mark.kind === ":=" || mark.kind === "=") {
        this.at++;
        variables.push(variable.text);
        if (mark.kind === ":=") this.variables.push(...variables);
        return { variables, assigns: mark.kind === "=" };
      }
      if (mark.kind === "," && context === "range" && variables.length === 0) {
        this.at++;
        variables.push(variable.text);
        continue;
      }
      if (mark.kind === ",") this.fail(`too many declarations in ${context}`, mark);
      break;
    }
    this.at = start;
    return { variables: [], assigns: false };
  }

  private pipeline(context: string, end: "close" | ")"): PipeNode {
    this.skipSpace();
    const { at } = this.peek();
    const { variables, assigns } = this.declarations(context);
    const commands: CommandNode[] = [];
    for (;;) {
      const token = this.peekNonSpace();
      if (token.kind === end) {
        this.at++;
        break;
      }
      commands.push(this.command(context, token));
    }
    if (commands.length === 0) this.fail(`missing value for ${context}`);
    for (const [index, command] of commands.entries()) {
      const first = command.args[0];
      if (index === 0 || first === undefined) continue;
      if (
        first.kind === "bool" ||
        first.kind === "dot" ||
        first.kind === "nil" ||
        first.kind === "number" ||
        first.kind === "string"
      ) {
        this.fail(`non executable command in pipeline stage ${index + 1}`);
      }
    }
    return { at, variables, assigns, commands };
  }

  private command(context: string, start: TemplateToken): CommandNode {
    const args: ArgNode[] = [];
    for (;;) {
      const operand = this.operand(this.peekNonSpace(), context);
      if (operand !== null) args.push(operand);
      const token = this.next();
      if (token.kind === "space") {
        const following = this.peekNonSpace();
        if (following.kind === "pipe") {
          this.at++;
          break;
        }
        if (following.kind === "close" || following.kind === ")") break;
        continue;
      }
      if (token.kind === "close" || token.kind === ")") {
        this.at--;
        break;
      }
      if (token.kind === "pipe") break;
      this.unexpected(token, "operand");
    }
    if (args.length === 0) this.fail("empty command");
    return { at: start.at, args };
  }

  private operand(token: TemplateToken, context: string): ArgNode | null {
    const node = this.term(token, context);
    if (node === null) return null;
    if (this.peek().kind !== "field") return node;
    const fields: string[] = [];
    // Go counts from the second field on in its messages.
    const chainAt = this.peek().at;
    while (this.peek().kind === "field") fields.push(this.next().text.slice(1));
    if (node.kind === "field") return { ...node, at: chainAt, names: [...node.names, ...fields] };
    if (node.kind === "variable") return { ...node, at: chainAt, fields: [...node.fields, ...fields] };
    if (
      node.kind === "bool" ||
      node.kind === "string" ||
      node.kind === "number" ||
      node.kind === "nil" ||
      node.kind === "dot"
    ) {
      this.fail(`unexpected . after term ${JSON.stringify(token.text)}`);
    }
    return { kind: "chain", at: chainAt, inner: node, fields };
  }

  private term(token: TemplateToken, context: string): ArgNode | null {
    const { at, kind, text } = token;
    if (kind === "pipe") this.fail(`missing value for ${context}`, token);
    if (kind === "close" || kind === ")" || kind === "space") return null;
    if (kind === "identifier" && !isTemplateFunction(text)) {
      this.fail(`function ${JSON.stringify(text)} not defined`, token);
    }
    if (kind === "variable" && !this.variables.includes(text)) {
      this.fail(`undefined variable ${JSON.stringify(text)}`, token);
    }
    this.at++;
    if (kind === "identifier") return { kind, at, name: text };
    if (kind === "dot" || kind === "nil") return { kind, at };
    if (kind === "variable") return { kind, at, name: text, fields: [] };
    if (kind === "field") return { kind, at, names: [text.slice(1)] };
    if (kind === "bool") return { kind, at, value: text === "true" };
    if (kind === "number" || kind === "char") return { kind: "number", at, text, value: this.numberValue(token) };
    if (kind === "string") {
      return { kind, at, quoted: text, value: unquoteLiteral(token) ?? this.fail("invalid syntax", token) };
    }
    if (kind === "(") return { kind: "pipe", at, pipe: this.pipeline("parenthesized pipeline", ")") };
    return this.unexpected(token, kind === "end" ? context : "operand");
  }

  private numberValue(token: TemplateToken): bigint | number {
    if (token.kind === "char") {
      const value = unquoteLiteral(token);
      if (value === null || value === "" || value.length !== String.fromCodePoint(value.codePointAt(0) ?? 0).length)
        this.fail(`malformed character constant: ${token.text}`, token);
      return BigInt(value.codePointAt(0) ?? 0);
    }
    const plain = token.text.replaceAll("_", "");
    const unsigned = plain.replace(/^[+-]/, "");
    if (/^(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+|[1-9]\d*|0)$/.test(unsigned)) {
      const value = BigInt(unsigned);
      return plain.startsWith("-") ? -value : value;
    }
    if (/^0[0-7]+$/.test(unsigned)) {
      const value = BigInt(`0o${unsigned.slice(1)}`);
      return plain.startsWith("-") ? -value : value;
    }
    const float = parseGoFloat(plain);
    if (float === null) this.fail(`bad number syntax: ${JSON.stringify(token.text)}`, token);
    return float;
  }
}

/** Parses a template; throws `TemplateSyntaxError`. `name` is what Go's messages call it. */
export function parseTemplate(name: string, text: string): ParsedTemplate {
  return new TemplateParser(name, text).parse();
}

/** Go's whole message for a template that does not parse; `null` when it does. */
export function templateError(name: string, text: string): string | null {
  try {
    parseTemplate(name, text);
    return null;
  } catch (error) {
    if (error instanceof TemplateSyntaxError) return `template: ${name}:${error.line}: ${error.message}`;
    throw error;
  }
}
