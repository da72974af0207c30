import { IconRefresh } from "@tabler/icons-react";
import type { ReactElement } from "react";
import { useTranslate } from "../hooks/use-translate.ts";
import { Button } from "./button.tsx";
import { CodeText } from "./code-text.tsx";
import styles from "./plan-answer.module.css";
import { RelativeTime } from "./quantity.tsx";
import { StatusShape, type StatusTone } from "./status-shape.tsx";

/** Whether a plan can be applied: stopped, or not, with or without something to know before. */
export type PlanAnswer = "stopped" | "warned" | "clear";

const TONES: Readonly<Record<PlanAnswer, StatusTone>> = { stopped: "bad", warned: "warning", clear: "good" };

export interface PlanObjection {
  readonly weight: "stops" | "warns" | "notes";
  readonly text: string;
}

interface PlanAnswerCardProps {
  readonly answer: PlanAnswer;
  readonly objections: readonly PlanObjection[];
  readonly createdAtMs: number;
  readonly looking: boolean;
  readonly onLookAgain: () => void;
}

const OBJECTION_TONES: Readonly<Record<PlanObjection["weight"], StatusTone>> = {
  stops: "bad",
  warns: "warning",
  notes: "doubt",
};

/** The answer first, then everything that speaks against it, what stops it before what warns. */
export function PlanAnswerCard(props: PlanAnswerCardProps): ReactElement {
  const { answer, objections, createdAtMs, looking, onLookAgain } = props;
  const t = useTranslate();
  return (
    <section className={styles.verdict} data-answer={answer}>
      <div className={styles.verdictHead}>
        <span className={styles.shape}>
          <StatusShape tone={TONES[answer]} />
        </span>
        <div className={styles.answer}>
          <h3 className={styles.word}>{t(`operations.answer.${answer}`)}</h3>
          <p className={styles.muted}>{t(`operations.answer.${answer}Text`)}</p>
        </div>
        <div className={styles.again}>
          <Button compact icon={IconRefresh} loading={looking} onClick={onLookAgain}>
            {t("operations.planAgain")}
          </Button>
          <span className={styles.when}>
            {t("operations.planned")} <RelativeTime atMs={createdAtMs} />
          </span>
        </div>
      </div>
      {objections.length === 0 ? null : (
        <ul aria-label={t("operations.objections")} className={styles.problems}>
          {objections.map(({ weight, text }) => (
            <li key={`${weight} ${text}`}>
              <StatusShape label={t(`operations.objection.${weight}`)} tone={OBJECTION_TONES[weight]} />
              <span>
                <CodeText text={text} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
