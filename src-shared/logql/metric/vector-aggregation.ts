import type { LabelSet } from "../../model/labels.ts";
import type { Grouping, VectorAggregation, VectorOp } from "../ast.ts";
import { dropLabels, emptySeries, keepLabels, labelsKey, type Series, setPoint } from "./series.ts";

interface Group {
  readonly labels: LabelSet;
  readonly members: Series[];
}

function groupLabels(labels: LabelSet, grouping: Grouping | null): LabelSet {
  if (grouping === null) return {};
  return grouping.without ? dropLabels(labels, grouping.labels) : keepLabels(labels, grouping.labels);
}

function groupsOf(series: readonly Series[], grouping: Grouping | null): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const member of series) {
    const labels = groupLabels(member.labels, grouping);
    const key = labelsKey(labels);
    const group = groups.get(key) ?? { labels, members: [] };
    groups.set(key, group);
    group.members.push(member);
  }
  return [...groups.values()];
}

/** Folds the present values of a group at one step; called only where there is one. */
type Fold = (members: readonly Series[], step: number) => number;

function eachPresent(members: readonly Series[], step: number, visit: (value: number) => void): void {
  for (const { values, present } of members) if (present[step] === 1) visit(values[step] ?? 0);
}

function deviation(members: readonly Series[], step: number): number {
  let count = 0;
  let mean = 0;
  let squares = 0;
  eachPresent(members, step, (value) => {
    count++;
    const delta = value - mean;
    mean += delta / count;
    squares += delta * (value - mean);
  });
  return squares / count;
}

function best(isBetter: (value: number, best: number) => boolean): Fold {
  return (members, step) => {
    let result: number | null = null;
    eachPresent(members, step, (value) => {
      if (result === null || isBetter(value, result) || Number.isNaN(result)) result = value;
    });
    return result ?? Number.NaN;
  };
}

function total(members: readonly Series[], step: number): number {
  let sum = 0;
  eachPresent(members, step, (value) => (sum += value));
  return sum;
}

function pointCount(members: readonly Series[], step: number): number {
  let points = 0;
  eachPresent(members, step, () => points++);
  return points;
}

/** How one value is made of many; the operators that choose among series are apart. */
const FOLDS: Readonly<Partial<Record<VectorOp, Fold>>> = {
  sum: total,
  count: pointCount,
  avg: (members, step) => total(members, step) / pointCount(members, step),
  max: best((value, most) => value > most),
  min: best((value, least) => value < least),
  stdvar: deviation,
  stddev: (members, step) => Math.sqrt(deviation(members, step)),
};

function isPresentAt(members: readonly Series[], step: number): boolean {
  return members.some(({ present }) => present[step] === 1);
}

/** NaN is behind every number, for both directions. */
function ranked(members: readonly Series[], step: number, descending: boolean): readonly Series[] {
  const value = (series: Series): number => series.values[step] ?? 0;
  return members
    .filter(({ present }) => present[step] === 1)
    .toSorted((left, right) => {
      const [a, b] = [value(left), value(right)];
      if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
      return descending ? b - a || 0 : a - b || 0;
    });
}

function selectRanked(expr: VectorAggregation, series: readonly Series[], steps: number): readonly Series[] {
  const chosen = new Map<Series, Series>();
  for (const { members } of groupsOf(series, expr.grouping)) {
    for (let step = 0; step < steps; step++) {
      for (const member of ranked(members, step, expr.op !== "bottomk").slice(0, expr.param)) {
        const copy = chosen.get(member) ?? emptySeries(member.labels, steps);
        chosen.set(member, copy);
        setPoint(copy, step, member.values[step] ?? 0);
      }
    }
  }
  return [...chosen.values()];
}

/** Evaluates `sum`, `topk` and so on over the series of its operand. */
export function aggregateVector(expr: VectorAggregation, series: readonly Series[], steps: number): readonly Series[] {
  if (expr.op === "topk" || expr.op === "bottomk" || expr.op === "approx_topk")
    return selectRanked(expr, series, steps);
  // The order matters at one time only, so over several steps that of the last one is as good as any.
  if (expr.op === "sort" || expr.op === "sort_desc") {
    const inOrder = ranked(series, steps - 1, expr.op === "sort_desc");
    return [...inOrder, ...series.filter((member) => !inOrder.includes(member))];
  }
  const fold = FOLDS[expr.op] ?? total;
  return groupsOf(series, expr.grouping).map(({ labels, members }) => {
    const result = emptySeries(labels, steps);
    for (let step = 0; step < steps; step++)
      if (isPresentAt(members, step)) setPoint(result, step, fold(members, step));
    return result;
  });
}
