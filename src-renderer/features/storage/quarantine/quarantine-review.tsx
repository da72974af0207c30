import type { ReactElement } from "react";
import type { QuarantinePlan } from "../../../../src-shared/model/storage/quarantine.ts";
import { DiffText } from "../../../components/diff-text.tsx";
import { OperationSteps } from "../../../components/operation-steps.tsx";
import { PlanSection } from "../../../components/plan-dialog.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { CanaryTable } from "../plan/canary-table.tsx";
import { PreflightList } from "../plan/preflight-list.tsx";
import { Totals } from "../plan/totals.tsx";
import { QuarantineItems } from "./quarantine-items.tsx";

/** All of a plan but its answer. */
export function QuarantineReview({ plan }: { readonly plan: QuarantinePlan }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  return (
    <>
      <Totals
        totals={[
          { label: t("storage.totals.objects"), value: formats.number(plan.count) },
          { label: t("storage.totals.bytes"), value: formats.bytes(plan.bytes), exact: formats.bytesExact(plan.bytes) },
          { label: t("storage.totals.batch"), value: plan.batch },
        ]}
      />
      <PlanSection title={t("storage.plan.objects")}>
        <QuarantineItems count={plan.count} items={plan.items} />
      </PlanSection>
      {plan.preflight.length === 0 ? null : (
        <PlanSection title={t("storage.plan.preflight")}>
          <PreflightList preflight={plan.preflight} />
        </PlanSection>
      )}
      {plan.diff === "" ? null : (
        <PlanSection title={t("storage.plan.diff")}>
          <DiffText label={t("storage.plan.diff")} text={plan.diff} />
        </PlanSection>
      )}
      {plan.canaries.length === 0 ? null : (
        <PlanSection title={t("storage.canaries")}>
          <CanaryTable canaries={plan.canaries} />
        </PlanSection>
      )}
      <PlanSection title={t("operations.steps")}>
        <OperationSteps steps={plan.steps} texts="storage" />
      </PlanSection>
    </>
  );
}
