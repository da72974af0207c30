import type { ReactElement } from "react";
import type { OperationReport } from "../../../../src-shared/model/health/operation.ts";
import type { JobState } from "../../../../src-shared/model/job.ts";
import { Badge } from "../../../components/badge.tsx";
import { operationOutcome, operationOutcomeTone } from "../../../components/operation-outcome.tsx";
import { useTranslate } from "../../../hooks/use-translate.ts";
import styles from "./outcome-summary.module.css";

interface OperationSummaryProps {
  readonly report: OperationReport;
  readonly state: JobState;
}

/** An operation's outcome in one line. */
export function OperationSummary({ report, state }: OperationSummaryProps): ReactElement {
  const t = useTranslate();
  const outcome = operationOutcome(state, report);
  const done = report.steps.filter((step) => step.state === "done").length;
  return (
    <span className={styles.summary}>
      <Badge tone={operationOutcomeTone(outcome)}>{t(`operations.outcome.${outcome}`)}</Badge>
      <span>{t("operations.stepsDone", { count: report.steps.length, done })}</span>
    </span>
  );
}
