// oxlint-disable jsx-a11y/prefer-tag-over-role -- drawn by hand: no element of HTML is like it
import { useMemo, useRef, useState, type KeyboardEvent, type PointerEvent, type ReactElement } from "react";
import type { Histogram } from "../../../../src-shared/api/logs.api.ts";
import { LOG_LEVELS, type LogLevel } from "../../../../src-shared/model/log-level.ts";
import type { WireError } from "../../../../src-shared/errors/wire-error.ts";
import { errorText } from "../../../components/error-text.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { levelColor } from "../levels/level-sign.ts";
import type { NanoRange } from "../session/run-plan.ts";
import { VolumeAxis } from "./volume-axis.tsx";
import { VolumeLegend } from "./volume-legend.tsx";
import { barAt, barsRange, volumeModel, type VolumeBar } from "./volume-model.ts";
import styles from "./volume.module.css";

interface VolumeHistogramProps {
  readonly histogram: Histogram | null;
  readonly unit: "entries" | "bytes";
  /** Counted over the rows read, not over everything in the range. */
  readonly ofRowsRead: boolean;
  readonly loading: boolean;
  readonly error: WireError | null;
  readonly onZoom: (range: NanoRange) => void;
}

const HEIGHT = 56;
const NO_LEVELS: ReadonlySet<LogLevel> = new Set();

/**
 * Lines over time by level. Drag (or Shift and arrows, then Enter) chooses a stretch and zooms in; hover and arrows tell
 * the exact counts of a bar.
 */
