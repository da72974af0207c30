import type { BinaryOp, LogExpr, LogRange, RangeOp, Stage, Unwrap, VectorMatching, VectorOp } from "../ast.ts";
import { binaryExpr, labelReplaceExpr, literalValue, rangeAggregation, vectorAggregation } from "./build-metric.ts";
import type { SourceRange } from "./source-range.ts";
import { type BinaryModifier, type GrammarRule, type RangeWindow, rule, type Spanned } from "./symbols.ts";
import type { Terminal } from "./tokens.ts";

const RANGE_OPS: readonly RangeOp[] = [
  "count_over_time",
  "rate",
  "rate_counter",
  "bytes_over_time",
  "bytes_rate",
  "avg_over_time",
  "sum_over_time",
  "min_over_time",
  "max_over_time",
  "stdvar_over_time",
  "stddev_over_time",
  "quantile_over_time",
  "first_over_time",
  "last_over_time",
  "absent_over_time",
];

const VECTOR_OPS: readonly VectorOp[] = [
  "sum",
  "avg",
  "count",
  "max",
  "min",
  "stddev",
  "stdvar",
  "bottomk",
  "topk",
  "approx_topk",
  "sort",
  "sort_desc",
];

const BINARY_OPS: readonly (readonly [Terminal, BinaryOp])[] = [
  ["OR", "or"],
  ["AND", "and"],
  ["UNLESS", "unless"],
  ["ADD", "+"],
  ["SUB", "-"],
  ["MUL", "*"],
  ["DIV", "/"],
  ["MOD", "%"],
  ["POW", "^"],
  ["CMP_EQ", "=="],
  ["NEQ", "!="],
  ["GT", ">"],
  ["GTE", ">="],
  ["LT", "<"],
  ["LTE", "<="],
];

function functionTerminal(op: RangeOp | VectorOp): Terminal {
  // Each function's terminal is its name in capitals; see FUNCTION_WORDS.
  return op.toUpperCase() as Terminal;
}

type Part<T> = Spanned<T> | null;

function logRange(
  selector: Spanned<LogExpr["selector"]>,
  pipeline: Part<readonly Stage[]>,
  unwrap: Part<Unwrap>,
  window: Spanned<RangeWindow>,
  span: SourceRange,
): LogRange {
  const log: LogExpr = {
    kind: "log",
    selector: selector.value,
    stages: pipeline?.value ?? [],
    from: selector.from,
    to: pipeline?.to ?? selector.to,
  };
  return { log, unwrap: unwrap?.value ?? null, ...window.value, ...span };
}

/** The places where a range may stand, with and without pipeline and unwrap. */
const LOG_RANGE_RULES: readonly GrammarRule[] = [
  rule("window", ["RANGE"], ([range]) => ({ intervalNs: range.value.ns, offsetNs: 0n })),
  rule("window", ["RANGE", "OFFSET", "DURATION"], ([range, , offset]) => ({
    intervalNs: range.value.ns,
    offsetNs: offset.value.ns,
  })),
  rule("logRange", ["selector", "window"], (p, span) => logRange(p[0], null, null, p[1], span)),
  rule("logRange", ["selector", "window", "unwrap"], (p, span) => logRange(p[0], null, p[2], p[1], span)),
  rule("logRange", ["selector", "window", "pipeline"], (p, span) => logRange(p[0], p[2], null, p[1], span)),
  rule("logRange", ["selector", "window", "pipeline", "unwrap"], (p, span) => logRange(p[0], p[2], p[3], p[1], span)),
  rule("logRange", ["selector", "unwrap", "window"], (p, span) => logRange(p[0], null, p[1], p[2], span)),
  rule("logRange", ["selector", "pipeline", "window"], (p, span) => logRange(p[0], p[1], null, p[2], span)),
  rule("logRange", ["selector", "pipeline", "unwrap", "window"], (p, span) => logRange(p[0], p[1], p[2], p[3], span)),
  rule("logRange", ["OPEN", "selector", "CLOSE", "window"], (p, span) => logRange(p[1], null, null, p[3], span)),
  rule("logRange", ["OPEN", "selector", "CLOSE", "window", "unwrap"], (p, span) =>
    logRange(p[1], null, p[4], p[3], span),
  ),
  rule("logRange", ["OPEN", "selector", "unwrap", "CLOSE", "window"], (p, span) =>
    logRange(p[1], null, p[2], p[4], span),
  ),
  rule("logRange", ["OPEN", "selector", "pipeline", "CLOSE", "window"], (p, span) =>
    logRange(p[1], p[2], null, p[4], span),
  ),
  rule("logRange", ["OPEN", "selector", "pipeline", "unwrap", "CLOSE", "window"], (p, span) =>
    logRange(p[1], p[2], p[3], p[5], span),
  ),
  rule("logRange", ["OPEN", "logRange", "CLOSE"], ([, inner], span) => ({ ...inner.value, ...span })),
];

