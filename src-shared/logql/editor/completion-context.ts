import { LogQlLexer, type Token } from "../syntax/lexer.ts";
import { expectedAfter } from "../syntax/parse-engine.ts";
import type { SourceRange } from "../syntax/source-range.ts";
import type { Terminal } from "../syntax/tokens.ts";
import { quoteGo } from "../text/go-quote.ts";

/** What may be typed at a place of a query. `from` and `to` enclose what a completion replaces; `prefix` is its beginning. */
export type CompletionContext = SourceRange & { readonly prefix: string } & (
    | { readonly kind: "labelName"; readonly selector: string; readonly used: readonly string[] }
    /** The value of a label in a selector; `quoted` when the cursor is inside the quotes. */
    | { readonly kind: "labelValue"; readonly label: string; readonly selector: string; readonly quoted: boolean }
    | { readonly kind: "matchOperator" }
    /** Behind `|`: parsers, formats and label filters. */
    | { readonly kind: "stage"; readonly selector: string }
    /** Behind a selector or a stage: `|`, `|=` and so on. */
    | { readonly kind: "pipeOperator"; readonly inRange: boolean }
    | { readonly kind: "filterOperator"; readonly label: string }
    | { readonly kind: "filterValue"; readonly label: string; readonly selector: string; readonly quoted: boolean }
    | { readonly kind: "fieldName"; readonly selector: string }
    | { readonly kind: "lineText" }
    | { readonly kind: "template"; readonly selector: string }
    | { readonly kind: "groupingLabel"; readonly selector: string; readonly used: readonly string[] }
    /** Where an expression begins: functions, or a selector. */
    | { readonly kind: "function" }
    | { readonly kind: "binaryOperator" }
    | { readonly kind: "duration" }
    | { readonly kind: "none" }
  );

interface Cut {
  readonly tokens: readonly Token[];
  /** The literal or bracket that the cursor is in, if any. */
  readonly open: "string" | "bracket" | null;
  readonly from: number;
}

/** The tokens before the cursor, without the word or the literal that it is in. */
function cutAt(text: string, position: number): Cut {
  const before = text.slice(0, position);
  const wordStart = position - (/[\p{L}_][\p{L}\p{Nd}_]*$/u.exec(before)?.[0].length ?? 0);
  const lexer = new LogQlLexer(before);
  const tokens: Token[] = [];
  for (let token = lexer.next(); token.kind !== "$end"; token = lexer.next()) tokens.push(token);
  const [error] = lexer.errors;
  if (error !== undefined) {
    const whole = tokens.filter((token) => token.to <= error.from);
    const mark = before.charAt(error.from);
    if (mark === "[") return { tokens: whole, open: "bracket", from: error.from + 1 };
    return { tokens: whole, open: "string", from: error.from + 1 };
  }
  const isInWord = wordStart < position && tokens.at(-1)?.from === wordStart;
  return { tokens: isInWord ? tokens.slice(0, -1) : tokens, open: null, from: isInWord ? wordStart : position };
}

