import type { ReactElement } from "react";
import type { QuarantinePlan } from "../../../../src-shared/model/storage/quarantine.ts";
import { PlanSection } from "../../../components/plan-dialog.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { PlanDetails } from "../plan/plan-details.tsx";
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
      <PlanDetails more={plan.count - plan.items.length} plan={plan} />
    </>
  );
}