function unwrapRules(): GrammarRule[] {
  return [
    rule("unwrap", ["PIPE", "UNWRAP", "IDENTIFIER"], ([, , label], span) => ({
      label: label.value.text,
      conversion: null,
      filters: [],
      ...span,
    })),
    rule("unwrap", ["PIPE", "UNWRAP", "conversion", "OPEN", "IDENTIFIER", "CLOSE"], (parts, span) => ({
      label: parts[4].value.text,
      conversion: parts[2].value,
      filters: [],
      ...span,
    })),
    rule("unwrap", ["unwrap", "PIPE", "labelFilter"], ([unwrap, , filter], span) => ({
      ...unwrap.value,
      filters: [...unwrap.value.filters, filter.value],
      ...span,
    })),
    rule("conversion", ["BYTES_CONV"], () => "bytes"),
    rule("conversion", ["DURATION_CONV"], () => "duration"),
    rule("conversion", ["DURATION_SECONDS_CONV"], () => "duration_seconds"),
  ];
}

function aggregationRules(): GrammarRule[] {
  return [
    ...RANGE_OPS.map((op) => rule("rangeOp", [functionTerminal(op)], () => op)),
    ...VECTOR_OPS.map((op) => rule("vectorOp", [functionTerminal(op)], () => op)),
    rule("rangeAggregation", ["rangeOp", "OPEN", "logRange", "CLOSE"], (p, span) =>
      rangeAggregation(p[0].value, null, p[2].value, null, span),
    ),
    rule("rangeAggregation", ["rangeOp", "OPEN", "NUMBER", "COMMA", "logRange", "CLOSE"], (p, span) =>
      rangeAggregation(p[0].value, p[2].value.text, p[4].value, null, span),
    ),
    rule("rangeAggregation", ["rangeOp", "OPEN", "logRange", "CLOSE", "grouping"], (p, span) =>
      rangeAggregation(p[0].value, null, p[2].value, p[4].value, span),
    ),
    rule("rangeAggregation", ["rangeOp", "OPEN", "NUMBER", "COMMA", "logRange", "CLOSE", "grouping"], (p, span) =>
      rangeAggregation(p[0].value, p[2].value.text, p[4].value, p[6].value, span),
    ),
    rule("vectorAggregation", ["vectorOp", "OPEN", "metricExpr", "CLOSE"], (p, span) =>
      vectorAggregation(p[0].value, null, p[2].value, null, span),
    ),
    rule("vectorAggregation", ["vectorOp", "grouping", "OPEN", "metricExpr", "CLOSE"], (p, span) =>
      vectorAggregation(p[0].value, null, p[3].value, p[1].value, span),
    ),
    rule("vectorAggregation", ["vectorOp", "OPEN", "metricExpr", "CLOSE", "grouping"], (p, span) =>
      vectorAggregation(p[0].value, null, p[2].value, p[4].value, span),
    ),
    rule("vectorAggregation", ["vectorOp", "OPEN", "NUMBER", "COMMA", "metricExpr", "CLOSE"], (p, span) =>
      vectorAggregation(p[0].value, p[2].value.text, p[4].value, null, span),
    ),
    rule("vectorAggregation", ["vectorOp", "OPEN", "NUMBER", "COMMA", "metricExpr", "CLOSE", "grouping"], (p, span) =>
      vectorAggregation(p[0].value, p[2].value.text, p[4].value, p[6].value, span),
    ),
    rule("vectorAggregation", ["vectorOp", "grouping", "OPEN", "NUMBER", "COMMA", "metricExpr", "CLOSE"], (p, span) =>
      vectorAggregation(p[0].value, p[3].value.text, p[5].value, p[1].value, span),
    ),
    rule("grouping", ["BY", "OPEN", "labels", "CLOSE"], (p, span) => ({ labels: p[2].value, without: false, ...span })),
    rule("grouping", ["WITHOUT", "OPEN", "labels", "CLOSE"], (p, span) => ({
      labels: p[2].value,
      without: true,
      ...span,
    })),
    rule("grouping", ["BY", "OPEN", "CLOSE"], (_, span) => ({ labels: [], without: false, ...span })),
    rule("grouping", ["WITHOUT", "OPEN", "CLOSE"], (_, span) => ({ labels: [], without: true, ...span })),
    rule("labels", ["IDENTIFIER"], ([label]) => [label.value.text]),
    rule("labels", ["labels", "COMMA", "IDENTIFIER"], ([first, , label]) => [...first.value, label.value.text]),
  ];
}

