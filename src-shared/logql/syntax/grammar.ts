import { buildLalrTables, type LalrTables, type Precedence, START } from "./lalr.ts";
import { METRIC_RULES } from "./grammar-metric.ts";
import { PIPELINE_RULES } from "./grammar-pipeline.ts";
import { type GrammarRule, rule } from "./symbols.ts";
import type { Terminal } from "./tokens.ts";

const START_RULE: GrammarRule = {
  left: START,
  right: ["root"],
  precedence: undefined,
  build: ([root]) => root?.value,
};

/** LogQL's grammar. The order decides between two reductions, as in yacc. */
export const RULES: readonly GrammarRule[] = [
  START_RULE,
  rule("root", ["expr"], ([expr]) => expr.value),
  rule("expr", ["logExpr"], ([expr]) => expr.value),
  rule("expr", ["metricExpr"], ([expr]) => expr.value),
  rule("expr", ["variantsExpr"], ([expr]) => expr.value),
  rule("logExpr", ["selector"], ([selector], span) => ({
    kind: "log",
    selector: selector.value,
    stages: [],
    ...span,
  })),
  rule("logExpr", ["selector", "pipeline"], ([selector, pipeline], span) => ({
    kind: "log",
    selector: selector.value,
    stages: pipeline.value,
    ...span,
  })),
  rule("logExpr", ["OPEN", "logExpr", "CLOSE"], ([, inner], span) => ({ ...inner.value, ...span })),
  rule("variantsExpr", ["VARIANTS", "OPEN", "metricList", "CLOSE", "OF", "OPEN", "logRange", "CLOSE"], (p, span) => ({
    kind: "variants",
    variants: p[2].value,
    range: p[6].value,
    ...span,
  })),
  rule("metricList", ["metricExpr"], ([expr]) => [expr.value]),
  rule("metricList", ["metricList", "COMMA", "metricExpr"], ([first, , expr]) => [...first.value, expr.value]),
  ...METRIC_RULES,
  ...PIPELINE_RULES,
];

const LEVELS: readonly (readonly [Precedence["associativity"], readonly Terminal[]])[] = [
  ["left", ["OR"]],
  ["left", ["AND", "UNLESS"]],
  ["left", ["CMP_EQ", "NEQ", "LT", "LTE", "GT", "GTE"]],
  ["left", ["ADD", "SUB"]],
  ["left", ["MUL", "DIV", "MOD"]],
  ["right", ["POW"]],
];

/** Operators from the weakest to the strongest. */
function precedences(): ReadonlyMap<string, Precedence> {
  return new Map(
    LEVELS.flatMap(([associativity, terminals], level) =>
      terminals.map((terminal): [string, Precedence] => [terminal, { level, associativity }]),
    ),
  );
}

/** Builds the parser's tables; takes some milliseconds, so the caller keeps them. */
export function buildGrammarTables(): LalrTables {
  return buildLalrTables(RULES, precedences());
}
