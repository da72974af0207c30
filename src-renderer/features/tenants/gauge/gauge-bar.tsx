import type { ReactElement } from "react";
import type { LimitGauge } from "../../../../src-shared/model/tenants/board.ts";
import { StatusShape } from "../../../components/status-shape.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import styles from "./gauge.module.css";
import { exactAmount, gaugeTone, limitText, shareText, usedText } from "./limit-text.ts";

/** A bar of what is used of a limit, with the share in figures: no eye needs the colour. */
export function GaugeBar({ gauge }: { readonly gauge: LimitGauge }): ReactElement {
  const formats = useFormats();
  const tone = gaugeTone(gauge.share);
  return (
    <span className={styles.gauge} data-tone={tone}>
      <span aria-hidden className={styles.track}>
        <span className={styles.fill} style={{ width: `${Math.min(1, Math.max(0, gauge.share ?? 0)) * 100}%` }} />
      </span>
      <span className={styles.share}>
        {tone === "over" ? <StatusShape tone="bad" /> : tone === "near" ? <StatusShape tone="warning" /> : null}
        {shareText(gauge.share, formats)}
      </span>
    </span>
  );
}

/** `3.8 MiB/s / 4 MiB/s`, exact on hover. */
export function UseOfLimit({ gauge }: { readonly gauge: LimitGauge }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { used, limit, unit, unlimited } = gauge;
  const exact = [
    exactAmount(used, unit, t, formats),
    limit === null || unlimited ? limitText(gauge, t, formats) : exactAmount(limit, unit, t, formats),
  ];
  return (
    <span className={styles.use} title={exact.join(" / ")}>
      {usedText(used, unit, t, formats)}
      <span className={styles.of}> / {limitText(gauge, t, formats)}</span>
    </span>
  );
}
