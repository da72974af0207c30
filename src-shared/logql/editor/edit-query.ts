import {
  type Expr,
  type LineFilterOp,
  type LogExpr,
  type MatchOp,
  type Matcher,
  type Selector,
  selectorsOf,
} from "../ast.ts";
import { isMetricExpr, parseLogQl } from "../parser.ts";
import { printMatcher, printSelector } from "../printer.ts";
import type { SourceRange } from "../syntax/source-range.ts";
import { quoteGo } from "../text/go-quote.ts";
import { logExprsOf } from "./log-exprs.ts";

/**
 * Edits of a query's text that leave everything else as it was written. All give `null` for a text that does not parse (an
 * empty one counts as no query yet where that makes sense) or a name that is no label name; what they give parses.
 */

const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
/** Words that the grammar keeps for itself, and that therefore name no label in a query. */
const RESERVED =
  /^(?:by|without|bool|on|ignoring|group_left|group_right|or|and|unless|offset|unwrap|json|regexp|logfmt|unpack|pattern|line_format|label_format|decolorize|drop|keep|of)$/i;

/** Whether a label can be named in a query. */
export function isLabelName(name: string): boolean {
  return LABEL_NAME.test(name) && !RESERVED.test(name);
}

interface Change extends SourceRange {
  readonly insert: string;
}

function applied(text: string, changes: readonly Change[]): string {
  let out = text;
  for (const { from, to, insert } of changes.toSorted((left, right) => right.from - left.from)) {
    out = out.slice(0, from) + insert + out.slice(to);
  }
  return out;
}

/** The edited text; the one it was when an edit made something that does not parse, which then is no edit. */
function checked(edited: string): string | null {
  return parseLogQl(edited).ok ? edited : null;
}

function parsed(text: string): Expr | null {
  const result = parseLogQl(text);
  return result.ok ? result.expr : null;
}

/** The stream selector of an expression as Loki prints it, of the first one when there are several; `null` without one. */
export function selectorOf(expr: Expr): string | null {
  const [first] = selectorsOf(expr);
  return first === undefined ? null : printSelector(first);
}

/** Whether a text is a query that gives numbers; `false` also for one that does not parse. */
export function isMetricQuery(text: string): boolean {
  const expr = parsed(text);
  return expr !== null && isMetricExpr(expr);
}

/** The selector alone: `{app="x"}` of a log query, of the first operand of a metric query. */
export function withoutPipeline(text: string): string | null {
  const expr = parsed(text);
  return expr === null ? null : selectorOf(expr);
}

function matcherChange(selector: Selector, label: string, op: MatchOp, value: string): Change | null {
  const added = `${label}${op}${quoteGo(value)}`;
  const same = (matcher: Matcher): boolean => matcher.name === label && matcher.op === op;
  if (selector.matchers.some((matcher) => same(matcher) && matcher.value === value)) return null;
  const existing = op === "=" ? selector.matchers.find(same) : undefined;
  if (existing !== undefined) return { from: existing.from, to: existing.to, insert: added };
  const last = selector.matchers.at(-1);
  const at = last?.to ?? selector.from + 1;
  return { from: at, to: at, insert: last === undefined ? added : `, ${added}` };
}

/**
 * Adds a matcher to every stream selector. One that is there is not added again; `=` replaces the value of another `=` on
 * the label, since both together would match nothing. An empty text becomes a selector.
 */
export function withMatcher(text: string, label: string, op: MatchOp, value: string): string | null {
  if (!isLabelName(label)) return null;
  if (text.trim() === "") return checked(`{${printMatcher({ name: label, op, value, from: 0, to: 0 })}}`);
  const expr = parsed(text);
  if (expr === null) return null;
  const changes = selectorsOf(expr).flatMap((selector) => matcherChange(selector, label, op, value) ?? []);
  return checked(applied(text, changes));
}

/** The end of a pipeline in the text: behind its last stage, or behind the selector. */
function pipelineEnd({ selector, stages }: LogExpr): number {
  return stages.at(-1)?.to ?? selector.to;
}

function insertedAt(at: number, insert: string): Change {
  return { from: at, to: at, insert: ` ${insert}` };
}

export type FilterOp = MatchOp | ">" | ">=" | "<" | "<=";

/**
 * Adds `| field="value"` behind the last stage of every pipeline, before an `unwrap`, where the labels are those that the
 * user sees. With `>` and the like the value is a number, a duration or a size. A filter that is there is not added again.
 */
export function withLabelFilter(text: string, field: string, op: FilterOp, value: string): string | null {
  const expr = parsed(text);
  if (expr === null || !isLabelName(field)) return null;
  const isMatch = op === "=" || op === "!=" || op === "=~" || op === "!~";
  const written = `| ${field}${op}${isMatch ? quoteGo(value) : value}`;
  const changes = logExprsOf(expr).flatMap((log) => {
    const isThere = log.stages.some(
      (stage) =>
        stage.kind === "labelFilter" &&
        (text.slice(stage.from, stage.to) === written ||
          (stage.filter.kind === "string" &&
            stage.filter.matcher.name === field &&
            stage.filter.matcher.op === op &&
            stage.filter.matcher.value === value)),
    );
    return isThere ? [] : [insertedAt(pipelineEnd(log), written)];
  });
  return checked(applied(text, changes));
}

/** Adds a line filter behind the selector and the line filters that follow it. One that is there is not added again. */
export function withLineFilter(text: string, op: LineFilterOp, value: string): string | null {
  const expr = parsed(text);
  if (expr === null) return null;
  const changes = logExprsOf(expr).flatMap(({ selector, stages }) => {
    let at = selector.to;
    for (const stage of stages) {
      if (stage.kind !== "lineFilter") break;
      const [only, more] = stage.operands;
      if (stage.op === op && more === undefined && only?.text === value && !only.ip) return [];
      at = stage.to;
    }
    return [insertedAt(at, `${op} ${quoteGo(value)}`)];
  });
  return checked(applied(text, changes));
}
