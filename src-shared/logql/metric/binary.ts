import type { LabelSet } from "../../model/labels.ts";
import type { BinaryExpr, CompareOp, ArithmeticOp, VectorMatching } from "../ast.ts";
import { LogQlEvalError } from "../logql-error.ts";
import { arithmetic, compares, isCompareOp } from "./binary-value.ts";
import { type Compat, matchingStatus } from "./loki-376-metric-bugs.ts";
import { dropLabels, emptySeries, keepLabels, labelsKey, type Series, setPoint, withLabel } from "./series.ts";

const ONE_TO_ONE: VectorMatching = { on: false, labels: [], cardinality: "one-to-one", include: [] };

function signature(labels: LabelSet, { on, labels: names }: VectorMatching): string {
  if (on) return labelsKey(keepLabels(labels, names));
  return labelsKey(names.length === 0 ? labels : dropLabels(labels, names));
}

/** The value of an operator between two samples; `null` when a comparison drops the point. `kept` is what it leaves. */
function combine(
  op: ArithmeticOp | CompareOp,
  left: number,
  right: number,
  bool: boolean,
  kept: number,
): number | null {
  if (!isCompareOp(op)) return arithmetic(op, left, right);
  const holds = compares(op, left, right);
  if (bool) return holds ? 1 : 0;
  return holds ? kept : null;
}

/** A vector and a number. */
export function withScalar(
  expr: BinaryExpr,
  op: ArithmeticOp | CompareOp,
  series: readonly Series[],
  scalar: number,
  scalarIsLeft: boolean,
): readonly Series[] {
  return series.map(({ labels, values, present }) => {
    const result = emptySeries(labels, values.length);
    for (let step = 0; step < values.length; step++) {
      if (present[step] !== 1) continue;
      const value = values[step] ?? 0;
      const merged = scalarIsLeft
        ? combine(op, scalar, value, expr.bool, value)
        : combine(op, value, scalar, expr.bool, value);
      if (merged !== null) setPoint(result, step, merged);
    }
    return result;
  });
}

function resultLabels(many: LabelSet, one: LabelSet, matching: VectorMatching): LabelSet {
  let labels = many;
  if (matching.cardinality === "one-to-one") {
    labels = matching.on ? keepLabels(many, matching.labels) : dropLabels(many, matching.labels);
  }
  for (const name of matching.include) labels = withLabel(labels, name, one[name] ?? "");
  return labels;
}

interface Matched {
  readonly series: Series;
  readonly signature: string;
}

function signed(series: readonly Series[], matching: VectorMatching): readonly Matched[] {
  return series.map((member) => ({ series: member, signature: signature(member.labels, matching) }));
}

/** Series that are there at one step, by signature; throws when two share one. */
function oneSide(ones: readonly Matched[], step: number, side: string, status: number): ReadonlyMap<string, Series> {
  const map = new Map<string, Series>();
  for (const { series, signature: key } of ones) {
    if (series.present[step] !== 1) continue;
    if (map.has(key)) {
      throw new LogQlEvalError(
        status,
        `found duplicate series on the ${side} hand-side;many-to-many matching not allowed: matching labels must be unique on one side`,
      );
    }
    map.set(key, series);
  }
  return map;
}

/** Two vectors, matched by their labels at every step. */
export function matchVectors(
  expr: BinaryExpr,
  op: ArithmeticOp | CompareOp,
  left: readonly Series[],
  right: readonly Series[],
  steps: number,
  compat: Compat,
): readonly Series[] {
  const matching = expr.matching ?? ONE_TO_ONE;
  const swapped = matching.cardinality === "one-to-many";
  const status = matchingStatus(compat);
  const manys = signed(swapped ? right : left, matching);
  const ones = signed(swapped ? left : right, matching);
  const results = new Map<string, Series>();
  for (let step = 0; step < steps; step++) {
    const bySignature = oneSide(ones, step, swapped ? "left" : "right", status);
    const used = new Map<string, Set<string>>();
    for (const { series: many, signature: key } of manys) {
      const one = many.present[step] === 1 ? bySignature.get(key) : undefined;
      if (one === undefined) continue;
      const labels = resultLabels(many.labels, one.labels, matching);
      const resultKey = labelsKey(labels);
      checkUnique(used, key, resultKey, matching, status);
      const [a, b] = swapped ? [one, many] : [many, one];
      const [x, y] = [a.values[step] ?? 0, b.values[step] ?? 0];
      const merged = combine(op, x, y, expr.bool, x);
      if (merged === null) continue;
      const result = results.get(resultKey) ?? emptySeries(labels, steps);
      results.set(resultKey, result);
      setPoint(result, step, merged);
    }
  }
  return [...results.values()];
}

function checkUnique(
  used: Map<string, Set<string>>,
  key: string,
  resultKey: string,
  matching: VectorMatching,
  status: number,
): void {
  const inserted = used.get(key);
  if (inserted === undefined) {
    used.set(key, new Set([resultKey]));
    return;
  }
  if (matching.cardinality === "one-to-one") {
    throw new LogQlEvalError(
      status,
      "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)",
    );
  }
  if (inserted.has(resultKey)) {
    throw new LogQlEvalError(status, "multiple matches for labels: grouping labels must ensure unique matches");
  }
  inserted.add(resultKey);
}

function presentKeys(series: readonly Matched[], step: number): ReadonlySet<string> {
  return new Set(series.flatMap((member) => (member.series.present[step] === 1 ? [member.signature] : [])));
}

/** Points of a series at the steps that a test takes. */
function filtered({ labels, values, present }: Series, keep: (step: number) => boolean): Series {
  const result = emptySeries(labels, values.length);
  for (let step = 0; step < values.length; step++) {
    if (present[step] === 1 && keep(step)) setPoint(result, step, values[step] ?? 0);
  }
  return result;
}

/** `and`, `or` and `unless`. */
export function combineSets(
  expr: BinaryExpr,
  left: readonly Series[],
  right: readonly Series[],
  steps: number,
): readonly Series[] {
  const matching = expr.matching ?? ONE_TO_ONE;
  const [lefts, rights] = [signed(left, matching), signed(right, matching)];
  const grid = Array.from({ length: steps }, (_, step) => step);
  if (expr.op === "or") {
    const leftKeys = grid.map((step) => presentKeys(lefts, step));
    const added = rights.map(({ series, signature: key }) =>
      filtered(series, (step) => leftKeys[step]?.has(key) !== true),
    );
    return [...left, ...added];
  }
  const rightKeys = grid.map((step) => presentKeys(rights, step));
  const wanted = expr.op === "and";
  return lefts.map(({ series, signature: key }) =>
    filtered(series, (step) => (rightKeys[step]?.has(key) ?? false) === wanted),
  );
}
