import type { ReactElement } from "react";
import type { LimitPlan } from "../../../../src-shared/model/tenants/limit-change.ts";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { DiffText } from "../../../components/diff-text.tsx";
import { Facts } from "../../../components/facts.tsx";
import { OperationSteps } from "../../../components/operation-steps.tsx";
import { PlanSection } from "../../../components/plan-dialog.tsx";
import { RelativeTime } from "../../../components/quantity.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { ExpiryLine } from "../expiry-line.tsx";
import { CapacityTable } from "./capacity-table.tsx";
import styles from "./plan-review.module.css";
import { ValueTable } from "./value-table.tsx";

/** All of a plan but its verdict: values, diff, capacity, who else changed it, steps, and what ends by itself. */
export function PlanReview({ plan }: { readonly plan: LimitPlan }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { place } = plan;
  return (
    <>
      {plan.edits.length === 0 ? null : (
        <PlanSection title={t("limits.plan.values")}>
          <ValueTable edits={plan.edits} />
        </PlanSection>
      )}
      {plan.expiry.length === 0 ? null : (
        <PlanSection title={t("limits.plan.expiry")}>
          <ul className={styles.expiry}>
            {plan.expiry.map((expiry) => (
              <ExpiryLine expiry={expiry} key={`${expiry.tenant} ${expiry.key}`} />
            ))}
          </ul>
        </PlanSection>
      )}
      {plan.diff === "" ? null : (
        <PlanSection title={t("limits.plan.diff")}>
          <DiffText label={t("limits.plan.diff")} text={plan.diff} />
        </PlanSection>
      )}
      {plan.capacity.length === 0 ? null : (
        <PlanSection title={t("limits.plan.capacity")}>
          <CapacityTable capacity={plan.capacity} />
        </PlanSection>
      )}
      <PlanSection title={t("limits.plan.place")}>
        <Facts
          facts={[
            { label: t("limits.place"), value: `${place.namespace}/${place.name} · ${place.key}`, mono: true },
            { label: t("limits.place.version"), value: place.resourceVersion, mono: true },
            { label: t("limits.place.file"), value: place.file, mono: true },
            { label: t("limits.place.mounted"), value: formats.list(place.mountedBy) },
            ...(place.managedBy === null
              ? []
              : [{ label: t("limits.place.managedBy"), value: withVisibleCharacters(place.managedBy) }]),
          ]}
        />
      </PlanSection>
      <PlanSection title={t("limits.plan.lately")}>
        {plan.lately.length === 0 ? (
          <p className={styles.muted}>{t("limits.plan.latelyNone")}</p>
        ) : (
          <ul className={styles.lately}>
            {plan.lately.map(({ who, atMs, what }) => (
              <li key={`${who} ${atMs} ${what}`}>
                <RelativeTime atMs={atMs} />
                <strong>{withVisibleCharacters(who)}</strong>
                <span className={styles.muted}>{withVisibleCharacters(what)}</span>
              </li>
            ))}
          </ul>
        )}
      </PlanSection>
      <PlanSection title={t("operations.steps")}>
        <OperationSteps steps={plan.steps} texts="limits" />
      </PlanSection>
    </>
  );
}
