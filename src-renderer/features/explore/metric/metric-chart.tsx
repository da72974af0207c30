// oxlint-disable jsx-a11y/prefer-tag-over-role -- drawn by hand: no element of HTML is like it
import "uplot/dist/uPlot.min.css";
import { useEffect, useRef, type ReactElement } from "react";
import UPlot from "uplot";
import type { Formats } from "../../../hooks/formats.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import type { MetricAnswer } from "./metric-answer.ts";
import { alignSeries, seriesName } from "./metric-table-rows.ts";
import styles from "./metric.module.css";

const HEIGHT = 240;
/** Okabe and Ito's colours, told apart by every kind of eye; the dash tells apart what has the same. */
const COLORS = ["#56b4e9", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#0072b2", "#999999", "#f0e442"] as const;
const DASHES: readonly (readonly number[])[] = [[], [6, 3], [2, 3], [8, 3, 2, 3], [12, 4]];

/** Lines over time. Its colours are those of the theme when it was made: give it the colour scheme as `key`. The legend under it names each by its labels; hover tells the exact values. */
export function MetricChart({ series }: { readonly series: MetricAnswer["series"] }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = host.current;
    if (element === null) return undefined;
    const style = getComputedStyle(element);
    const ink = style.getPropertyValue("--text-muted").trim();
    const grid = style.getPropertyValue("--line").trim();
    const axis: UPlot.Axis = {
      stroke: ink,
      grid: { stroke: grid, width: 1 },
      ticks: { stroke: grid, width: 1 },
      font: "11px Inter Variable",
    };
    const toDate = (seconds: number): Date =>
      formats.timeZone === "utc" ? UPlot.tzDate(new Date(seconds * 1_000), "UTC") : new Date(seconds * 1_000);
    const options: UPlot.Options = {
      width: element.clientWidth || 800,
      height: HEIGHT,
      tzDate: toDate,
      cursor: { drag: { x: false, y: false } },
      legend: { live: true },
      scales: { x: { time: true } },
      axes: [
        { ...axis, values: (_, splits) => timeTexts(splits, formats) },
        { ...axis, size: 64, values: (_, splits) => splits.map((value) => formats.number(value, 6)) },
      ],
      series: [
        {
          label: t("explore.list.time"),
          value: (_, seconds) => (seconds === null ? "–" : formats.dateTime(seconds * 1_000)),
        },
        ...series.map(({ metric }, index): UPlot.Series => ({
          label: seriesName(metric).slice(0, 160),
          stroke: COLORS[index % COLORS.length] ?? COLORS[0],
          dash: [...(DASHES[Math.floor(index / COLORS.length) % DASHES.length] ?? [])],
          width: 1.5,
          points: { show: false },
          spanGaps: false,
          value: (_, value) => (value === null ? "–" : String(value)),
        })),
      ],
    };
    const chart = new UPlot(options, alignSeries(series), element);
    const sizes = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height: HEIGHT }));
    sizes.observe(element);
    return () => {
      sizes.disconnect();
      chart.destroy();
    };
  }, [series, formats, t]);
  return <div aria-label={t("explore.metric.chart")} className={styles.chart} ref={host} role="img" />;
}

/** Times under the axis: with seconds only where they differ, and with the day where it begins. */
function timeTexts(splits: readonly number[], formats: Formats): string[] {
  const withSeconds = splits.some((seconds) => seconds % 60 !== 0);
  let day = "";
  return splits.map((seconds) => {
    const text = formats.dateTime(seconds * 1_000);
    const time = text.slice(11, withSeconds ? 19 : 16);
    const isNewDay = text.slice(0, 10) !== day;
    day = text.slice(0, 10);
    return isNewDay ? `${time}\n${day}` : time;
  });
}
