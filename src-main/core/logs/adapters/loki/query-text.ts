import { parser } from "@grafana/lezer-logql";

/** A log query cut at its selector: `head + selector + tail` is the query. */
export interface LogQueryText {
  readonly head: string;
  /** `{app="payments"}` */
  readonly selector: string;
  /** Line filters, parsers and all the rest. */
  readonly tail: string;
}

/**
 * Whether the text is a metric query. A text that does not parse, as newer functions may not, is one unless it begins with
 * a selector: Loki says what is wrong with it.
 */
export function isMetricQuery(expr: string): boolean {
  let metric = false;
  let log = false;
  parser.parse(expr).iterate({
    enter(node) {
      if (node.name === "MetricExpr") metric = true;
      if (node.name === "LogExpr" && !metric) log = true;
      return !metric && !log;
    },
  });
  if (metric || log) return metric;
  return !/^(?:\s|\(|#[^\n]*\n)*\{/.test(expr) && expr.trim() !== "";
}

/** The stream selectors of a query, each once, in the order in which they stand in it. */
export function selectorsOf(expr: string): readonly string[] {
  const found = new Set<string>();
  parser.parse(expr).iterate({
    enter(node) {
      if (node.name === "Selector") found.add(expr.slice(node.from, node.to));
    },
  });
  return [...found];
}

/** `null` when the text is not a log query with one selector. */
export function cutAtSelector(expr: string): LogQueryText | null {
  const places: { readonly from: number; readonly to: number }[] = [];
  let broken = false;
  parser.parse(expr).iterate({
    enter(node) {
      if (node.type.isError || node.name === "MetricExpr") broken = true;
      if (node.name === "Selector") places.push({ from: node.from, to: node.to });
    },
  });
  const place = places[0];
  if (broken || place === undefined || places.length !== 1) return null;
  return { head: expr.slice(0, place.from), selector: expr.slice(place.from, place.to), tail: expr.slice(place.to) };
}

/** Whether anything after the selector may leave lines out; then the index does not say how many rows to expect. */
export function hasPipeline(expr: string): boolean {
  let pipeline = false;
  parser.parse(expr).iterate({
    enter(node) {
      if (node.name === "PipelineExpr") pipeline = true;
    },
  });
  return pipeline;
}

const DURATION_UNITS_NS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3_600e9,
  d: 86_400e9,
  w: 604_800e9,
  y: 31_536_000e9,
};

/** The longest range vector or offset of a query in nanoseconds, added up: how far before its start it reads at most. */
export function longestRangeNs(expr: string): bigint {
  let longest = 0;
  let offset = 0;
  parser.parse(expr).iterate({
    enter(node) {
      if (node.name !== "Duration") return;
      let ns = 0;
      for (const [, amount = "0", unit = "s"] of expr
        .slice(node.from, node.to)
        .matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h|d|w|y)/g)) {
        ns += Number(amount) * (DURATION_UNITS_NS[unit] ?? 0);
      }
      if (node.node.parent?.name === "OffsetExpr") offset = Math.max(offset, ns);
      else longest = Math.max(longest, ns);
    },
  });
  return BigInt(Math.round(longest + offset));
}

/** A text as a LogQL string literal: Go's escapes, of which JSON's are a part. */
export function logqlString(text: string): string {
  return JSON.stringify(text);
}