export function VolumeHistogram(props: VolumeHistogramProps): ReactElement {
  const { histogram, unit, loading, error, onZoom } = props;
  const t = useTranslate();
  const formats = useFormats();
  const [hidden, setHidden] = useState(NO_LEVELS);
  const [cursor, setCursor] = useState<number | null>(null);
  const [origin, setOrigin] = useState<number | null>(null);
  const dragging = useRef(false);
  const model = useMemo(() => (histogram === null ? null : volumeModel(histogram, hidden)), [histogram, hidden]);

  // A set without rows has no time: its histogram would begin in 1970.
  const isTimeless = props.ofRowsRead && histogram?.startNs === "0";
  if (model === null || model.bars.length === 0 || isTimeless) {
    const text = error === null ? t(loading ? "explore.volume.loading" : "explore.volume.none") : errorText(t, error);
    return (
      <div className={styles.volume} data-empty>
        <p className={styles.note}>{text}</p>
      </div>
    );
  }
  const { bars } = model;
  const amount = (value: number): string =>
    unit === "bytes" ? formats.bytes(value) : t("explore.volume.lines", { count: value, lines: formats.number(value) });
  const describe = (bar: VolumeBar): string => {
    const counts = LOG_LEVELS.flatMap((level) => {
      const value = histogram?.buckets[bar.index]?.[level] ?? 0;
      return value === 0
        ? []
        : [`${t(`explore.level.${level}`)} ${unit === "bytes" ? formats.bytes(value) : formats.number(value)}`];
    });
    const fraction = bar.endNs - bar.startNs >= 1_000_000_000n ? 0 : 9;
    const span = `${formats.timestamp(bar.startNs, { fraction })} – ${formats.timestamp(bar.endNs, { date: false, fraction })}`;
    return [span, amount(bar.total), ...counts].join(" · ");
  };
  const zoom = (from: number, to: number): void => {
    const range = barsRange(model, from, to);
    setOrigin(null);
    if (range !== null) onZoom(range);
  };
  const at = (event: PointerEvent<HTMLDivElement>): number => {
    const box = event.currentTarget.getBoundingClientRect();
    return barAt(model, (event.clientX - box.left) / Math.max(1, box.width));
  };
  const onPointerDown = (event: PointerEvent<HTMLDivElement>): void => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    dragging.current = true;
    setOrigin(at(event));
    setCursor(at(event));
  };
  const onPointerUp = (event: PointerEvent<HTMLDivElement>): void => {
    if (!dragging.current) return;
    dragging.current = false;
    const to = at(event);
    if (origin !== null && origin !== to) zoom(origin, to);
    else setOrigin(null);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const now = cursor ?? (event.key === "ArrowLeft" ? bars.length : -1);
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step !== undefined) {
      if (!event.shiftKey) setOrigin(null);
      else if (origin === null) setOrigin(Math.max(0, cursor ?? 0));
      setCursor(Math.min(bars.length - 1, Math.max(0, now + step)));
    } else if (event.key === "Home") setCursor(0);
    else if (event.key === "End") setCursor(bars.length - 1);
    else if (event.key === "Enter" && cursor !== null) zoom(origin ?? cursor, cursor);
    else if (event.key === "Escape" && (cursor !== null || origin !== null)) {
      setOrigin(null);
      setCursor(null);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const current = cursor === null ? undefined : bars[cursor];
  const stretch =
    origin === null || cursor === null ? null : { from: Math.min(origin, cursor), to: Math.max(origin, cursor) };
  const barWidth = 100 / bars.length;
  return (
    <section aria-label={t("explore.volume.title")} className={styles.volume} data-loading={loading || undefined}>
      <div
        aria-label={t("explore.volume.help")}
        aria-valuemax={bars.length - 1}
        aria-valuemin={0}
        aria-valuenow={cursor ?? 0}
        aria-valuetext={current === undefined ? t("explore.volume.noBar") : describe(current)}
        className={styles.chart}
        data-testid="volume-chart"
        onBlur={() => setOrigin(null)}
        onKeyDown={onKeyDown}
        onPointerDown={onPointerDown}
        onPointerLeave={() => {
          if (!dragging.current) setCursor(null);
        }}
        onPointerMove={(event) => setCursor(at(event))}
        onPointerUp={onPointerUp}
        role="slider"
        tabIndex={0}
      >
        <svg aria-hidden height={HEIGHT} preserveAspectRatio="none" viewBox={`0 0 100 ${HEIGHT}`} width="100%">
          {bars.map((bar) =>
            bar.parts.map(({ level, from, to }) => {
              const heightPx = Math.max(1, (to - from) * HEIGHT);
              return (
                <rect
                  fill={levelColor(level)}
                  height={heightPx}
                  key={`${bar.index} ${level}`}
                  opacity={cursor === null || cursor === bar.index || stretch !== null ? 1 : 0.7}
                  width={Math.max(barWidth * 0.82, barWidth - 0.3)}
                  x={bar.index * barWidth}
                  y={HEIGHT - from * HEIGHT - heightPx}
                />
              );
            }),
          )}
        </svg>
        {stretch === null ? null : (
          <div
            className={styles.stretch}
            style={{ left: `${stretch.from * barWidth}%`, width: `${(stretch.to - stretch.from + 1) * barWidth}%` }}
          />
        )}
        {current === undefined ? null : (
          <div className={styles.cursor} style={{ left: `${(current.index + 0.5) * barWidth}%` }} />
        )}
        <span className={styles.highest}>{amount(model.highest)}</span>
      </div>
      <VolumeAxis endNs={bars.at(-1)?.endNs ?? 0n} startNs={bars[0]?.startNs ?? 0n} />
      <div className={styles.foot}>
        {current === undefined ? (
          <VolumeLegend
            hidden={hidden}
            onToggle={(level) => {
              const next = new Set(hidden);
              if (!next.delete(level)) next.add(level);
              setHidden(next);
            }}
            totals={model.totals}
            unit={unit}
          />
        ) : (
          <output className={styles.reading}>{describe(current)}</output>
        )}
        <span className={styles.note}>
          {props.ofRowsRead ? t("explore.volume.ofRowsRead") : t("explore.volume.ofRange")}
          {histogram?.whole === false ? ` · ${t("explore.volume.partial")}` : ""}
          {loading ? ` · ${t("explore.volume.loading")}` : ""}
        </span>
      </div>
    </section>
  );
}
