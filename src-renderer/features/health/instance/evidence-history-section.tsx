import { useState, type ReactElement } from "react";
import type { SiteId } from "../../../../src-shared/model/ids.ts";
import type { InstanceHealth } from "../../../../src-shared/model/health/site-health.ts";
import type { EvidenceKind } from "../../../../src-shared/model/health/verdict.ts";
import { CopyButton } from "../../../components/copy-button.tsx";
import { SelectField } from "../../../components/field.tsx";
import { EmptyView, FailedView, LoadingView } from "../../../components/state-views.tsx";
import { usePreferences } from "../../../hooks/preferences.ts";
import { useAnswer } from "../../../hooks/use-answer.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { EvidenceChart } from "./evidence-chart.tsx";
import styles from "./instance.module.css";

/** What is worth a look of one that nothing speaks against. */
const INGESTER_KINDS = ["put-slow", "flush-backlog", "push-starved", "push-pileup"] as const;
const EVERYBODYS_KINDS = ["answers-slowly", "memory-high", "goroutines-growing"] as const;
const TAKES_PUSHES: ReadonlySet<string> = new Set(["ingester", "write", "single-binary", "all"]);

const SPANS = ["900", "3600", "21600"] as const;

/** Kinds that a chart can be drawn of: what speaks against it first. */
export function chartKinds({ component, evidence }: InstanceHealth): readonly EvidenceKind[] {
  const told = evidence.filter(({ matesMedian }) => matesMedian !== null).map(({ kind }) => kind);
  return [...new Set([...told, ...(TAKES_PUSHES.has(component) ? INGESTER_KINDS : []), ...EVERYBODYS_KINDS])];
}

interface EvidenceHistorySectionProps {
  readonly site: SiteId;
  readonly instance: InstanceHealth;
}

/** A figure over the last hours: its own line in the band of its mates. */
export function EvidenceHistorySection({ site, instance }: EvidenceHistorySectionProps): ReactElement {
  const t = useTranslate();
  const { colorScheme } = usePreferences();
  const kinds = chartKinds(instance);
  const [chosen, setChosen] = useState<EvidenceKind | null>(null);
  const [span, setSpan] = useState<(typeof SPANS)[number]>("3600");
  const kind = chosen !== null && kinds.includes(chosen) ? chosen : (kinds[0] ?? "answers-slowly");
  const { data, error, loading, retry } = useAnswer(
    "health",
    "evidenceHistory",
    { site, instance: instance.instance, kind, lastSeconds: Number(span) },
    { keepPrevious: true },
  );
  return (
    <section className={styles.section}>
      <div className={styles.headed}>
        <h3>{t("health.instance.history")}</h3>
        <div className={styles.historyKind}>
          <SelectField
            choices={kinds.map((value) => ({
              value,
              label: t.dynamic(`health.chart.${value}`, {}, t("health.chart.other", { kind: value })),
            }))}
            label={<span className="visually-hidden">{t("health.instance.historyKind")}</span>}
            onChange={setChosen}
            value={kind}
          />
        </div>
        <div className={styles.historySpan}>
          <SelectField
            choices={SPANS.map((value) => ({ value, label: t(`health.span.${value}`) }))}
            label={<span className="visually-hidden">{t("health.instance.historySpan")}</span>}
            onChange={setSpan}
            value={span}
          />
        </div>
      </div>
      {loading ? <LoadingView rows={5} /> : null}
      {error === undefined ? null : (
        <FailedView error={error} onRetry={retry} title={t("health.instance.historyFailed")} />
      )}
      {data === undefined || error !== undefined ? null : data.own.length === 0 && data.mates.length === 0 ? (
        <EmptyView small text={t("health.instance.historyEmptyText")} title={t("health.instance.historyEmpty")} />
      ) : (
        <>
          <EvidenceChart history={data} key={colorScheme} />
          <p className={styles.metric}>
            <code>{data.metric}</code>
            <CopyButton label={t("health.instance.copyMetric")} size={20} text={data.metric} />
          </p>
        </>
      )}
    </section>
  );
}
