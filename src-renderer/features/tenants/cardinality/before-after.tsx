import type { ReactElement } from "react";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import styles from "./cardinality.module.css";

interface BeforeAfterProps {
  readonly name: string;
  readonly before: number;
  readonly after: number;
  /** Between these it is, where a sample alone was read. */
  readonly band?: { readonly low: number; readonly high: number };
  readonly format: (value: number) => string;
}

/** Two bars of one scale, with the band of what is not certain; the figures say the same in words. */
export function BeforeAfter({ name, before, after, band, format }: BeforeAfterProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const most = Math.max(1e-9, before, band?.high ?? after);
  const width = (value: number): string => `${(value / most) * 100}%`;
  const saved = before <= 0 ? 0 : 1 - after / before;
  return (
    <figure aria-label={name} className={styles.beforeAfter}>
      <figcaption>
        <span>{name}</span>
        <span className={saved > 0 ? styles.saved : styles.muted}>
          {saved > 0 ? `−${formats.percent(saved)}` : t("cardinality.noChange")}
        </span>
      </figcaption>
      <div className={styles.barRow}>
        <span className={styles.muted}>{t("cardinality.before")}</span>
        <span aria-hidden className={styles.barTrack}>
          <span className={styles.barBefore} style={{ width: width(before) }} />
        </span>
        <span className={styles.daySeries}>{format(before)}</span>
      </div>
      <div className={styles.barRow}>
        <span className={styles.muted}>{t("cardinality.after")}</span>
        <span aria-hidden className={styles.barTrack}>
          <span className={styles.barAfter} style={{ width: width(after) }} />
          {band === undefined ? null : (
            <span
              className={styles.barBand}
              style={{ left: width(band.low), width: width(Math.max(0, band.high - band.low)) }}
            />
          )}
        </span>
        <span className={styles.daySeries}>{format(after)}</span>
      </div>
      {band === undefined ? null : (
        <p className={styles.muted}>{t("cardinality.band", { low: format(band.low), high: format(band.high) })}</p>
      )}
    </figure>
  );
}
