import type {
  BinaryExpr,
  Expr,
  LabelReplaceExpr,
  LogExpr,
  LogRange,
  RangeAggregation,
  VariantsExpr,
  VectorAggregation,
} from "./ast.ts";
import {
  hasParam,
  printExpr,
  printGrouping,
  printLabelFilter,
  printLogExpr,
  printLogRange,
  printOperator,
  printSelector,
  printStage,
} from "./printer.ts";
import { formatGoDuration, formatPrometheusDuration } from "./text/go-duration.ts";
import { formatGoFloatShort } from "./text/go-number.ts";
import { quoteGo } from "./text/go-quote.ts";

/** What is longer on one line is broken into several. */
const MAX_WIDTH = 100;

function indent(level: number): string {
  return "  ".repeat(level);
}

function fits(text: string): boolean {
  return text.length <= MAX_WIDTH;
}

function call(head: string, args: readonly string[], level: number): string {
  return `${head}(\n${args.join(",\n")}\n${indent(level)})`;
}

function formatLog(log: LogExpr, level: number, breaks = false): string {
  const line = printLogExpr(log);
  if ((fits(line) && !breaks) || log.stages.length === 0) return indent(level) + line;
  const stages = log.stages.map((stage) => indent(level + 1) + printStage(stage));
  return [indent(level) + printSelector(log.selector), ...stages].join("\n");
}

function formatRange({ log, unwrap, intervalNs, offsetNs }: LogRange, level: number): string {
  const lines = [formatLog(log, level, unwrap !== null)];
  if (unwrap !== null) {
    const target = unwrap.conversion === null ? unwrap.label : `${unwrap.conversion}(${unwrap.label})`;
    const stages = [`| unwrap ${target}`, ...unwrap.filters.map((filter) => `| ${printLabelFilter(filter)}`)];
    lines.push(...stages.map((stage) => indent(level + 1) + stage));
  }
  const offset = offsetNs === 0n ? "" : ` offset ${formatGoDuration(offsetNs)}`;
  return `${lines.join("\n")} [${formatPrometheusDuration(intervalNs)}]${offset}`;
}

function formatRangeAggregation({ op, param, range, grouping }: RangeAggregation, level: number): string {
  const args = [
    ...(param === null ? [] : [indent(level + 1) + formatGoFloatShort(param)]),
    formatRange(range, level + 1),
  ];
  return indent(level) + call(op, args, level) + printGrouping(grouping);
}

function formatVectorAggregation(expr: VectorAggregation, level: number): string {
  const args = [...(hasParam(expr) ? [`${indent(level + 1)}${expr.param}`] : []), format(expr.inner, level + 1)];
  return indent(level) + call(expr.op + printGrouping(expr.grouping), args, level);
}

function formatBinary(expr: BinaryExpr, level: number): string {
  // Parentheses keep the order of evaluation that the tree has.
  const leg = (side: Expr): string => {
    if (side.kind !== "binary" || fits(printExpr(side))) return format(side, level + 1);
    return `${indent(level + 1)}(\n${format(side, level + 2)}\n${indent(level + 1)})`;
  };
  return [leg(expr.left), indent(level) + printOperator(expr), leg(expr.right)].join("\n");
}

function formatLabelReplace(expr: LabelReplaceExpr, level: number): string {
  const texts = [expr.destination, expr.replacement, expr.source, expr.expression];
  const args = [format(expr.inner, level + 1), ...texts.map((text) => indent(level + 1) + quoteGo(text))];
  return indent(level) + call("label_replace", args, level);
}

function formatVariants({ variants, range }: VariantsExpr, level: number): string {
  const args = variants.map((variant) => format(variant, level + 1));
  return `${indent(level)}${call("variants", args, level)} of (${printLogRange(range)})`;
}

function format(expr: Expr, level: number): string {
  const line = printExpr(expr);
  if (fits(line)) return indent(level) + line;
  switch (expr.kind) {
    case "log":
      return formatLog(expr, level);
    case "rangeAggregation":
      return formatRangeAggregation(expr, level);
    case "vectorAggregation":
      return formatVectorAggregation(expr, level);
    case "binary":
      return formatBinary(expr, level);
    case "labelReplace":
      return formatLabelReplace(expr, level);
    case "variants":
      return formatVariants(expr, level);
    case "literal":
    case "vector":
      return indent(level) + line;
  }
}

/** An expression as Loki's `format_query` gives it: on one line up to 100 characters, else one part a line. */
export function formatLogQl(expr: Expr): string {
  return format(expr, 0);
}
