import type { LabelFilter, LineFilterOperand, LineFilterStage, Stage } from "../ast.ts";
import { simplifyLabelRegex, simplifyLineRegex } from "../regex/loki-simplify.ts";
import type { TextTest } from "../regex/regex-test.ts";

/**
 * What Loki 3.7.6 does otherwise than documented, for `compat: "loki"`. Each function is one of these:
 *
 * - line-regex-rewrite: a line regex `literal.*(a|b)` is taken for "contains literal+a or literal+b"; the `.*` is lost.
 * - or-true-leg: a leg that always matches ("", `.*`, an empty alternative) is dropped from an `or` chain or alternation.
 * - ip-in-or: `ip("…")` in an `or` chain is "contains" of its text.
 * - case-fold: `(?i)` of a plain text compares by lower-casing, not by Unicode's simple folding.
 * - label-regex-unanchored: a regex of a label filter that can be simplified is searched in the value, not matched to it.
 * - error-details-filter: a filter on `__error_details__` sees "" always (in label-filters.ts).
 * - relabel-short-circuit: in a log query a label filter is decided while parsing, even when `label_format` in between
 *   gives the label another value (`earlyFilterStages`).
 * - decolorize-hoist: line filters are moved in front of `decolorize` and parsers (`hoistLineFilters`).
 *
 * In metric/loki-376-metric-bugs.ts: rate-counter, matching-500, literal-inf, scalar-timestamp; in the runner: chunk-end.
 * accepted-syntax is how the grammar is, in both modes.
 */

/** The test of a line filter with its bugs; `null` when it has none. */
export function lokiLineFilter(
  stage: LineFilterStage,
  compile: (operand: LineFilterOperand) => TextTest,
): TextTest | null {
  const isRegex = stage.op === "|~" || stage.op === "!~";
  const isText = stage.op === "|=" || stage.op === "!=";
  const chained = stage.operands.length > 1;
  if (!isRegex && !(chained && isText)) return null;
  const legs = stage.operands.map((operand): TextTest | "true" => {
    if (isText) {
      if (operand.text === "") return "true";
      const { text } = operand;
      return chained ? (line) => line.includes(text) : compile(operand);
    }
    return simplifyLineRegex(operand.text) ?? compile(operand);
  });
  const tests = legs.filter((leg) => leg !== "true");
  const negative = stage.op.startsWith("!");
  if (tests.length === 0) return () => !negative;
  const any: TextTest = (line) => tests.some((test) => test(line));
  return negative ? (line) => !any(line) : any;
}

/** The test of a label filter's regex; `null` where it is anchored as it should be. */
export function lokiLabelRegex(expression: string): TextTest | null {
  const simple = simplifyLabelRegex(expression);
  return simple === "true" ? () => true : simple;
}

function stopsHoisting(stage: Stage): boolean {
  return stage.kind === "lineFormat" || stage.kind === "unpack" || stage.kind === "labelFilter";
}

/** Line filters in front of the stages before them, up to one that changes the line or filters labels. */
export function hoistLineFilters(stages: readonly Stage[]): readonly Stage[] {
  const out: Stage[] = [];
  let from = 0;
  for (const stage of stages) {
    if (stage.kind === "lineFilter") {
      out.splice(from, 0, stage);
      from++;
    } else {
      out.push(stage);
      if (stopsHoisting(stage)) from = out.length;
    }
  }
  return out;
}

/** The label filters that are decided while parsing: each on one label, wherever they stand. */
export function earlyFilterStages(stages: readonly Stage[]): readonly LabelFilter[] {
  return stages.flatMap((stage) => {
    if (stage.kind !== "labelFilter") return [];
    return stage.filter.kind === "and" || stage.filter.kind === "or" ? [] : [stage.filter];
  });
}
