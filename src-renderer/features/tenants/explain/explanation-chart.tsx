// oxlint-disable jsx-a11y/prefer-tag-over-role -- drawn by hand: no element of HTML is like it
import "uplot/dist/uPlot.min.css";
import { useEffect, useRef, type ReactElement } from "react";
import UPlot from "uplot";
import type { RefusalExplanation } from "../../../../src-shared/model/tenants/explanation.ts";
import type { LimitUnit } from "../../../../src-shared/model/tenants/limit.ts";
import type { Formats } from "../../../hooks/formats.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate, type Translate } from "../../../hooks/use-translate.ts";
import { amountText, linesRate } from "../gauge/limit-text.ts";
import styles from "./explain.module.css";

const HEIGHT = 160;

interface ExplanationChartProps {
  readonly curve: RefusalExplanation["curve"];
  readonly unit: RefusalExplanation["unit"];
  /** Drawn across, in the unit of what was taken. */
  readonly limit: number | null;
}

/** What was taken and what was refused, over time. Its colours are those of the theme when it was made: give it that as `key`. */
export function ExplanationChart({ curve, unit, limit }: ExplanationChartProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = host.current;
    if (element === null) return undefined;
    const data: UPlot.AlignedData = [
      curve.map(({ atMs }) => atMs / 1_000),
      curve.map(({ taken }) => taken),
      curve.map(({ refusedLinesPerSecond }) => refusedLinesPerSecond),
      ...(limit === null ? [] : [curve.map(() => limit)]),
    ];
    const newest = { idx: curve.length - 1 };
    const options = chartOptions(element, unit === "time" ? "none" : unit, limit, t, formats);
    const chart = new UPlot({ ...options, hooks: { ready: [(drawn) => drawn.setLegend(newest)] } }, data, element);
    chart.over.addEventListener("pointerleave", () => chart.setLegend(newest));
    const sizes = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height: HEIGHT }));
    sizes.observe(element);
    return () => {
      sizes.disconnect();
      chart.destroy();
    };
  }, [curve, unit, limit, t, formats]);
  const last = curve.at(-1);
  const label = t("limits.chart.label", {
    taken: takenText(last?.taken ?? null, unit === "time" ? "none" : unit, t, formats),
    refused: refusedText(last?.refusedLinesPerSecond ?? null, t, formats),
  });
  return <div aria-label={label} className={styles.chart} ref={host} role="img" />;
}

function takenText(value: number | null, unit: LimitUnit, t: Translate, formats: Formats): string {
  return value === null ? "–" : amountText(value, unit, t, formats);
}

function refusedText(value: number | null, t: Translate, formats: Formats): string {
  return value === null ? "–" : linesRate(value, t, formats);
}

function chartOptions(
  element: HTMLElement,
  unit: LimitUnit,
  limit: number | null,
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
  const fromZero: UPlot.Scale = { range: (_, __, high) => [0, high <= 0 ? 1 : high * 1.1] };
  const taken = (_: UPlot, value: number | null): string => takenText(value, unit, t, formats);
  const refused = (_: UPlot, value: number | null): string => refusedText(value, t, formats);
  return {
    width: element.clientWidth || 480,
    height: HEIGHT,
    tzDate: (seconds) =>
      formats.timeZone === "utc" ? UPlot.tzDate(new Date(seconds * 1_000), "UTC") : new Date(seconds * 1_000),
    cursor: { drag: { x: false, y: false } },
    legend: { live: true },
    scales: { x: { time: true }, taken: fromZero, refused: fromZero },
    axes: [
      { ...axis, space: 72, values: (_, splits) => splits.map((seconds) => formats.time(seconds * 1_000).slice(0, 5)) },
      { ...axis, scale: "taken", size: 80, values: (_, splits) => splits.map((at) => takenText(at, unit, t, formats)) },
      {
        ...axis,
        scale: "refused",
        side: 1,
        size: 64,
        grid: { show: false },
        values: (_, splits) => splits.map((at) => formats.rate(at)),
      },
    ],
    series: [
      {
        label: t("limits.chart.time"),
        value: (_, seconds) => (seconds === null ? "–" : formats.time(seconds * 1_000)),
      },
      {
        label: t("limits.chart.taken"),
        scale: "taken",
        stroke: token("--accent-strong"),
        width: 2,
        points: { show: false },
        value: taken,
      },
      {
        label: t("limits.chart.refused"),
        scale: "refused",
        stroke: token("--bad"),
        dash: [2, 2],
        width: 2,
        points: { show: false },
        value: refused,
      },
      ...(limit === null
        ? []
        : [
            {
              label: t("limits.chart.limit"),
              scale: "taken",
              stroke: token("--text-muted"),
              dash: [6, 4],
              width: 1,
              points: { show: false },
              value: taken,
            },
          ]),
    ],
  };
}
