import type { ReactElement } from "react";
import type { PlanStep } from "../../../../src-shared/model/health/operation.ts";
import type { Canary, Preflight } from "../../../../src-shared/model/storage/storage-plan.ts";
import { DiffText } from "../../../components/diff-text.tsx";
import { OperationSteps } from "../../../components/operation-steps.tsx";
import { PlanSection } from "../../../components/plan-dialog.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { CanaryTable } from "./canary-table.tsx";
import styles from "./plan.module.css";
import { PreflightList } from "./preflight-list.tsx";

interface PlanDetailsProps {
  readonly plan: {
    readonly preflight: readonly Preflight[];
    readonly diff: string;
    readonly canaries: readonly Canary[];
    readonly steps: readonly PlanStep[];
  };
  /** Objects that the diff does not show. */
  readonly more: number;
}

/** What every plan of a bucket has: what was looked at, what changes, what proves it, and what is done in which order. */
export function PlanDetails({ plan, more }: PlanDetailsProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  return (
    <>
      {plan.preflight.length === 0 ? null : (
        <PlanSection title={t("storage.plan.preflight")}>
          <PreflightList preflight={plan.preflight} />
        </PlanSection>
      )}
      {plan.diff === "" ? null : (
        <PlanSection title={t("storage.plan.diff")}>
          <DiffText label={t("storage.plan.diff")} text={plan.diff} />
          {more > 0 ? <p className={styles.muted}>{t("storage.keysMore", { more: formats.number(more) })}</p> : null}
        </PlanSection>
      )}
      <Canaries canaries={plan.canaries} />
      <PlanSection title={t("operations.steps")}>
        <OperationSteps steps={plan.steps} texts="storage" />
      </PlanSection>
    </>
  );
}

/** The queries under their heading, where there are any. */
export function Canaries({ canaries }: { readonly canaries: readonly Canary[] }): ReactElement | null {
  const t = useTranslate();
  return canaries.length === 0 ? null : (
    <PlanSection title={t("storage.canaries")}>
      <CanaryTable canaries={canaries} />
    </PlanSection>
  );
}
