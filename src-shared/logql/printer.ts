import type {
  BinaryExpr,
  Expr,
  Grouping,
  LabelExtraction,
  LabelFilter,
  LineFilterStage,
  LogExpr,
  LogRange,
  Matcher,
  NamedLabel,
  RangeAggregation,
  Selector,
  Stage,
  Unwrap,
  VectorAggregation,
} from "./ast.ts";
import { formatByteSize } from "./text/byte-size.ts";
import { formatGoDuration, formatPrometheusDuration } from "./text/go-duration.ts";
import { formatGoFloat, formatGoFloatShort } from "./text/go-number.ts";
import { quoteGo } from "./text/go-quote.ts";

/** Expressions on one line, as Loki prints them: in its error texts, and below the width at which it breaks lines. */

export function printMatcher({ name, op, value }: Matcher): string {
  return `${name}${op}${quoteGo(value)}`;
}

export function printSelector({ matchers }: Selector): string {
  return `{${matchers.map(printMatcher).join(", ")}}`;
}

export function printLabelFilter(filter: LabelFilter): string {
  switch (filter.kind) {
    case "string":
      return printMatcher(filter.matcher);
    case "number":
      return `${filter.name}${filter.op}${formatGoFloat(filter.value)}`;
    case "duration":
      return `${filter.name}${filter.op}${formatGoDuration(filter.ns)}`;
    case "bytes":
      return `${filter.name}${filter.op}${formatByteSize(filter.bytes).replace(" ", "")}`;
    case "ip":
      return `${filter.name}${filter.op}ip(${quoteGo(filter.pattern)})`;
    case "and":
      return `( ${printLabelFilter(filter.left)} , ${printLabelFilter(filter.right)} )`;
    case "or":
      return `( ${printLabelFilter(filter.left)} or ${printLabelFilter(filter.right)} )`;
  }
}

export function printLineFilter({ op, operands }: LineFilterStage): string {
  const legs = operands.map(({ text, ip }) => (ip ? `ip(${quoteGo(text)})` : quoteGo(text)));
  return `${op} ${legs.join(" or ")}`;
}

function printExtractions(extractions: readonly LabelExtraction[]): string {
  return extractions.map(({ name, expression }) => `${name}=${quoteGo(expression)}`).join(",");
}

function printNamed({ name, matcher }: NamedLabel): string {
  return matcher === null ? name : printMatcher(matcher);
}

function words(...parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join(" ");
}

export function printStage(stage: Stage): string {
  switch (stage.kind) {
    case "lineFilter":
      return printLineFilter(stage);
    case "json":
      return words("| json", printExtractions(stage.extractions));
    case "logfmt": {
      const flags = [stage.strict ? "--strict" : "", stage.keepEmpty ? "--keep-empty" : ""];
      return words("| logfmt", ...flags, printExtractions(stage.extractions));
    }
    case "regexp":
    case "pattern":
      return `| ${stage.kind} ${quoteGo(stage.expression)}`;
    case "unpack":
    case "decolorize":
      return `| ${stage.kind}`;
    case "lineFormat":
      return `| line_format ${quoteGo(stage.template)}`;
    case "labelFormat": {
      const formats = stage.formats.map(({ name, value, rename }) => `${name}=${rename ? value : quoteGo(value)}`);
      return `| label_format ${formats.join(",")}`;
    }
    case "labelFilter":
      return `| ${printLabelFilter(stage.filter)}`;
    case "drop":
    case "keep":
      return `| ${stage.kind} ${stage.labels.map(printNamed).join(",")}`;
  }
}

export function printLogExpr({ selector, stages }: LogExpr): string {
  return words(printSelector(selector), ...stages.map(printStage));
}

export function printUnwrap({ label, conversion, filters }: Unwrap): string {
  const target = conversion === null ? label : `${conversion}(${label})`;
  return words(`| unwrap ${target}`, ...filters.map((filter) => `| ${printLabelFilter(filter)}`));
}

export function printLogRange({ log, unwrap, intervalNs, offsetNs }: LogRange): string {
  const source = words(printLogExpr(log), unwrap === null ? "" : printUnwrap(unwrap));
  const offset = offsetNs === 0n ? "" : ` offset ${formatGoDuration(offsetNs)}`;
  return `${source}[${formatPrometheusDuration(intervalNs)}]${offset}`;
}

/** ` by (a,b)` with its leading space; empty without a grouping. */
export function printGrouping(grouping: Grouping | null): string {
  if (grouping === null) return "";
  return ` ${grouping.without ? "without" : "by"} (${grouping.labels.join(",")})`;
}

function printRangeAggregation({ op, param, range, grouping }: RangeAggregation): string {
  const prefix = param === null ? "" : `${formatGoFloatShort(param)},`;
  return `${op}(${prefix}${printLogRange(range)})${printGrouping(grouping)}`;
}

export function hasParam({ op, param }: VectorAggregation): boolean {
  return op === "topk" || op === "bottomk" || param !== 0;
}

function printVectorAggregation(expr: VectorAggregation): string {
  const prefix = hasParam(expr) ? `${expr.param},` : "";
  return `${expr.op}${printGrouping(expr.grouping)}(${prefix}${printExpr(expr.inner)})`;
}

/** The operator with `bool`, `on`, `ignoring` and `group_…` behind it. */
export function printOperator({ op, bool, matching }: BinaryExpr): string {
  const head = bool ? `${op} bool` : op;
  if (matching === null) return head;
  const side =
    matching.cardinality === "one-to-one" ? "" : matching.cardinality === "many-to-one" ? "group_left" : "group_right";
  const include = matching.include.length === 0 ? "" : `(${matching.include.join(", ")})`;
  return words(head, matching.on ? "on" : "ignoring", `(${matching.labels.join(", ")})`, side, include);
}

/** An expression on one line. What it gives parses to the same expression. */
export function printExpr(expr: Expr): string {
  switch (expr.kind) {
    case "log":
      return printLogExpr(expr);
    case "rangeAggregation":
      return printRangeAggregation(expr);
    case "vectorAggregation":
      return printVectorAggregation(expr);
    case "binary":
      return `(${printExpr(expr.left)} ${printOperator(expr)} ${printExpr(expr.right)})`;
    case "literal":
      return formatGoFloatShort(expr.value);
    case "vector":
      return `vector(${expr.value.toFixed(6)})`;
    case "labelReplace": {
      const texts = [expr.destination, expr.replacement, expr.source, expr.expression].map(quoteGo);
      return `label_replace(${[printExpr(expr.inner), ...texts].join(",")})`;
    }
    case "variants":
      return `variants(${expr.variants.map(printExpr).join(", ")}) of (${printLogRange(expr.range)})`;
  }
}
