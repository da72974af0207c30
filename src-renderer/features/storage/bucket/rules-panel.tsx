import type { ReactElement } from "react";
import type { BucketFinding, BucketJudgement } from "../../../../src-shared/model/storage/bucket-health.ts";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { Panel } from "../../../components/panel.tsx";
import { StatusShape } from "../../../components/status-shape.tsx";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { severityTone } from "../../../components/severity.ts";
import styles from "./bucket.module.css";

/** What of settings, servers and room endangers the data: why, what to do, and what nobody could say. */
export function RulesPanel({ judgement }: { readonly judgement: BucketJudgement }): ReactElement {
  const t = useTranslate();
  const { findings, passed, silent } = judgement;
  const ruleName = (rule: string): string => t.dynamic(`storage.bucket.${rule}.name`, {}, rule);
  return (
    <Panel
      aside={t("storage.rules.count", { found: findings.length, passed: passed.length, silent: silent.length })}
      flush
      title={t("storage.rules")}
    >
      {findings.length === 0 ? (
        <p className={styles.line}>
          <StatusShape tone={silent.length === 0 ? "good" : "doubt"} />
          {silent.length === 0 ? t("storage.rules.allPassed") : t("storage.rules.noneFound")}
        </p>
      ) : (
        <ul>
          {findings.map((finding) => (
            <RuleRow finding={finding} key={`${finding.rule} ${finding.where}`} />
          ))}
        </ul>
      )}
      {silent.length === 0 ? null : (
        <details className={styles.details}>
          <summary>{t("storage.rules.silent", { count: silent.length })}</summary>
          <p>{silent.map(ruleName).join(" · ")}</p>
        </details>
      )}
      {passed.length === 0 ? null : (
        <details className={styles.details}>
          <summary>{t("storage.rules.passed", { count: passed.length })}</summary>
          <p>{passed.map(ruleName).join(" · ")}</p>
        </details>
      )}
    </Panel>
  );
}

function RuleRow({ finding }: { readonly finding: BucketFinding }): ReactElement {
  const t = useTranslate();
  const { rule, severity, where, params, evidence } = finding;
  // Texts name the parameters that they need; one that a rule gives as data is shown as data.
  const shown = Object.fromEntries(
    Object.entries(params).map(([name, value]) => [
      name,
      typeof value === "string" ? withVisibleCharacters(value) : value,
    ]),
  );
  const why = t.dynamic(`storage.bucket.${rule}.why`, shown, "");
  const advice = t.dynamic(`storage.bucket.${rule}.advice`, shown, "");
  return (
    <li className={styles.rule}>
      <StatusShape label={t(`storage.severity.${severity}`)} tone={severityTone(severity)} />
      <div className={styles.ruleText}>
        <p className={styles.ruleTitle}>
          {t.dynamic(`storage.bucket.${rule}.title`, shown, rule)}
          {where === "" ? null : <code className={styles.where}>{withVisibleCharacters(where)}</code>}
        </p>
        {why === "" ? null : <p>{why}</p>}
        {advice === "" ? null : <p className={styles.advice}>{advice}</p>}
        {evidence.length === 0 ? null : (
          <p className={styles.evidence}>
            {evidence.map(({ fact, value }) => `${fact} = ${withVisibleCharacters(value)}`).join(" · ")}
          </p>
        )}
      </div>
    </li>
  );
}
