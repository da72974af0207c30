import type { SourceRange } from "./syntax/source-range.ts";

/** How a label matcher or a string label filter compares. Regular expressions are RE2's and match the whole value. */
export type MatchOp = "=" | "!=" | "=~" | "!~";

export interface Matcher extends SourceRange {
  readonly name: string;
  readonly op: MatchOp;
  readonly value: string;
}

/** `{app="payments", level!="debug"}` */
export interface Selector extends SourceRange {
  readonly matchers: readonly Matcher[];
}

export type LineFilterOp = "|=" | "!=" | "|~" | "!~" | "|>" | "!>";

/** One leg of a line filter: a text, or with `ip` the addresses that `ip("…")` names. */
export interface LineFilterOperand extends SourceRange {
  readonly text: string;
  readonly ip: boolean;
}

/** `|= "a" or "b"`: any of the operands; with a negative operator none of them. */
export interface LineFilterStage extends SourceRange {
  readonly kind: "lineFilter";
  readonly op: LineFilterOp;
  readonly operands: readonly LineFilterOperand[];
}

/** `name="expression"` of `json` and `logfmt`; a bare `name` extracts the field of that name. */
export interface LabelExtraction extends SourceRange {
  readonly name: string;
  readonly expression: string;
}

export interface JsonStage extends SourceRange {
  readonly kind: "json";
  readonly extractions: readonly LabelExtraction[];
}

export interface LogfmtStage extends SourceRange {
  readonly kind: "logfmt";
  readonly strict: boolean;
  readonly keepEmpty: boolean;
  readonly extractions: readonly LabelExtraction[];
}

export interface RegexpStage extends SourceRange {
  readonly kind: "regexp";
  readonly expression: string;
}

export interface PatternStage extends SourceRange {
  readonly kind: "pattern";
  readonly expression: string;
}

export interface UnpackStage extends SourceRange {
  readonly kind: "unpack";
}

export interface DecolorizeStage extends SourceRange {
  readonly kind: "decolorize";
}

export interface LineFormatStage extends SourceRange {
  readonly kind: "lineFormat";
  readonly template: string;
}

/** `name=source` (`rename`) or `name="template"`. */
export interface LabelFormat extends SourceRange {
  readonly name: string;
  readonly value: string;
  readonly rename: boolean;
}

export interface LabelFormatStage extends SourceRange {
  readonly kind: "labelFormat";
  readonly formats: readonly LabelFormat[];
}

export type CompareOp = "==" | "!=" | ">" | ">=" | "<" | "<=";

export interface StringFilter extends SourceRange {
  readonly kind: "string";
  readonly matcher: Matcher;
}

export interface NumberFilter extends SourceRange {
  readonly kind: "number";
  readonly name: string;
  readonly op: CompareOp;
  readonly value: number;
}

export interface DurationFilter extends SourceRange {
  readonly kind: "duration";
  readonly name: string;
  readonly op: CompareOp;
  readonly ns: bigint;
}

export interface BytesFilter extends SourceRange {
  readonly kind: "bytes";
  readonly name: string;
  readonly op: CompareOp;
  readonly bytes: number;
}

export interface IpFilter extends SourceRange {
  readonly kind: "ip";
  readonly name: string;
  readonly op: "=" | "!=";
  readonly pattern: string;
}

/** `and`, a comma and plain adjacency mean the same. */
export interface BinaryFilter extends SourceRange {
  readonly kind: "and" | "or";
  readonly left: LabelFilter;
  readonly right: LabelFilter;
}

export type LabelFilter = StringFilter | NumberFilter | DurationFilter | BytesFilter | IpFilter | BinaryFilter;

export interface LabelFilterStage extends SourceRange {
  readonly kind: "labelFilter";
  readonly filter: LabelFilter;
}

/** A label named in `drop` or `keep`; with a matcher only where the value matches. */
export interface NamedLabel extends SourceRange {
  readonly name: string;
  readonly matcher: Matcher | null;
}

export interface DropStage extends SourceRange {
  readonly kind: "drop" | "keep";
  readonly labels: readonly NamedLabel[];
}

export type Stage =
  | LineFilterStage
  | JsonStage
  | LogfmtStage
  | RegexpStage
  | PatternStage
  | UnpackStage
  | DecolorizeStage
  | LineFormatStage
  | LabelFormatStage
  | LabelFilterStage
  | DropStage;

/** A log query: a stream selector and the stages behind it. */
export interface LogExpr extends SourceRange {
  readonly kind: "log";
  readonly selector: Selector;
  readonly stages: readonly Stage[];
}

