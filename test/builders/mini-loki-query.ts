import { RE2JS } from "re2js";

/** One stored entry. */
export interface MiniEntry {
  readonly labels: Readonly<Record<string, string>>;
  readonly ts: bigint;
  readonly line: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** What a query makes of an entry. */
export interface MiniRow {
  readonly entry: MiniEntry;
  readonly line: string;
}

type Step = (row: MiniRow) => MiniRow | null;

export class MiniQueryError extends Error {}

/**
 * Enough of LogQL to be honest about what the reader asks: matchers, line filters, label filters on metadata, and a
 * `line_format` without braces. Regular expressions are RE2's.
 */
export function miniQuery(expr: string): { readonly selects: (entry: MiniEntry) => boolean; readonly run: Step } {
  const rest = new Rest(expr);
  const selects = selector(rest);
  const steps: Step[] = [];
  while (!rest.done) steps.push(stage(rest));
  return {
    selects,
    run: (row) => steps.reduce<MiniRow | null>((current, step) => (current === null ? null : step(current)), row),
  };
}

class Rest {
  #text: string;

  constructor(expr: string) {
    this.#text = expr.trim();
  }

  get done(): boolean {
    return this.#text === "";
  }

  take(pattern: RegExp): RegExpExecArray | null {
    const found = new RegExp(`^(?:${pattern.source})\\s*`, pattern.flags).exec(this.#text);
    if (found !== null) this.#text = this.#text.slice(found[0].length);
    return found;
  }

  expect(pattern: RegExp): RegExpExecArray {
    const found = this.take(pattern);
    if (found === null) {
      throw new MiniQueryError(
        `parse error at line 1, col 1: syntax error: unexpected ${this.#text.slice(0, 20) || "$end"}`,
      );
    }
    return found;
  }
}

const STRING = /("(?:[^"\\]|\\.)*")/;
const NAME = /([A-Za-z_]\w*)/;
const OP = /(=~|!~|!=|=)/;

function selector(rest: Rest): (entry: MiniEntry) => boolean {
  rest.expect(/\{/);
  const tests: ((entry: MiniEntry) => boolean)[] = [];
  while (rest.take(/\}/) === null) {
    const name = rest.expect(NAME)[1] ?? "";
    const matches = valueTest(rest.expect(OP)[1] ?? "", text(rest.expect(STRING)[1]));
    tests.push((entry) => matches(entry.labels[name] ?? ""));
    rest.take(/,/);
  }
  return (entry) => tests.every((test) => test(entry));
}

function stage(rest: Rest): Step {
  const filter = rest.take(/(\|=|!=|\|~|!~)/)?.[1];
  if (filter !== undefined) {
    const wanted = text(rest.expect(STRING)[1]);
    const found = filter.endsWith("~") ? regexFinds(wanted) : (line: string) => line.includes(wanted);
    const keep = filter.startsWith("|");
    return (row) => (found(row.line) === keep ? row : null);
  }
  rest.expect(/\|/);
  if (rest.take(/line_format/) !== null) {
    const line = text(rest.expect(STRING)[1]);
    return (row) => ({ ...row, line });
  }
  const name = rest.expect(NAME)[1] ?? "";
  const matches = valueTest(rest.expect(OP)[1] ?? "", text(rest.expect(STRING)[1]));
  return (row) => (matches(row.entry.metadata?.[name] ?? row.entry.labels[name] ?? "") ? row : null);
}

function valueTest(op: string, wanted: string): (value: string) => boolean {
  if (op === "=") return (value) => value === wanted;
  if (op === "!=") return (value) => value !== wanted;
  const pattern = RE2JS.compile(`^(?s:${wanted})$`);
  return (value) => pattern.matcher(value).find() === (op === "=~");
}

function regexFinds(expression: string): (line: string) => boolean {
  const pattern = RE2JS.compile(expression);
  return (line) => pattern.matcher(line).find();
}

function text(literal: string | undefined): string {
  return JSON.parse(literal ?? '""') as string;
}
