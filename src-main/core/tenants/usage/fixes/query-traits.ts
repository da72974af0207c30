import type { Expr, LabelFilter, LogExpr, LogRange, MetricExpr, Stage } from "../../../../../src-shared/logql/ast.ts";
import { parseLogQl } from "../../../../../src-shared/logql/parser.ts";
import { areBroad } from "./broad-matchers.ts";

/** What of a query's text decides what would make it cheaper. */
export interface QueryTraits {
  readonly metric: boolean;
  /** The matchers leave more than a few streams: they are of labels that many share, or take every value (`=~".+"`). */
  readonly broad: boolean;
  readonly selector: string;
  /** A value that is compared after a parser though no line filter looks for it first. */
  readonly unfiltered: { readonly label: string; readonly text: string } | null;
  /** A label or field that is compared with one value that looks like an id. */
  readonly idLike: string | null;
}

const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;
const HEX_ID = /^[0-9a-f]{16,64}$/i;
const LONG_NUMBER = /^\d{9,}$/;
const PARSERS: ReadonlySet<Stage["kind"]> = new Set(["json", "logfmt", "regexp", "pattern", "unpack"]);
const MIN_TEXT = 3;

/** `null` for what is not LogQL, or no longer: a text that was cut. */
export function queryTraits(query: string): QueryTraits | null {
  const parsed = parseLogQl(query);
  if (!parsed.ok) return null;
  const logs = logsOf(parsed.expr);
  const [first] = logs;
  if (first === undefined) return null;
  const widest = logs.find(isBroad) ?? first;
  return {
    metric: parsed.expr.kind !== "log",
    broad: isBroad(widest),
    selector: query.slice(widest.selector.from, widest.selector.to),
    unfiltered: logs.map(unfiltered).find((one) => one !== null) ?? null,
    idLike: logs.map(idLike).find((one) => one !== null) ?? null,
  };
}

function logsOf(expr: Expr): readonly LogExpr[] {
  if (expr.kind === "log") return [expr];
  if (expr.kind === "variants") return [expr.range.log];
  return rangesOf(expr).map(({ log }) => log);
}

function rangesOf(expr: MetricExpr): readonly LogRange[] {
  switch (expr.kind) {
    case "rangeAggregation":
      return [expr.range];
    case "vectorAggregation":
    case "labelReplace":
      return rangesOf(expr.inner);
    case "binary":
      return [...rangesOf(expr.left), ...rangesOf(expr.right)];
    case "literal":
    case "vector":
      return [];
  }
}

function isBroad({ selector }: LogExpr): boolean {
  return areBroad(selector.matchers);
}

function unfiltered({ stages }: LogExpr): QueryTraits["unfiltered"] {
  const parser = stages.findIndex(({ kind }) => PARSERS.has(kind));
  if (parser < 0) return null;
  const before = stages.slice(0, parser);
  if (before.some((stage) => stage.kind === "lineFilter" && (stage.op === "|=" || stage.op === "|~"))) return null;
  for (const stage of stages.slice(parser + 1)) {
    if (stage.kind !== "labelFilter") continue;
    const found = equalities(stage.filter).find(({ value }) => value.length >= MIN_TEXT);
    if (found !== undefined) return { label: found.name, text: found.value };
  }
  return null;
}

function idLike({ stages }: LogExpr): string | null {
  for (const stage of stages) {
    if (stage.kind !== "labelFilter") continue;
    const found = equalities(stage.filter).find(({ value }) => looksLikeId(value));
    if (found !== undefined) return found.name;
  }
  return null;
}

function looksLikeId(value: string): boolean {
  return UUID.test(value) || HEX_ID.test(value) || LONG_NUMBER.test(value);
}

/** Every `name="value"` that all of a filter's lines have. */
function equalities(filter: LabelFilter): readonly { readonly name: string; readonly value: string }[] {
  if (filter.kind === "and") return [...equalities(filter.left), ...equalities(filter.right)];
  if (filter.kind !== "string" || filter.matcher.op !== "=") return [];
  return [filter.matcher];
}
