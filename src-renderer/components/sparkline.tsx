import type { ReactElement } from "react";
import styles from "./sparkline.module.css";

const WIDTH = 72;
const HEIGHT = 18;

interface SparklineProps {
  readonly points: readonly { readonly atMs: number; readonly value: number }[];
  /** Drawn as a line across, where it lies within twice of what was seen. */
  readonly limit?: number | null;
  readonly wide?: boolean;
}

/** The way of a value over time. It adds to figures that stand beside it, so it is not read out. */
export function Sparkline({ points, limit = null, wide = false }: SparklineProps): ReactElement | null {
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined || points.length < 2) return null;
  const width = wide ? 3 * WIDTH : WIDTH;
  const highest = Math.max(...points.map(({ value }) => value), 0);
  const shownLimit = limit !== null && limit <= 2 * highest ? limit : null;
  const top = Math.max(highest, shownLimit ?? 0) || 1;
  const span = last.atMs - first.atMs || 1;
  const x = (atMs: number): number => ((atMs - first.atMs) / span) * (width - 2) + 1;
  const y = (value: number): number => HEIGHT - 1 - (Math.max(0, value) / top) * (HEIGHT - 2);
  const place = ({ atMs, value }: { readonly atMs: number; readonly value: number }): string =>
    `${x(atMs).toFixed(1)},${y(value).toFixed(1)}`;
  return (
    <svg aria-hidden className={styles.sparkline} height={HEIGHT} viewBox={`0 0 ${width} ${HEIGHT}`} width={width}>
      {shownLimit === null ? null : (
        <line className={styles.limitLine} x1={0} x2={width} y1={y(shownLimit)} y2={y(shownLimit)} />
      )}
      <polyline className={styles.line} fill="none" points={points.map(place).join(" ")} />
    </svg>
  );
}
