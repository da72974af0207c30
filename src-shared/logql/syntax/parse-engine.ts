import { LogQlSyntaxError, parseErrorText } from "../logql-error.ts";
import { buildGrammarTables, RULES } from "./grammar.ts";
import type { LalrTables } from "./lalr.ts";
import { LogQlLexer, type Token } from "./lexer.ts";
import type { Spanned } from "./symbols.ts";
import { type Terminal, TERMINALS, terminalName } from "./tokens.ts";

/** As many expected terminals an error message lists; with more it lists none. */
const MAX_LISTED = 4;

function lazyTables(): () => LalrTables {
  let tables: LalrTables | null = null;
  return () => (tables ??= buildGrammarTables());
}

/** The tables depend on nothing but the grammar: made once, at the first parse. */
const grammarTables = lazyTables();

function listedExpectations(tables: LalrTables, state: number): readonly string[] {
  const shifts = tables.next[state];
  const listed = TERMINALS.filter((terminal) => terminal !== "$end" && shifts?.has(terminal));
  return listed.length > MAX_LISTED ? [] : listed.map(terminalName);
}

function syntaxError(tables: LalrTables, state: number, token: Token): LogQlSyntaxError {
  const expected = listedExpectations(tables, state);
  const tail = expected.length === 0 ? "" : `, expecting ${expected.join(" or ")}`;
  const { line, column } = token.position;
  const text = parseErrorText(`syntax error: unexpected ${terminalName(token.kind)}${tail}`, line, column);
  return new LogQlSyntaxError({ text, line, column, from: token.from, to: token.to });
}

/** What to do in a state on a terminal: shift to (≥ 0), reduce by (`~production`), or fail (`null`). */
function actionOf(tables: LalrTables, state: number, terminal: Terminal): number | null {
  const shift = tables.next[state]?.get(terminal);
  if (shift !== undefined) return shift;
  const production = tables.reductions[state]?.get(terminal) ?? tables.defaults[state] ?? -1;
  return production < 0 ? null : ~production;
}

/** Parses a query to the value of its root; throws `LogQlSyntaxError` with the first error. */
export function parseToRoot(text: string): unknown {
  const tables = grammarTables();
  const lexer = new LogQlLexer(text);
  const states: number[] = [0];
  const values: Spanned<unknown>[] = [];
  let token = lexer.next();
  for (;;) {
    const state = states.at(-1) ?? 0;
    if (state === tables.acceptState && token.kind === "$end" && lexer.errors.length === 0) return values[0]?.value;
    const action = actionOf(tables, state, token.kind);
    if (action === null || state === tables.acceptState) {
      const [first] = lexer.errors;
      throw first === undefined ? syntaxError(tables, state, token) : new LogQlSyntaxError(first);
    }
    if (action >= 0) {
      states.push(action);
      values.push({ value: token, from: token.from, to: token.to });
      token = lexer.next();
      continue;
    }
    const production = RULES[~action];
    if (production === undefined) throw new RangeError("the table names no production");
    const parts = values.splice(values.length - production.right.length);
    states.length -= parts.length;
    const from = parts[0]?.from ?? token.from;
    const span = { from, to: parts.at(-1)?.to ?? from };
    values.push({ value: production.build(parts, span), ...span });
    const next = tables.next[states.at(-1) ?? 0]?.get(production.left);
    if (next === undefined) throw new RangeError("the table has no way on");
    states.push(next);
  }
}

/** The stack of states after as much of the tokens as fits; `null` when they do not fit. */
function statesAfter(tables: LalrTables, tokens: readonly Terminal[], start: readonly number[]): number[] | null {
  const states = [...start];
  for (const terminal of tokens) {
    for (;;) {
      const action = actionOf(tables, states.at(-1) ?? 0, terminal);
      if (action === null) return null;
      if (action >= 0) {
        states.push(action);
        break;
      }
      const production = RULES[~action];
      if (production === undefined) return null;
      states.length -= production.right.length;
      const next = tables.next[states.at(-1) ?? 0]?.get(production.left);
      if (next === undefined) return null;
      states.push(next);
    }
  }
  return states;
}

/** Every terminal that may come after the given ones; `null` when these do not begin a query. For completion. */
export function expectedAfter(tokens: readonly Terminal[]): ReadonlySet<Terminal> | null {
  const tables = grammarTables();
  const states = statesAfter(tables, tokens, [0]);
  if (states === null) return null;
  return new Set(
    TERMINALS.filter((terminal) => terminal !== "$end" && statesAfter(tables, [terminal], states) !== null),
  );
}