function grouped(modifier: BinaryModifier, side: "left" | "right", include: readonly string[]): BinaryModifier {
  const matching = modifier.matching;
  if (matching === null) return modifier;
  const cardinality = side === "left" ? "many-to-one" : "one-to-many";
  return { bool: modifier.bool, matching: { ...matching, cardinality, include } };
}

function matched(bool: boolean, on: boolean, labels: readonly string[]): BinaryModifier {
  const matching: VectorMatching = { on, labels, cardinality: "one-to-one", include: [] };
  return { bool, matching };
}

function binaryRules(): GrammarRule[] {
  const sides = [
    ["GROUP_LEFT", "left"],
    ["GROUP_RIGHT", "right"],
  ] as const;
  const kinds = [
    ["ON", true],
    ["IGNORING", false],
  ] as const;
  return [
    ...BINARY_OPS.map(([terminal, op]) =>
      rule("binary", ["expr", terminal, "modifier", "expr"], ([left, , modifier, right], span) =>
        binaryExpr(op, modifier.value, left.value, right.value, span),
      ),
    ),
    rule("bool", [], () => false),
    rule("bool", ["BOOL"], () => true),
    ...kinds.flatMap(([terminal, on]) => [
      rule("onIgnoring", ["bool", terminal, "OPEN", "labels", "CLOSE"], (p) => matched(p[0].value, on, p[3].value)),
      rule("onIgnoring", ["bool", terminal, "OPEN", "CLOSE"], (p) => matched(p[0].value, on, [])),
    ]),
    rule("modifier", ["bool"], ([bool]) => ({ bool: bool.value, matching: null })),
    rule("modifier", ["onIgnoring"], ([modifier]) => modifier.value),
    ...sides.flatMap(([terminal, side]) => [
      rule("modifier", ["onIgnoring", terminal], (p) => grouped(p[0].value, side, [])),
      rule("modifier", ["onIgnoring", terminal, "OPEN", "CLOSE"], (p) => grouped(p[0].value, side, [])),
      rule("modifier", ["onIgnoring", terminal, "OPEN", "labels", "CLOSE"], (p) =>
        grouped(p[0].value, side, p[3].value),
      ),
    ]),
  ];
}

/** The productions of metric queries. */
export const METRIC_RULES: readonly GrammarRule[] = [
  rule("metricExpr", ["rangeAggregation"], ([expr]) => expr.value),
  rule("metricExpr", ["vectorAggregation"], ([expr]) => expr.value),
  // `binary` builds metric expressions only: its legs are checked.
  rule("metricExpr", ["binary"], ([expr]) => expr.value),
  rule("metricExpr", ["literalExpr"], ([expr]) => expr.value),
  rule("metricExpr", ["labelReplace"], ([expr]) => expr.value),
  rule("metricExpr", ["vector"], ([expr]) => expr.value),
  rule("metricExpr", ["OPEN", "metricExpr", "CLOSE"], ([, inner], span) => ({ ...inner.value, ...span })),
  ...LOG_RANGE_RULES,
  ...unwrapRules(),
  ...aggregationRules(),
  ...binaryRules(),
  rule("literal", ["NUMBER"], ([number]) => ({ text: number.value.text, sign: 1 })),
  rule("literal", ["ADD", "NUMBER"], ([, number]) => ({ text: number.value.text, sign: 1 })),
  rule("literal", ["SUB", "NUMBER"], ([, number]) => ({ text: number.value.text, sign: -1 })),
  rule("literalExpr", ["literal"], ([literal], span) => ({
    kind: "literal",
    value: literalValue(literal.value, literal),
    ...span,
  })),
  rule("vector", ["VECTOR", "OPEN", "NUMBER", "CLOSE"], (p, span) => ({
    kind: "vector",
    value: literalValue({ text: p[2].value.text, sign: 1 }, p[2]),
    ...span,
  })),
  rule(
    "labelReplace",
    [
      "LABEL_REPLACE",
      "OPEN",
      "metricExpr",
      "COMMA",
      "STRING",
      "COMMA",
      "STRING",
      "COMMA",
      "STRING",
      "COMMA",
      "STRING",
      "CLOSE",
    ],
    (p, span) => labelReplaceExpr(p[2].value, p[4].value, p[6].value, p[8].value, p[10].value, span),
  ),
];
