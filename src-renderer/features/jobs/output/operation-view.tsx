import type { ReactElement } from "react";
import type { OperationReport } from "../../../../src-shared/model/health/operation.ts";
import type { JobState } from "../../../../src-shared/model/job.ts";
import { Facts } from "../../../components/facts.tsx";
import { OperationOutcome, operationOutcome } from "../../../components/operation-outcome.tsx";
import { OperationSteps } from "../../../components/operation-steps.tsx";
import { operationName } from "../../../components/operation-text.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import styles from "./outcome.module.css";

interface OperationViewProps {
  readonly report: OperationReport;
  readonly state: JobState;
}

/** What an operation on a Loki did, step by step, and whether it was seen to be done. */
export function OperationView({ report, state }: OperationViewProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { plan, steps, reason } = report;
  return (
    <div className={styles.outcome}>
      <OperationOutcome kind={operationOutcome(state, report)} />
      <Facts
        facts={[
          { label: t("operations.operation"), value: operationName(t, plan.operation) },
          { label: t("operations.site"), value: plan.site },
          { label: t("operations.safe.question"), value: t(`operations.safe.${plan.safe.answer}`) },
          { label: t("operations.planned"), value: formats.dateTime(plan.createdAtMs) },
          ...(reason === undefined ? [] : [{ label: t("operations.reason"), value: reason }]),
        ]}
      />
      <OperationSteps progress={steps} steps={plan.steps} />
    </div>
  );
}
