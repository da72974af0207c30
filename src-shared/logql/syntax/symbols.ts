import type {
  DropStage,
  Expr,
  Grouping,
  LabelExtraction,
  LabelFilter,
  LabelFormat,
  LineFilterOp,
  LineFilterOperand,
  LineFilterStage,
  LogExpr,
  LogRange,
  Matcher,
  MetricExpr,
  NamedLabel,
  RangeOp,
  Selector,
  Stage,
  Unwrap,
  UnwrapConversion,
  VectorMatching,
  VectorOp,
} from "../ast.ts";
import type { Token } from "./lexer.ts";
import type { SourceRange } from "./source-range.ts";
import type { Terminal } from "./tokens.ts";

export interface RangeWindow {
  readonly intervalNs: bigint;
  readonly offsetNs: bigint;
}

export interface SignedNumber {
  readonly text: string;
  readonly sign: 1 | -1;
}

export interface BinaryModifier {
  readonly bool: boolean;
  readonly matching: VectorMatching | null;
}

/** What each nonterminal of the grammar stands for in the tree. */
export interface NonterminalValues {
  root: Expr;
  expr: Expr;
  logExpr: LogExpr;
  metricExpr: MetricExpr;
  variantsExpr: Expr;
  metricList: readonly MetricExpr[];
  selector: Selector;
  matchers: readonly Matcher[];
  matcher: Matcher;
  logRange: LogRange;
  window: RangeWindow;
  unwrap: Unwrap;
  conversion: UnwrapConversion;
  pipeline: readonly Stage[];
  stage: Stage;
  lineFilters: LineFilterStage;
  lineFilterOp: LineFilterOp;
  lineFilterOperands: readonly LineFilterOperand[];
  parser: Stage;
  parserFlags: readonly string[];
  extractions: readonly LabelExtraction[];
  extraction: LabelExtraction;
  labelFormats: readonly LabelFormat[];
  labelFormat: LabelFormat;
  labelFilter: LabelFilter;
  dropKeep: DropStage;
  namedLabels: readonly NamedLabel[];
  namedLabel: NamedLabel;
  rangeAggregation: MetricExpr;
  rangeOp: RangeOp;
  vectorAggregation: MetricExpr;
  vectorOp: VectorOp;
  labelReplace: MetricExpr;
  vector: MetricExpr;
  literal: SignedNumber;
  literalExpr: MetricExpr;
  binary: MetricExpr;
  bool: boolean;
  onIgnoring: BinaryModifier;
  modifier: BinaryModifier;
  labels: readonly string[];
  grouping: Grouping;
}

export type Nonterminal = keyof NonterminalValues;
export type GrammarSymbol = Nonterminal | Terminal;
export type SymbolValue<S extends GrammarSymbol> = S extends Nonterminal ? NonterminalValues[S] : Token;

export interface Spanned<T> extends SourceRange {
  readonly value: T;
}

type Parts<R extends readonly GrammarSymbol[]> = { readonly [I in keyof R]: Spanned<SymbolValue<R[I]>> };

/** A production with what it builds; the parser engine calls `build` with one part for each symbol on the right. */
export interface GrammarRule {
  readonly left: string;
  readonly right: readonly GrammarSymbol[];
  readonly precedence: Terminal | undefined;
  readonly build: (parts: readonly Spanned<unknown>[], span: SourceRange) => unknown;
}

/** A production whose `build` is checked against the values of its symbols. */
export function rule<L extends Nonterminal, const R extends readonly GrammarSymbol[]>(
  left: L,
  right: R,
  build: (parts: Parts<R>, span: SourceRange) => NonterminalValues[L],
  precedence?: Terminal,
): GrammarRule {
  return {
    left,
    right,
    precedence,
    // The engine hands over exactly one part for each symbol of `right`, made by a rule of that symbol.
    build: (parts, span) => build(parts as Parts<R>, span),
  };
}
