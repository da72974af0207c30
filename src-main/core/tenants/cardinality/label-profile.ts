import { valueShape, type ValueShape } from "../gate/value-shape.ts";
import type { LabelColumn, SeriesTable } from "./series-table.ts";

/** What values look like: `path` has numbers in it, `id` are other words of digits and letters that hardly repeat. */
export type IdShape = ValueShape | "path" | "trace" | "number";

/** One label of a tenant. */
export interface LabelProfile {
  readonly label: string;
  readonly values: number;
  /** Series that have it. */
  readonly series: number;
  /** Most frequent values with their series, at most ten. */
  readonly top: readonly { readonly value: string; readonly series: number }[];
  /** A few values, spread over all of them. */
  readonly samples: readonly string[];
  /** What most of its values look like; `null` where they are words like any other. */
  readonly shape: IdShape | null;
  /** Share of the values that look so, 0…1. */
  readonly shapeShare: number;
  /** It looks like an id, or nearly each of its series has a value of its own. */
  readonly idLike: boolean;
}

const TOP = 10;
const SAMPLES = 5;
/** Values that are looked at one by one. */
const LOOKED_AT = 1_000;
const MOST = 0.8;
/** Labels with fewer values harm nobody, whatever they look like. */
const FEW_VALUES = 50;
const OWN_VALUE_SHARE = 0.5;

const TRACE = /^(?:[0-9a-f]{16}|[0-9a-f]{32})$/;
const NUMBER = /^\d{3,}$/;
const PATH = /^\/.*(?:\/|[-_.=])\d{2,}(?:\/|[-_.?&]|$)/;

function shapeOf(value: string): IdShape | null {
  if (TRACE.test(value) && /\d/.test(value) && /[a-f]/.test(value)) return "trace";
  return valueShape(value) ?? (PATH.test(value) ? "path" : NUMBER.test(value) ? "number" : null);
}

/** Every label of a table, those with the most values first. */
export function profileLabels(table: SeriesTable): readonly LabelProfile[] {
  return table.labels
    .map((column) => profile(table, column))
    .toSorted((a, b) => b.values - a.values || (a.label < b.label ? -1 : 1));
}

function profile(table: SeriesTable, { name, pairs, series }: LabelColumn): LabelProfile {
  const step = Math.max(1, Math.floor(pairs.size / LOOKED_AT));
  const shapes = new Map<IdShape, number>();
  const looked: string[] = [];
  const top: { value: string; series: number }[] = [];
  let at = 0;
  for (const [value, pair] of pairs) {
    const count = table.seriesWith(pair);
    if (top.length < TOP || count > (top.at(-1)?.series ?? 0)) {
      top.push({ value, series: count });
      top.sort((a, b) => b.series - a.series);
      if (top.length > TOP) top.pop();
    }
    if (at % step === 0 && looked.length < LOOKED_AT) {
      looked.push(value);
      const shape = shapeOf(value);
      if (shape !== null) shapes.set(shape, (shapes.get(shape) ?? 0) + 1);
    }
    at += 1;
  }
  const [best] = [...shapes].toSorted((a, b) => b[1] - a[1]);
  const shapeShare = best === undefined ? 0 : best[1] / looked.length;
  const shape = best !== undefined && shapeShare >= MOST ? best[0] : null;
  const many = pairs.size >= FEW_VALUES;
  return {
    label: name,
    values: pairs.size,
    series,
    top,
    samples: spread(looked),
    shape,
    shapeShare: shape === null ? 0 : shapeShare,
    idLike: many && (shape !== null || pairs.size / series >= OWN_VALUE_SHARE),
  };
}

function spread(values: readonly string[]): readonly string[] {
  const step = Math.max(1, Math.floor(values.length / SAMPLES));
  return values.filter((_, at) => at % step === 0).slice(0, SAMPLES);
}

/** Which labels series have together, the most frequent first. */
export interface LabelCombination {
  readonly labels: readonly string[];
  readonly series: number;
}

/** The combinations of label names with their series, at most `limit`. */
export function labelCombinations(table: SeriesTable, limit: number): readonly LabelCombination[] {
  const counts = new Map<string, number>();
  for (let number = 0; number < table.size; number += 1) {
    const key = [...table.series(number)]
      .map((pair) => table.labelOf(pair))
      .sort((a, b) => a - b)
      .join(",");
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts]
    .toSorted((a, b) => b[1] - a[1])
    .slice(0, limit)
    .map(([key, series]) => ({
      labels: key === "" ? [] : key.split(",").map((label) => table.labels[Number(label)]?.name ?? ""),
      series,
    }));
}