export type UnwrapConversion = "bytes" | "duration" | "duration_seconds";

/** `| unwrap duration(latency) | __error__=""` */
export interface Unwrap extends SourceRange {
  readonly label: string;
  readonly conversion: UnwrapConversion | null;
  readonly filters: readonly LabelFilter[];
}

/** `{…} | json | unwrap x [5m] offset 1h` */
export interface LogRange extends SourceRange {
  readonly log: LogExpr;
  readonly unwrap: Unwrap | null;
  readonly intervalNs: bigint;
  /** 0 without an offset; may be negative. */
  readonly offsetNs: bigint;
}

/** `by (a, b)` or, with `without`, all labels but these. */
export interface Grouping extends SourceRange {
  readonly labels: readonly string[];
  readonly without: boolean;
}

export type RangeOp =
  | "rate"
  | "rate_counter"
  | "count_over_time"
  | "bytes_over_time"
  | "bytes_rate"
  | "avg_over_time"
  | "sum_over_time"
  | "min_over_time"
  | "max_over_time"
  | "stdvar_over_time"
  | "stddev_over_time"
  | "quantile_over_time"
  | "first_over_time"
  | "last_over_time"
  | "absent_over_time";

export interface RangeAggregation extends SourceRange {
  readonly kind: "rangeAggregation";
  readonly op: RangeOp;
  /** φ of `quantile_over_time`. */
  readonly param: number | null;
  readonly range: LogRange;
  readonly grouping: Grouping | null;
}

export type VectorOp =
  | "sum"
  | "avg"
  | "max"
  | "min"
  | "count"
  | "stddev"
  | "stdvar"
  | "bottomk"
  | "topk"
  | "approx_topk"
  | "sort"
  | "sort_desc";

export interface VectorAggregation extends SourceRange {
  readonly kind: "vectorAggregation";
  readonly op: VectorOp;
  /** k of `topk`, `bottomk` and `approx_topk`; otherwise 0. */
  readonly param: number;
  readonly inner: MetricExpr;
  readonly grouping: Grouping | null;
}

export type ArithmeticOp = "+" | "-" | "*" | "/" | "%" | "^";
export type SetOp = "or" | "and" | "unless";
export type BinaryOp = ArithmeticOp | CompareOp | SetOp;

export interface VectorMatching {
  /** `on` (true) or `ignoring`. */
  readonly on: boolean;
  readonly labels: readonly string[];
  readonly cardinality: "one-to-one" | "many-to-one" | "one-to-many";
  /** Labels of `group_left(…)` or `group_right(…)`. */
  readonly include: readonly string[];
}

export interface BinaryExpr extends SourceRange {
  readonly kind: "binary";
  readonly op: BinaryOp;
  readonly left: MetricExpr;
  readonly right: MetricExpr;
  readonly bool: boolean;
  /** `null` where none was written: all labels, one to one. */
  readonly matching: VectorMatching | null;
}

/** A number, also one that literals were folded to (`1 + 2`). */
export interface LiteralExpr extends SourceRange {
  readonly kind: "literal";
  readonly value: number;
}

export interface VectorExpr extends SourceRange {
  readonly kind: "vector";
  readonly value: number;
}

export interface LabelReplaceExpr extends SourceRange {
  readonly kind: "labelReplace";
  readonly inner: MetricExpr;
  readonly destination: string;
  readonly replacement: string;
  readonly source: string;
  readonly expression: string;
}

export type MetricExpr =
  | RangeAggregation
  | VectorAggregation
  | BinaryExpr
  | LiteralExpr
  | VectorExpr
  | LabelReplaceExpr;

/** `variants(count_over_time(…), …) of ({…}[5m])` */
export interface VariantsExpr extends SourceRange {
  readonly kind: "variants";
  readonly variants: readonly MetricExpr[];
  readonly range: LogRange;
}

export type Expr = LogExpr | MetricExpr | VariantsExpr;

export function isLogExpr(expr: Expr): expr is LogExpr {
  return expr.kind === "log";
}

/** The stream selectors of an expression, in their order in the text. */
export function selectorsOf(expr: Expr): readonly Selector[] {
  switch (expr.kind) {
    case "log":
      return [expr.selector];
    case "rangeAggregation":
      return [expr.range.log.selector];
    case "vectorAggregation":
    case "labelReplace":
      return selectorsOf(expr.inner);
    case "binary":
      return [...selectorsOf(expr.left), ...selectorsOf(expr.right)];
    case "literal":
    case "vector":
      return [];
    case "variants":
      return [...expr.variants.flatMap(selectorsOf), expr.range.log.selector];
  }
}
