import type { ReactElement } from "react";
import type { TenantRow } from "../../../../src-shared/model/tenants/board.ts";
import { Button } from "../../../components/button.tsx";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { Sparkline } from "../../../components/sparkline.tsx";
import { StatusShape } from "../../../components/status-shape.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { GaugeBar, UseOfLimit } from "../gauge/gauge-bar.tsx";
import { linesRate, reachText } from "../gauge/limit-text.ts";
import { Trend } from "../gauge/trend.tsx";
import { reasonSentence } from "../reason-sentence.ts";
import styles from "./limits.module.css";

interface TenantSummaryProps {
  readonly row: TenantRow;
  readonly onExplain: (reason: string) => void;
}

/** What of a tenant is measured: its gauges, the fullest first, and what is being refused. */
export function TenantSummary({ row, onExplain }: TenantSummaryProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const gauges = row.gauges.toSorted((a, b) => (b.share ?? -1) - (a.share ?? -1));
  return (
    <>
      {row.discards.length === 0 ? null : (
        <section className={styles.section}>
          <h3>{t("limits.summary.discards")}</h3>
          <ul className={styles.discards}>
            {row.discards.map(({ reason, linesPerSecond, bytesPerSecond, points }) => (
              <li className={styles.discard} key={reason}>
                <StatusShape tone={linesPerSecond > 0 ? "bad" : "idle"} />
                <span className={styles.discardReason}>
                  <code>{withVisibleCharacters(reason)}</code>
                  <span className={styles.muted}>{reasonSentence(reason, t)}</span>
                </span>
                <Sparkline points={points.map((point) => ({ atMs: point.atMs, value: point.linesPerSecond }))} />
                <span className={styles.figure}>
                  {linesRate(linesPerSecond, t, formats)}
                  {bytesPerSecond === null ? null : ` · ${formats.bytesRate(bytesPerSecond)}`}
                </span>
                <Button compact onClick={() => onExplain(reason)}>
                  {t("limits.summary.explain")}
                </Button>
              </li>
            ))}
          </ul>
        </section>
      )}
      {gauges.length === 0 ? null : (
        <section className={styles.section}>
          <h3>{t("limits.summary.gauges")}</h3>
          <ul className={styles.gauges}>
            {gauges.map((gauge) => (
              <li className={styles.gaugeCard} key={gauge.key}>
                <code className={styles.gaugeKey}>{gauge.key}</code>
                <span className={styles.gaugeReach}>{reachText(gauge, t, formats)}</span>
                <GaugeBar gauge={gauge} />
                <Sparkline limit={gauge.limit} points={gauge.points.map(({ atMs, used }) => ({ atMs, value: used }))} />
                <span className={styles.gaugeFoot}>
                  <UseOfLimit gauge={gauge} />
                  <Trend gauge={gauge} />
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
