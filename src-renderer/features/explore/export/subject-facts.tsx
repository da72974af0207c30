import type { ReactElement } from "react";
import { msFromNano } from "../../../../src-shared/model/nano-time.ts";
import { Facts } from "../../../components/facts.tsx";
import type { Answer } from "../../../hooks/use-answer.ts";
import type { CostEstimate } from "../../../../src-shared/api/logs.api.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import type { RunPlan } from "../session/run-plan.ts";
import { traitsOf } from "../session/source-traits.ts";
import { useSourceName } from "../session/use-source-name.ts";
import styles from "./export.module.css";

interface SubjectFactsProps {
  readonly plan: RunPlan;
  /** `null` where an amount says nothing. */
  readonly estimate: Answer<CostEstimate> | null;
}

interface AmountProps {
  readonly plan: RunPlan;
  readonly estimate: Answer<CostEstimate>;
}

/** What will be exported: the query, from where, which instants, and how much that is. */
export function SubjectFacts({ plan, estimate }: SubjectFactsProps): ReactElement {
  const t = useTranslate();
  const source = useSourceName(plan.target);
  return (
    <Facts
      facts={[
        { label: t("exports.query"), value: <code className={styles.query}>{plan.query}</code> },
        { label: t("exports.from"), value: source },
        { label: t("exports.range"), value: <RangeText range={plan.range} /> },
        ...(estimate === null
          ? []
          : [{ label: t("exports.amount"), value: <Amount estimate={estimate} plan={plan} /> }]),
      ]}
    />
  );
}

/** Both instants, exact, and how long it is from one to the other. */
export function RangeText({ range }: Pick<RunPlan, "range">): ReactElement {
  const formats = useFormats();
  const startMs = msFromNano(BigInt(range.startNs));
  const endMs = msFromNano(BigInt(range.endNs));
  return (
    <>
      <span className={styles.instant}>
        {formats.timestamp(range.startNs, { fraction: fractionOf(range.startNs) })}
      </span>
      {" – "}
      <span className={styles.instant}>
        {formats.timestamp(range.endNs, { fraction: fractionOf(range.endNs) })} {formats.zone(endMs)}
      </span>{" "}
      <span className={styles.quiet}>({formats.duration(endMs - startMs)})</span>
    </>
  );
}

/** As many digits as say the instant exactly. */
function fractionOf(ns: string): 0 | 3 | 9 {
  const digits = BigInt(ns) % 1_000_000_000n;
  return digits === 0n ? 0 : digits % 1_000_000n === 0n ? 3 : 9;
}

function Amount({ plan, estimate }: AmountProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { data, loading } = estimate;
  if (loading) return <span className={styles.quiet}>{t("explore.cost.estimating")}</span>;
  if (data?.stats === undefined) return <span className={styles.quiet}>{t("exports.amount.unknown")}</span>;
  const { entries, bytes, streams } = data.stats;
  const figures = { count: entries, lines: formats.number(entries), bytes: formats.bytes(bytes) };
  return (
    <>
      {t("exports.amount.text", figures)}{" "}
      <span className={styles.quiet}>
        {traitsOf(plan.target).costly
          ? t("exports.amount.byIndex", { count: streams, streams: formats.number(streams) })
          : t("exports.amount.free")}
      </span>
    </>
  );
}
