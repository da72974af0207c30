import type { ReactElement } from "react";
import type { InstanceHealth } from "../../../../src-shared/model/health/site-health.ts";
import type { Evidence } from "../../../../src-shared/model/health/verdict.ts";
import { CopyButton } from "../../../components/copy-button.tsx";
import { evidenceText, exactFigure, figureText, isAgainstPast, scoreText } from "../../../components/health-text.ts";
import { RelativeTime } from "../../../components/quantity.tsx";
import { StatusShape } from "../../../components/status-shape.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import styles from "./instance.module.css";

/** Why it is thought so, figure by figure, and why that may be wrong. */
export function EvidenceList({ instance }: { readonly instance: InstanceHealth }): ReactElement {
  const t = useTranslate();
  const { evidence, doubts, verdict } = instance;
  return (
    <>
      <section className={styles.section}>
        <h3>{t("health.instance.evidence")}</h3>
        {evidence.length === 0 ? (
          <p className={styles.muted}>
            {t(verdict === "unknown" ? "health.instance.noEvidenceUnknown" : "health.instance.noEvidence")}
          </p>
        ) : (
          <ul className={styles.evidenceList}>
            {evidence.map((one) => (
              <EvidenceItem evidence={one} key={`${one.kind} ${one.metric} ${JSON.stringify(one.params)}`} />
            ))}
          </ul>
        )}
      </section>
      {doubts.length === 0 ? null : (
        <section className={styles.section}>
          <h3>{t("health.instance.doubts")}</h3>
          <ul className={styles.doubts}>
            {doubts.map((doubt) => (
              <li key={doubt}>
                <StatusShape tone="doubt" />
                <span>{t(`health.doubt.${doubt}`)}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function EvidenceItem({ evidence }: { readonly evidence: Evidence }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { kind, metric, unit, own, matesMedian, spread, score, sinceMs } = evidence;
  const past = isAgainstPast(evidence);
  const figure = (label: string, value: number | null): ReactElement => (
    <div className={styles.figure}>
      <dt>{label}</dt>
      <dd title={exactFigure(value, unit, t)}>{figureText(value, unit, formats)}</dd>
    </div>
  );
  return (
    <li className={styles.evidenceItem}>
      <p className={styles.evidenceText}>{evidenceText(evidence, t, formats)}</p>
      <p className={styles.muted}>{t(`health.evidenceHelp.${kind}`)}</p>
      {matesMedian === null ? null : (
        <>
          <dl className={styles.figures}>
            {figure(t("health.instance.own"), own)}
            {figure(t(past ? "health.instance.past" : "health.instance.mates"), matesMedian)}
            {spread === null ? null : figure(t(past ? "health.instance.pastSpread" : "health.instance.spread"), spread)}
          </dl>
          {score === null ? null : (
            <p className={styles.muted} title={t("health.scoreValue", { score: formats.number(score, 1) })}>
              {scoreText(score, t)} ({t("health.scoreValue", { score: formats.number(score, 1) })})
            </p>
          )}
        </>
      )}
      <p className={styles.metric}>
        <code>{metric}</code>
        <CopyButton label={t("health.instance.copyMetric")} size={20} text={metric} />
        <span className={styles.sinceText}>
          {t("health.instance.since")} <RelativeTime atMs={sinceMs} /> · {formats.dateTime(sinceMs)}
        </span>
      </p>
    </li>
  );
}
