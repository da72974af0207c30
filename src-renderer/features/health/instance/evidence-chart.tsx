// oxlint-disable jsx-a11y/prefer-tag-over-role -- drawn by hand: no element of HTML is like it
import "uplot/dist/uPlot.min.css";
import { useEffect, useMemo, useRef, type ReactElement } from "react";
import UPlot from "uplot";
import type { EvidenceHistory } from "../../../../src-shared/model/health/instance-details.ts";
import { figureText } from "../../../components/health-text.ts";
import type { Formats } from "../../../hooks/formats.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate, type Translate } from "../../../hooks/use-translate.ts";
import styles from "./instance.module.css";

const HEIGHT = 160;

type Column = (number | null)[];

/** One column of times (seconds) and four of values: own, and the mates' low, high and median. */
export function alignHistory({ own, mates }: EvidenceHistory): [number[], Column, Column, Column, Column] {
  const ownAt = new Map(own.map(({ atMs, value }) => [atMs, value]));
  const matesAt = new Map(mates.map((point) => [point.atMs, point]));
  const times = [...new Set([...ownAt.keys(), ...matesAt.keys()])].toSorted((a, b) => a - b);
  return [
    times.map((atMs) => atMs / 1_000),
    times.map((atMs) => ownAt.get(atMs) ?? null),
    times.map((atMs) => matesAt.get(atMs)?.low ?? null),
    times.map((atMs) => matesAt.get(atMs)?.high ?? null),
    times.map((atMs) => matesAt.get(atMs)?.median ?? null),
  ];
}

/** Its colours are those of the theme when it was made: give it the colour scheme as `key`. */
export function EvidenceChart({ history }: { readonly history: EvidenceHistory }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot>(null);
  const { unit } = history;
  const data = useMemo(() => alignHistory(history), [history]);
  const newest = useRef(data);
  useEffect(() => {
    newest.current = data;
    plot.current?.setData(data);
    if (plot.current !== null) showNewest(plot.current);
  }, [data]);
  useEffect(() => {
    const element = host.current;
    if (element === null) return undefined;
    const options = chartOptions(element, unit, t, formats);
    const chart = new UPlot(options, newest.current, element);
    plot.current = chart;
    showNewest(chart);
    chart.over.addEventListener("pointerleave", () => showNewest(chart));
    const sizes = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height: HEIGHT }));
    sizes.observe(element);
    return () => {
      sizes.disconnect();
      plot.current = null;
      chart.destroy();
    };
  }, [unit, formats, t]);
  return <div aria-label={chartLabel(history, t, formats)} className={styles.chart} ref={host} role="img" />;
}

/** While nobody points at a time, the legend tells of the newest. */
function showNewest(chart: UPlot): void {
  chart.setLegend({ idx: chart.data[0].length - 1 });
}

/** Times under the axis, with seconds where the minutes alone would repeat themselves. */
function timeTexts(splits: readonly number[], formats: Formats): string[] {
  const withSeconds = splits.some((seconds) => seconds % 60 !== 0);
  return splits.map((seconds) => formats.time(seconds * 1_000).slice(0, withSeconds ? 8 : 5));
}

/** What the picture shows, for who does not see it. */
function chartLabel({ own, mates, unit, metric }: EvidenceHistory, t: Translate, formats: Formats): string {
  return t("health.chart.label", {
    metric,
    own: figureText(own.at(-1)?.value ?? null, unit, formats),
    mates: figureText(mates.at(-1)?.median ?? null, unit, formats),
  });
}

function chartOptions(
  element: HTMLElement,
  unit: EvidenceHistory["unit"],
  t: Translate,
  formats: Formats,
): UPlot.Options {
  const style = getComputedStyle(element);
  const token = (name: string): string => style.getPropertyValue(name).trim();
  const grid = token("--line");
  const axis: UPlot.Axis = {
    stroke: token("--text-muted"),
    grid: { stroke: grid, width: 1 },
    ticks: { stroke: grid, width: 1 },
    font: "11px Inter Variable",
  };
  const value = (_: UPlot, shown: number | null): string => figureText(shown, unit, formats);
  const band = token("--doubt");
  return {
    width: element.clientWidth || 480,
    height: HEIGHT,
    tzDate: (seconds) =>
      formats.timeZone === "utc" ? UPlot.tzDate(new Date(seconds * 1_000), "UTC") : new Date(seconds * 1_000),
    cursor: { drag: { x: false, y: false } },
    legend: { live: true },
    scales: { x: { time: true }, y: { range: (_, low, high) => [Math.min(0, low), high <= 0 ? 1 : high * 1.1] } },
    axes: [
      { ...axis, space: 72, values: (_, splits) => timeTexts(splits, formats) },
      { ...axis, size: 56, values: (_, splits) => splits.map((at) => figureText(at, unit, formats)) },
    ],
    bands: [{ series: [3, 2], fill: `${band}33` }],
    series: [
      {
        label: t("health.chart.time"),
        value: (_, seconds) => (seconds === null ? "–" : formats.time(seconds * 1_000)),
      },
      { label: t("health.instance.own"), stroke: token("--accent-strong"), width: 2, points: { show: false }, value },
      { label: t("health.chart.low"), stroke: "transparent", points: { show: false }, value },
      { label: t("health.chart.high"), stroke: "transparent", points: { show: false }, value },
      {
        label: t("health.instance.mates"),
        stroke: band,
        dash: [4, 3],
        width: 1.5,
        points: { show: false },
        value,
      },
    ],
  };
}
