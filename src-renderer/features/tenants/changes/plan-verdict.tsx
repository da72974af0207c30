import { IconRefresh } from "@tabler/icons-react";
import type { ReactElement } from "react";
import type { LimitPlan } from "../../../../src-shared/model/tenants/limit-change.ts";
import { Button } from "../../../components/button.tsx";
import { CodeText } from "../../../components/code-text.tsx";
import { RelativeTime } from "../../../components/quantity.tsx";
import { StatusShape, type StatusTone } from "../../../components/status-shape.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import styles from "./plan-review.module.css";
import { problemText } from "./problem-text.ts";

export type PlanAnswer = "stopped" | "warned" | "clear";

/** Whether a plan can be applied: stopped, or not, with or without something to know before. */
export function planAnswer({ problems }: LimitPlan): PlanAnswer {
  if (problems.some(({ weight }) => weight === "stops")) return "stopped";
  return problems.length > 0 ? "warned" : "clear";
}

const TONES: Readonly<Record<PlanAnswer, StatusTone>> = { stopped: "bad", warned: "warning", clear: "good" };

interface PlanVerdictProps {
  readonly plan: LimitPlan;
  readonly looking: boolean;
  readonly onLookAgain: () => void;
}

/** The answer first, then everything that speaks against it, what stops it before what warns. */
export function PlanVerdict({ plan, looking, onLookAgain }: PlanVerdictProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const answer = planAnswer(plan);
  return (
    <section className={styles.verdict} data-answer={answer}>
      <div className={styles.verdictHead}>
        <span className={styles.shape}>
          <StatusShape tone={TONES[answer]} />
        </span>
        <div className={styles.answer}>
          <h3 className={styles.word}>{t(`limits.plan.answer.${answer}`)}</h3>
          <p className={styles.muted}>{t(`limits.plan.answer.${answer}Text`)}</p>
        </div>
        <div className={styles.again}>
          <Button compact icon={IconRefresh} loading={looking} onClick={onLookAgain}>
            {t("limits.plan.again")}
          </Button>
          <span className={styles.when}>
            {t("limits.plan.made")} <RelativeTime atMs={plan.createdAtMs} />
          </span>
        </div>
      </div>
      {plan.problems.length === 0 ? null : (
        <ul aria-label={t("limits.plan.problems")} className={styles.problems}>
          {plan.problems.map((problem) => (
            <li key={JSON.stringify(problem)}>
              <StatusShape
                label={t(`limits.plan.weight.${problem.weight}`)}
                tone={problem.weight === "stops" ? "bad" : "warning"}
              />
              <span>
                <CodeText text={problemText(problem, t, formats)} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
