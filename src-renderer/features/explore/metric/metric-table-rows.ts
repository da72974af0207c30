import { formatLabelSet } from "../../../../src-shared/model/labels.ts";
import type { MetricAnswer } from "./metric-answer.ts";

/** One series as a line of the table. Values stay the decimal texts that Loki wrote. */
export interface MetricTableRow {
  readonly key: string;
  readonly name: string;
  readonly points: number;
  readonly last: string;
  readonly lowest: string;
  readonly highest: string;
}

export function metricTableRows(answer: MetricAnswer): readonly MetricTableRow[] {
  return answer.series.map(({ metric, points }, index) => {
    const values = points.map(([, value]) => value).filter((value) => Number.isFinite(Number(value)));
    const sorted = values.toSorted((a, b) => Number(a) - Number(b));
    return {
      key: String(index),
      name: seriesName(metric),
      points: points.length,
      last: points.at(-1)?.[1] ?? "",
      lowest: sorted[0] ?? "",
      highest: sorted.at(-1) ?? "",
    };
  });
}

export function seriesName(metric: Readonly<Record<string, string>>): string {
  return Object.keys(metric).length === 0 ? "{}" : formatLabelSet(metric);
}

/** Times of all series, sorted, and each series' values at them: what a chart takes. A missing point is `null`, never zero. */
export function alignSeries(series: MetricAnswer["series"]): [number[], ...(number | null)[][]] {
  const times = [...new Set(series.flatMap(({ points }) => points.map(([time]) => time)))].toSorted((a, b) => a - b);
  const values = series.map(({ points }) => {
    const at = new Map(points);
    return times.map((time) => {
      const value = Number(at.get(time) ?? Number.NaN);
      return Number.isFinite(value) ? value : null;
    });
  });
  return [times, ...values];
}
