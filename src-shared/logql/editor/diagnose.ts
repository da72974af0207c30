import {
  type Expr,
  type LabelFilter,
  type LogExpr,
  type Matcher,
  type Selector,
  selectorsOf,
  type Stage,
} from "../ast.ts";
import type { LogQlError } from "../logql-error.ts";
import { parseLogQl } from "../parser.ts";
import { canMatchEmpty, compileMatcher } from "../pipeline/matchers.ts";
import { isRewrittenLineRegex, isUnanchoredLabelRegex } from "../regex/loki-simplify.ts";
import type { SourceRange } from "../syntax/source-range.ts";
import { logExprsOf } from "./log-exprs.ts";

export type DiagnosticCode =
  /** Loki refuses the query; `text` is what it says. */
  | "syntax"
  /** As `syntax`, for a function that does not exist: `name`. */
  | "unknown-function"
  /** As `syntax`, for a regular expression that does not compile. */
  | "invalid-regex"
  /** As `syntax`: no matcher narrows the selector. */
  | "empty-selector"
  /** The selector takes every stream that has the label `label`. */
  | "catch-all-selector"
  /** Loki 3.7.6 searches this regex in the value, instead of matching it to the whole of it. */
  | "unanchored-label-regex"
  /** Loki 3.7.6 loses the `.*` of this regex, which then matches nothing. */
  | "rewritten-line-regex";

export interface LogQlDiagnostic extends SourceRange {
  readonly severity: "error" | "warning";
  readonly code: DiagnosticCode;
  readonly params: Readonly<Record<string, string>>;
  /** Loki's own words for an error; "" for a warning, which is ours. */
  readonly text: string;
}

/** Label values that a catch-all matcher takes all of. */
const PROBES = ["a", "0", "kube-system", "/var/log", "Ünïcode 日本", "-"];

/** Whether a matcher takes every value but "". */
export function isCatchAll(matcher: Matcher): boolean {
  if (matcher.op === "=") return false;
  const test = compileMatcher(matcher);
  return PROBES.every((value) => test(value));
}

function catchAll({ matchers }: Selector): LogQlDiagnostic[] {
  const narrowing = matchers.filter((matcher) => !canMatchEmpty(matcher));
  const [first] = narrowing;
  if (first === undefined || !narrowing.every(isCatchAll)) return [];
  return [
    { ...range(first), severity: "warning", code: "catch-all-selector", params: { label: first.name }, text: "" },
  ];
}

function range({ from, to }: SourceRange): SourceRange {
  return { from, to };
}

function labelRegexes(filter: LabelFilter): readonly Matcher[] {
  if (filter.kind === "and" || filter.kind === "or")
    return [...labelRegexes(filter.left), ...labelRegexes(filter.right)];
  if (filter.kind !== "string") return [];
  return filter.matcher.op === "=~" || filter.matcher.op === "!~" ? [filter.matcher] : [];
}

function stageWarnings(stage: Stage): LogQlDiagnostic[] {
  if (stage.kind === "labelFilter") {
    return labelRegexes(stage.filter)
      .filter(({ value }) => isUnanchoredLabelRegex(value))
      .map((matcher) => ({
        ...range(matcher),
        severity: "warning",
        code: "unanchored-label-regex",
        params: { label: matcher.name, regex: matcher.value },
        text: "",
      }));
  }
  if (stage.kind !== "lineFilter" || (stage.op !== "|~" && stage.op !== "!~")) return [];
  return stage.operands
    .filter(({ text }) => isRewrittenLineRegex(text))
    .map((operand) => ({
      ...range(operand),
      severity: "warning",
      code: "rewritten-line-regex",
      params: { regex: operand.text },
      text: "",
    }));
}

function warnings(expr: Expr): LogQlDiagnostic[] {
  const stages = logExprsOf(expr).flatMap((log: LogExpr) => log.stages.flatMap(stageWarnings));
  return [...selectorsOf(expr).flatMap(catchAll), ...stages].toSorted((left, right) => left.from - right.from);
}

function codeOf(text: string, error: LogQlError): Pick<LogQlDiagnostic, "code" | "params"> {
  if (error.text.includes("empty-compatible value")) return { code: "empty-selector", params: {} };
  if (error.text.includes("error parsing regexp")) return { code: "invalid-regex", params: {} };
  const name = text.slice(error.from, error.to);
  const isCall = /^\s*\(/.test(text.slice(error.to)) && /^[a-zA-Z_]\w*$/.test(name);
  if (isCall && error.text.includes("unexpected IDENTIFIER")) return { code: "unknown-function", params: { name } };
  return { code: "syntax", params: {} };
}

/** The places of a text that are wrong or doubtful, in their order. Empty for an empty text. */
export function diagnoseLogQl(text: string): readonly LogQlDiagnostic[] {
  if (text.trim() === "") return [];
  const result = parseLogQl(text);
  if (result.ok) return warnings(result.expr);
  const { error } = result;
  const from = Math.min(error.from, text.length);
  return [
    {
      from,
      to: Math.min(Math.max(error.to, from), text.length),
      severity: "error",
      text: error.text,
      ...codeOf(text, error),
    },
  ];
}