/** Where the text that a completion replaces ends: behind the rest of the word, or before the closing quote. */
function endOf(text: string, position: number, open: Cut["open"], from: number): number {
  const rest = text.slice(position);
  if (open === "bracket") return position + (/^[\p{L}\p{N}.]*/u.exec(rest)?.[0].length ?? 0);
  if (open === null) return position + (/^[\p{L}\p{Nd}_]*/u.exec(rest)?.[0].length ?? 0);
  const quote = text.charAt(from - 1);
  const end = rest.search(quote === "`" ? /`/ : /["\n|{}]/);
  return end >= 0 && rest.charAt(end) === quote ? position + end : position;
}

function lastIndexOfKind(tokens: readonly Token[], kinds: readonly Terminal[]): number {
  return tokens.findLastIndex(({ kind }) => kinds.includes(kind));
}

/** The place of the brace that the cursor is behind and that is not closed; -1 without one. */
function openBrace(tokens: readonly Token[]): number {
  const at = lastIndexOfKind(tokens, ["OPEN_BRACE", "CLOSE_BRACE"]);
  return tokens[at]?.kind === "OPEN_BRACE" ? at : -1;
}

const OPERATORS: Readonly<Partial<Record<Terminal, string>>> = { EQ: "=", NEQ: "!=", RE: "=~", NRE: "!~" };

interface WholeMatcher {
  readonly name: string;
  readonly text: string;
}

function wholeMatchers(tokens: readonly Token[]): readonly WholeMatcher[] {
  return tokens.flatMap((token, at) => {
    const [op, value] = [tokens[at + 1], tokens[at + 2]];
    const written = op === undefined ? undefined : OPERATORS[op.kind];
    if (token.kind !== "IDENTIFIER" || written === undefined || value?.kind !== "STRING") return [];
    return [{ name: token.text, text: `${token.text}${written}${quoteGo(value.text)}` }];
  });
}

/** The matchers behind the cursor, up to the closing brace. */
function matchersBehind(text: string, position: number): readonly WholeMatcher[] {
  const rest = text.slice(position);
  const comma = rest.indexOf(",");
  const close = rest.indexOf("}");
  if (comma < 0 || (close >= 0 && close < comma)) return [];
  const lexer = new LogQlLexer(rest.slice(comma + 1));
  const tokens: Token[] = [];
  for (let token = lexer.next(); token.kind !== "$end" && token.kind !== "CLOSE_BRACE"; token = lexer.next()) {
    tokens.push(token);
  }
  return lexer.errors.length === 0 ? wholeMatchers(tokens) : [];
}

function selectorText(matchers: readonly WholeMatcher[]): string {
  return `{${matchers.map(({ text }) => text).join(", ")}}`;
}

/** The selector that the cursor's stage or grouping belongs to: the last whole one before it, or the first behind it. */
function selectorNear(text: string, tokens: readonly Token[], position: number): string {
  const close = lastIndexOfKind(tokens, ["CLOSE_BRACE"]);
  if (close >= 0) {
    const open = lastIndexOfKind(tokens.slice(0, close), ["OPEN_BRACE"]);
    return selectorText(wholeMatchers(tokens.slice(open + 1, close)));
  }
  const behind = /\{[^{}]*\}/.exec(text.slice(position))?.[0];
  if (behind === undefined) return "{}";
  const lexer = new LogQlLexer(behind);
  const inner: Token[] = [];
  for (let token = lexer.next(); token.kind !== "$end"; token = lexer.next()) inner.push(token);
  return selectorText(wholeMatchers(inner));
}

type Place = SourceRange & { readonly prefix: string };

function inSelector(
  text: string,
  position: number,
  { tokens, open }: Cut,
  brace: number,
  place: Place,
): CompletionContext {
  const inside = tokens.slice(brace + 1);
  const others = [...wholeMatchers(inside), ...matchersBehind(text, position)];
  const last = inside.at(-1);
  const label = inside.at(-2);
  if (last !== undefined && OPERATORS[last.kind] !== undefined && label !== undefined) {
    const selector = selectorText(others.filter(({ name }) => name !== label.text));
    return { ...place, kind: "labelValue", label: label.text, selector, quoted: open === "string" };
  }
  if (open === "string") return { ...place, kind: "none" };
  if (last?.kind === "IDENTIFIER") return { ...place, kind: "matchOperator" };
  if (last !== undefined && last.kind !== "COMMA") return { ...place, kind: "none" };
  return { ...place, kind: "labelName", selector: selectorText(others), used: others.map(({ name }) => name) };
}

/** The grouping or matching list that the cursor is in: the labels it has so far. */
function groupingLabels(tokens: readonly Token[]): readonly string[] | null {
  const open = lastIndexOfKind(tokens, ["OPEN", "CLOSE"]);
  const head = tokens[open - 1];
  if (tokens[open]?.kind !== "OPEN" || head === undefined) return null;
  if (!["BY", "WITHOUT", "ON", "IGNORING", "GROUP_LEFT", "GROUP_RIGHT"].includes(head.kind)) return null;
  return tokens.slice(open + 1).flatMap(({ kind, text }) => (kind === "IDENTIFIER" ? [text] : []));
}

const LINE_OPERATORS: readonly Terminal[] = ["PIPE_EXACT", "PIPE_MATCH", "PIPE_PATTERN", "NPA"];
const COMPARISONS: readonly Terminal[] = ["EQ", "NEQ", "RE", "NRE", "CMP_EQ", "GT", "GTE", "LT", "LTE"];

/** The stage that the cursor is in: from its `|` on; `null` when it is in none. */
function currentStage(tokens: readonly Token[]): readonly Token[] | null {
  const pipe = lastIndexOfKind(tokens, ["PIPE"]);
  const close = lastIndexOfKind(tokens, ["CLOSE_BRACE", "RANGE", ...LINE_OPERATORS]);
  return pipe > close ? tokens.slice(pipe + 1) : null;
}

function inString(text: string, position: number, tokens: readonly Token[], place: Place): CompletionContext {
  const selector = selectorNear(text, tokens, position);
  const [label, last] = [tokens.at(-2), tokens.at(-1)];
  if (last === undefined) return { ...place, kind: "none" };
  const stage = currentStage(tokens);
  const head = stage?.[0]?.kind;
  if (head === "LINE_FORMAT" || head === "LABEL_FORMAT") return { ...place, kind: "template", selector };
  if (LINE_OPERATORS.includes(last.kind) || last.kind === "OR") return { ...place, kind: "lineText" };
  if (stage === null) return { ...place, kind: last.kind === "NEQ" || last.kind === "NRE" ? "lineText" : "none" };
  if (COMPARISONS.includes(last.kind) && label?.kind === "IDENTIFIER" && head === "IDENTIFIER") {
    return { ...place, kind: "filterValue", label: label.text, selector, quoted: true };
  }
  return { ...place, kind: "none" };
}

function inStage(
  text: string,
  position: number,
  cut: Cut,
  stage: readonly Token[],
  place: Place,
): CompletionContext | null {
  const { tokens } = cut;
  const selector = selectorNear(text, tokens, position);
  const [last, before] = [stage.at(-1), stage.at(-2)];
  if (last === undefined) return { ...place, kind: "stage", selector };
  const head = stage[0]?.kind;
  if (head === "UNWRAP" && (last.kind === "UNWRAP" || last.kind === "OPEN"))
    return { ...place, kind: "fieldName", selector };
  const isList = head === "DROP" || head === "KEEP" || head === "LABEL_FORMAT" || head === "JSON" || head === "LOGFMT";
  if (isList && (stage.length === 1 || last.kind === "COMMA")) {
    return head === "JSON" || head === "LOGFMT" ? null : { ...place, kind: "fieldName", selector };
  }
  if (COMPARISONS.includes(last.kind) && before?.kind === "IDENTIFIER") {
    if (head === "LABEL_FORMAT") return { ...place, kind: "fieldName", selector };
    return { ...place, kind: "filterValue", label: before.text, selector, quoted: false };
  }
  if (last.kind === "IDENTIFIER" && (head === "IDENTIFIER" || head === "OPEN")) {
    return { ...place, kind: "filterOperator", label: last.text };
  }
  if (last.kind === "AND" || last.kind === "OR" || last.kind === "COMMA" || last.kind === "OPEN") {
    return { ...place, kind: "fieldName", selector };
  }
  return null;
}

/** What is expected at a position of a text, which may be unfinished in front of it and anything behind it. */
export function completionContext(text: string, position: number): CompletionContext {
  const cut = cutAt(text, position);
  const { tokens, open, from } = cut;
  const place = { from, to: endOf(text, position, open, from), prefix: text.slice(from, position) };
  if (open === "bracket") return { ...place, kind: "duration" };
  const brace = openBrace(tokens);
  if (brace >= 0) return inSelector(text, position, cut, brace, place);
  if (open === "string") return inString(text, position, tokens, place);
  const used = groupingLabels(tokens);
  if (used !== null) return { ...place, kind: "groupingLabel", selector: selectorNear(text, tokens, position), used };
  const last = tokens.at(-1)?.kind;
  if (last === "OFFSET") return { ...place, kind: "duration" };
  const stage = currentStage(tokens);
  const staged = stage === null ? null : inStage(text, position, cut, stage, place);
  if (staged !== null) return staged;
  const expected = expectedAfter(tokens.map(({ kind }) => kind));
  if (expected === null) return { ...place, kind: "none" };
  if (expected.has("SUM") || expected.has("RATE") || expected.has("OPEN_BRACE")) return { ...place, kind: "function" };
  if (expected.has("PIPE")) return { ...place, kind: "pipeOperator", inRange: expected.has("RANGE") };
  if (
    expected.has("STRING") &&
    (last === undefined || LINE_OPERATORS.includes(last) || last === "NEQ" || last === "NRE")
  ) {
    return { ...place, kind: "lineText" };
  }
  return { ...place, kind: expected.has("ADD") ? "binaryOperator" : "none" };
}
