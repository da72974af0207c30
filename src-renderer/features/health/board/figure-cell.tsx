import type { ReactElement } from "react";
import type { MatesFigure, MatesFigureKey } from "../../../../src-shared/model/health/mates.ts";
import type { Evidence, EvidenceKind, EvidenceUnit } from "../../../../src-shared/model/health/verdict.ts";
import { exactFigure, figureText } from "../../../components/health-text.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import styles from "./board.module.css";

/** The figures that an evidence is made of. */
const SHOWN_BY: Partial<Readonly<Record<EvidenceKind, readonly MatesFigureKey[]>>> = {
  "put-slow": ["put-time"],
  "put-failing": ["put-failures"],
  "put-stalled": ["put-time", "flush-queue"],
  "flush-backlog": ["flush-queue"],
  "push-starved": ["push-rate"],
  "append-timeouts": ["append-timeouts"],
  "push-pileup": ["pushes-in-flight"],
  "slow-all-over": ["push-time", "put-time", "scrape-time"],
  "answers-slowly": ["scrape-time"],
};

/** Below it differences do not count: added to both before they are compared. */
const FLOORS: Readonly<Record<EvidenceUnit, number>> = {
  seconds: 0.005,
  "per-second": 0.05,
  count: 5,
  share: 0.02,
  bytes: 1_048_576,
};
/** Doublings that fill one half of the bar. */
const FULL_DOUBLINGS = 3;

/** −1…1: how many times the median a value is, on a log scale; 0 is the median, 1 eight times it. */
export function deviation(value: number, median: number, unit: EvidenceUnit): number {
  const floor = FLOORS[unit];
  const doublings = Math.log2((value + floor) / (median + floor));
  return Math.max(-1, Math.min(1, doublings / FULL_DOUBLINGS));
}

interface FigureCellProps {
  readonly figure: MatesFigure;
  readonly value: number | null;
  readonly evidence: readonly Evidence[];
}

/** One figure of one instance: its value, and a bar from the mates' median to where it is. */
export function FigureCell({ figure, value, evidence }: FigureCellProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { key, unit, median } = figure;
  const blamed = evidence.some(({ kind }) => SHOWN_BY[kind]?.includes(key) === true);
  if (value === null) return <span className={styles.noFigure}>–</span>;
  const aside = median === null ? 0 : deviation(value, median, unit);
  const title = t("health.mates.title", {
    own: exactFigure(value, unit, t),
    median: exactFigure(median, unit, t),
  });
  return (
    <span className={styles.figure} data-blamed={blamed || undefined} title={title}>
      <span aria-hidden className={styles.track}>
        <span
          className={styles.bar}
          style={{ insetInlineStart: `${50 + Math.min(0, aside) * 50}%`, width: `${Math.abs(aside) * 50}%` }}
        />
      </span>
      <span className={styles.figureText}>{figureText(value, unit, formats)}</span>
    </span>
  );
}
