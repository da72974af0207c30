import type {
  Expr,
  LabelFilter,
  LogExpr,
  LogRange,
  Matcher,
  MetricExpr,
  Selector,
  Stage,
} from "../../../../src-shared/logql/ast.ts";

/** What stands for every text. */
export const ANY_TEXT = "?";

function matcher(of: Matcher): Matcher {
  return { ...of, value: ANY_TEXT };
}

function selector(of: Selector): Selector {
  const matchers = of.matchers.map(matcher);
  // Loki does not care for their order either.
  return { ...of, matchers: matchers.toSorted((a, b) => (a.name + a.op < b.name + b.op ? -1 : 1)) };
}

function labelFilter(of: LabelFilter): LabelFilter {
  switch (of.kind) {
    case "string":
      return { ...of, matcher: matcher(of.matcher) };
    case "number":
      return { ...of, value: 0 };
    case "duration":
      return { ...of, ns: 0n };
    case "bytes":
      return { ...of, bytes: 0 };
    case "ip":
      return { ...of, pattern: ANY_TEXT };
    case "and":
    case "or":
      return { ...of, left: labelFilter(of.left), right: labelFilter(of.right) };
  }
}

function stage(of: Stage): Stage {
  switch (of.kind) {
    case "lineFilter":
      // One leg stands for any number of them: `"a" or "b"` and `"a"` are one shape.
      return { ...of, operands: of.operands.slice(0, 1).map((operand) => ({ ...operand, text: ANY_TEXT })) };
    case "regexp":
    case "pattern":
      return { ...of, expression: ANY_TEXT };
    case "lineFormat":
      return { ...of, template: ANY_TEXT };
    case "labelFormat":
      return {
        ...of,
        formats: of.formats.map((format) => (format.rename ? format : { ...format, value: ANY_TEXT })),
      };
    case "labelFilter":
      return { ...of, filter: labelFilter(of.filter) };
    case "drop":
    case "keep":
      return {
        ...of,
        labels: of.labels.map((label) => ({ ...label, matcher: label.matcher && matcher(label.matcher) })),
      };
    case "json":
    case "logfmt":
      return { ...of, extractions: of.extractions.map((one) => ({ ...one, expression: ANY_TEXT })) };
    case "unpack":
    case "decolorize":
      return of;
  }
}

function log(of: LogExpr): LogExpr {
  return { ...of, selector: selector(of.selector), stages: of.stages.map(stage) };
}

function range(of: LogRange): LogRange {
  const unwrap = of.unwrap && { ...of.unwrap, filters: of.unwrap.filters.map(labelFilter) };
  return { ...of, log: log(of.log), unwrap };
}

function metric(of: MetricExpr): MetricExpr {
  switch (of.kind) {
    case "rangeAggregation":
      return { ...of, range: range(of.range) };
    case "vectorAggregation":
      return { ...of, inner: metric(of.inner) };
    case "labelReplace":
      return { ...of, inner: metric(of.inner), replacement: ANY_TEXT, expression: ANY_TEXT };
    case "binary":
      return { ...of, left: metric(of.left), right: metric(of.right) };
    case "literal":
    case "vector":
      return of;
  }
}

/** The expression with every text that a person chose replaced by `?`. */
export function withoutLiterals(of: Expr): Expr {
  if (of.kind === "log") return log(of);
  if (of.kind === "variants") return { ...of, variants: of.variants.map(metric), range: range(of.range) };
  return metric(of);
}
