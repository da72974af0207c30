import type { ReactElement } from "react";
import type { RestorePlan } from "../../../../src-shared/model/storage/restore.ts";
import { PlanSection } from "../../../components/plan-dialog.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { PlanDetails } from "../plan/plan-details.tsx";
import { Totals } from "../plan/totals.tsx";
import styles from "../plan/plan.module.css";
import { LostStreams } from "./lost-streams.tsx";

/** All of a plan but its answer. */
export function RestoreReview({ plan }: { readonly plan: RestorePlan }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { counts, rate } = plan;
  return (
    <>
      <Totals
        totals={[
          { label: t("storage.totals.missing"), value: formats.number(counts.missing) },
          { label: t("storage.totals.damaged"), value: formats.number(counts.damaged) },
          { label: t("storage.totals.restorable"), value: formats.number(counts.restorable) },
          { label: t("storage.totals.lost"), value: formats.number(counts.lost) },
          { label: t("storage.totals.sound"), value: formats.number(counts.sound) },
          { label: t("storage.totals.bytes"), value: formats.bytes(plan.bytes), exact: formats.bytesExact(plan.bytes) },
          { label: t("storage.totals.requests"), value: formats.number(plan.requests) },
          { label: t("storage.totals.estimate"), value: formats.duration(plan.estimatedMs) },
        ]}
      />
      <p className={styles.muted}>
        {t(`storage.restore.rate.${rate.basis}`, { rate: formats.bytesRate(rate.bytesPerSecond) })}
      </p>
      {plan.lostStreams === 0 ? null : (
        <PlanSection title={t("storage.plan.lost", { minutes: formats.number(plan.lostMinutes) })}>
          <LostStreams count={plan.lostStreams} streams={plan.lost} />
        </PlanSection>
      )}
      <PlanDetails more={counts.restorable - plan.items.length} plan={plan} />
    </>
  );
}
