// oxlint-disable jsx-a11y/prefer-tag-over-role -- drawn by hand: no element of HTML is like it
import type { ReactElement } from "react";
import type { QuotaState } from "../../src-shared/model/tenants/quota.ts";
import type { Formats } from "../hooks/formats.ts";
import { useFormats } from "../hooks/use-formats.ts";
import { useTranslate } from "../hooks/use-translate.ts";
import styles from "./quota-meter.module.css";
import type { StatusTone } from "./status-shape.tsx";

const TONES: Readonly<Record<QuotaState["state"], StatusTone>> = {
  free: "good",
  warned: "warning",
  "reason-needed": "warning",
  stopped: "bad",
};

export function quotaTone(state: QuotaState["state"]): StatusTone {
  return TONES[state];
}

/** `62%`; what is past the limit is told as it is: `124%`. */
export function usedShareText(usedBytes: number, limitBytes: number, formats: Formats): string {
  const share = limitBytes === 0 ? 1 : usedBytes / limitBytes;
  return share > 1 ? `${formats.number(Math.floor(share * 100))}%` : formats.percent(share);
}

interface QuotaMeterProps {
  readonly usedBytes: number;
  /** What running queries hold, drawn lighter. */
  readonly reservedBytes: number;
  readonly bytes: number;
  readonly hardBytes: number;
  readonly warnShare: number;
  readonly state: QuotaState["state"];
}

/** Use against a quota: a bar with a mark for the warning, the limit and the hard stop. The words beside it say the same. */
export function QuotaMeter(props: QuotaMeterProps): ReactElement {
  const { usedBytes, reservedBytes, bytes, hardBytes, warnShare, state } = props;
  const t = useTranslate();
  const formats = useFormats();
  const whole = Math.max(hardBytes, usedBytes + reservedBytes, 1);
  const place = (at: number): string => `${Math.min(1, Math.max(0, at / whole)) * 100}%`;
  const label = t("usage.meter", {
    used: formats.bytes(usedBytes),
    warn: formats.bytes(bytes * warnShare),
    limit: formats.bytes(bytes),
    hard: formats.bytes(hardBytes),
  });
  return (
    <span aria-label={label} className={styles.meter} data-state={state} role="img" title={label}>
      <span className={styles.track}>
        <span className={styles.held} style={{ width: place(usedBytes + reservedBytes) }} />
        <span className={styles.used} style={{ width: place(usedBytes) }} />
      </span>
      <span className={styles.mark} data-mark="warn" style={{ insetInlineStart: place(bytes * warnShare) }} />
      <span className={styles.mark} data-mark="limit" style={{ insetInlineStart: place(bytes) }} />
      <span className={styles.mark} data-mark="hard" style={{ insetInlineStart: place(hardBytes) }} />
    </span>
  );
}
