import type { ReactElement } from "react";
import type { RecoveryFacts } from "../../../../src-shared/model/storage/recovery.ts";
import { StatusShape, type StatusTone } from "../../../components/status-shape.tsx";
import type { Formats } from "../../../hooks/formats.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useNow } from "../../../hooks/use-now.ts";
import { useTranslate, type Translate } from "../../../hooks/use-translate.ts";
import styles from "./recovery.module.css";

const TICK_MS = 60_000;

interface Figure {
  readonly label: string;
  readonly value: string;
  readonly text: string;
  readonly tone: StatusTone | null;
}

/** The three figures that are asked for: losing the bucket, losing everything, bringing it back. */
export function RecoveryFigures({ facts }: { readonly facts: RecoveryFacts }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const nowMs = useNow(TICK_MS);
  const figures = [
    bucketFigure(facts, t, formats),
    allFigure(facts, t, formats),
    restoreFigure(facts, t, formats, nowMs),
  ];
  return (
    <dl className={styles.figures}>
      {figures.map(({ label, value, text, tone }) => (
        <div className={styles.figure} key={label}>
          <dt>{label}</dt>
          <dd>
            <span className={styles.value}>
              {tone === null ? null : <StatusShape tone={tone} />}
              {value}
            </span>
            <span className={styles.muted}>{text}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function bucketFigure({ rpo }: RecoveryFacts, t: Translate, formats: Formats): Figure {
  const label = t("storage.recovery.bucketLost");
  if (hasNoCopy(rpo)) return { label, ...everything(t) };
  if (rpo.bucketLostMs === null) return { label, ...unknown(t), text: t("storage.recovery.bucketLostText") };
  const value = formats.duration(rpo.bucketLostMs);
  return { label, value, text: t("storage.recovery.bucketLostText"), tone: null };
}

function allFigure({ rpo }: RecoveryFacts, t: Translate, formats: Formats): Figure {
  const label = t("storage.recovery.allLost");
  if (hasNoCopy(rpo)) return { label, ...everything(t) };
  if (rpo.allLostMs === null) return { label, ...unknown(t), text: t("storage.recovery.allLostText") };
  return { label, value: formats.duration(rpo.allLostMs), text: t("storage.recovery.allLostText"), tone: null };
}

function restoreFigure({ rto }: RecoveryFacts, t: Translate, formats: Formats, nowMs: number): Figure {
  const label = t("storage.recovery.restore");
  const { ms, bytes, bytesPerSecond, drillAtMs, state } = rto;
  if (state === "unmeasured" || bytesPerSecond === null || drillAtMs === null) {
    return { label, ...unknown(t), text: t("storage.rto.unmeasured") };
  }
  const ago = formats.relative(drillAtMs, nowMs);
  const rate = formats.bytesRate(bytesPerSecond);
  if (ms === null || bytes === null) return { label, ...unknown(t), text: t("storage.rto.noBytes", { ago, rate }) };
  return {
    label,
    value: formats.duration(ms),
    text: t(`storage.rto.${state}`, { ago, rate, bytes: formats.bytes(bytes) }),
    tone: state === "stale" ? "warning" : null,
  };
}

function hasNoCopy({ parts }: RecoveryFacts["rpo"]): boolean {
  return parts.some(({ what, state }) => what === "dr" && state === "absent");
}

function everything(t: Translate): Omit<Figure, "label"> {
  return { value: t("storage.recovery.everything"), text: t("storage.recovery.everythingText"), tone: "bad" };
}

function unknown(t: Translate): Omit<Figure, "label" | "text"> {
  return { value: t("storage.recovery.unknown"), tone: "doubt" };
}
