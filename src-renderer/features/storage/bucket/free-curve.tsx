// oxlint-disable jsx-a11y/prefer-tag-over-role -- drawn by hand: no element of HTML is like it
import type { ReactElement } from "react";
import type { BucketState } from "../../../../src-shared/model/storage/bucket-state.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import styles from "./bucket.module.css";

const WIDTH = 480;
const HEIGHT = 72;

/** Free bytes over the kept past, with its ends and extremes in words. */
export function FreeCurve({ points }: { readonly points: BucketState["free"] }): ReactElement | null {
  const t = useTranslate();
  const formats = useFormats();
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined || points.length < 2) {
    return <p className={styles.muted}>{t("storage.capacity.noCurve")}</p>;
  }
  const most = points.reduce((high, { freeBytes }) => Math.max(high, freeBytes), 0) || 1;
  const spanMs = last.atMs - first.atMs || 1;
  const at = ({ atMs, freeBytes }: BucketState["free"][number]): string => {
    const x = ((atMs - first.atMs) / spanMs) * WIDTH;
    const y = HEIGHT - (freeBytes / most) * (HEIGHT - 4) - 2;
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  };
  const line = points.map(at).join(" ");
  const label = t("storage.capacity.curve", {
    from: formats.dateTime(first.atMs),
    free: formats.bytes(first.freeBytes),
    to: formats.dateTime(last.atMs),
    now: formats.bytes(last.freeBytes),
  });
  return (
    <figure className={styles.curve}>
      <svg aria-label={label} preserveAspectRatio="none" role="img" viewBox={`0 0 ${WIDTH} ${HEIGHT}`}>
        <polygon className={styles.curveArea} points={`0,${HEIGHT} ${line} ${WIDTH},${HEIGHT}`} />
        <polyline className={styles.curveLine} points={line} vectorEffect="non-scaling-stroke" />
      </svg>
      <figcaption className={styles.curveEnds}>
        <span>
          {formats.dateTime(first.atMs)} · {formats.bytes(first.freeBytes)}
        </span>
        <span>
          {formats.bytes(last.freeBytes)} · {t("storage.capacity.now")}
        </span>
      </figcaption>
    </figure>
  );
}
