import { IconRefresh, IconShieldCheck } from "@tabler/icons-react";
import { useCallback, useEffect, type ReactElement } from "react";
import {
  AUDIT_SEVERITIES,
  type AuditFinding,
  type AuditGap,
  type ConfigAudit,
} from "../../../../src-shared/model/health/config-audit.ts";
import { Button } from "../../../components/button.tsx";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { CopyButton } from "../../../components/copy-button.tsx";
import { failureText } from "../../../components/reason-text.ts";
import { RelativeTime } from "../../../components/quantity.tsx";
import { EmptyView, FailedView, LoadingView, PartialNotice } from "../../../components/state-views.tsx";
import { StatusShape, type StatusTone } from "../../../components/status-shape.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useSiteHealth } from "../../../hooks/use-site-health.tsx";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { useRpc } from "../../../rpc/rpc-context.tsx";
import { DiffText } from "../../../components/diff-text.tsx";
import { useAsk } from "../../../hooks/use-ask.ts";
import { auditCsv, findingTexts } from "./audit-texts.ts";
import styles from "./audit.module.css";

const TONES: Readonly<Record<AuditFinding["severity"], StatusTone>> = {
  critical: "bad",
  warning: "warning",
  info: "idle",
};

/** What of the configuration will hurt one day, why, and what would mend it. Nothing here is applied by the console. */
export function AuditTab(): ReactElement {
  const t = useTranslate();
  const { site } = useSiteHealth();
  const { api } = useRpc();
  const { data, error, pending, ask } = useAsk(
    useCallback((signal: AbortSignal) => api.health.auditConfig({ site: site.id }, { signal }), [api, site.id]),
  );
  useEffect(ask, [ask]);
  if (data === undefined) {
    return error === undefined ? (
      <LoadingView rowHeight={40} rows={8} />
    ) : (
      <FailedView error={error} onRetry={ask} title={t("health.audit.failed")} />
    );
  }
  return (
    <div className={styles.audit}>
      <AuditBar audit={data} onAgain={ask} pending={pending} />
      {error === undefined ? null : <FailedView error={error} onRetry={ask} title={t("health.audit.failed")} />}
      {data.gaps.length === 0 ? null : <Gaps gaps={data.gaps} />}
      {data.findings.length === 0 ? (
        <EmptyView
          icon={IconShieldCheck}
          text={data.gaps.length === 0 ? t("health.audit.cleanText") : t("health.audit.cleanButText")}
          title={t("health.audit.clean")}
        />
      ) : (
        AUDIT_SEVERITIES.map((severity) => (
          <Findings
            findings={data.findings.filter((finding) => finding.severity === severity)}
            key={severity}
            severity={severity}
          />
        ))
      )}
      <Passed rules={data.passed} />
    </div>
  );
}

interface AuditBarProps {
  readonly audit: ConfigAudit;
  readonly pending: boolean;
  readonly onAgain: () => void;
}

function AuditBar({ audit, pending, onAgain }: AuditBarProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  return (
    <div className={styles.bar}>
      {AUDIT_SEVERITIES.map((severity) => {
        const count = audit.findings.filter((finding) => finding.severity === severity).length;
        return (
          <span className={styles.tally} key={severity}>
            <StatusShape tone={count === 0 ? "idle" : TONES[severity]} />
            {formats.number(count)} {t(`health.audit.severity.${severity}`)}
          </span>
        );
      })}
      <span className={styles.muted}>
        {t("health.audit.passed", { count: audit.passed.length, rules: formats.number(audit.passed.length) })}
      </span>
      <span className={styles.muted}>
        {t("health.audit.checked")} <RelativeTime atMs={audit.checkedAtMs} />
        {audit.configFrom === null ? null : ` · ${t("health.audit.from", { instance: audit.configFrom })}`}
      </span>
      <span className={styles.barActions}>
        <span className={styles.copy}>
          CSV <CopyButton label={t("health.audit.copyCsv")} text={auditCsv(audit, t)} />
        </span>
        <span className={styles.copy}>
          JSON <CopyButton label={t("health.audit.copyJson")} text={JSON.stringify(audit, null, 2)} />
        </span>
        <Button compact icon={IconRefresh} loading={pending} onClick={onAgain}>
          {t("health.audit.again")}
        </Button>
      </span>
    </div>
  );
}

function Gaps({ gaps }: { readonly gaps: readonly AuditGap[] }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  return (
    <PartialNotice>
      <p>{t("health.audit.gaps")}</p>
      <ul>
        {gaps.map(({ fact, code, rules }) => (
          <li key={`${fact} ${code}`}>
            {t(`health.audit.fact.${fact}`)}: {t.dynamic(`health.why.${code}`, {}, failureText(code, t, formats))}{" "}
            <span className={styles.muted} title={rules.join(", ")}>
              {t("health.audit.silenced", { count: rules.length, rules: formats.number(rules.length) })}
            </span>
          </li>
        ))}
      </ul>
    </PartialNotice>
  );
}

interface FindingsProps {
  readonly severity: AuditFinding["severity"];
  readonly findings: readonly AuditFinding[];
}

function Findings({ severity, findings }: FindingsProps): ReactElement | null {
  const t = useTranslate();
  if (findings.length === 0) return null;
  return (
    <section aria-label={t(`health.audit.severity.${severity}`)} className={styles.group}>
      <h2 className={styles.groupTitle}>
        <StatusShape tone={TONES[severity]} />
        {t(`health.audit.severity.${severity}`)}
      </h2>
      <ul className={styles.findings}>
        {findings.map((finding) => (
          <Finding finding={finding} key={`${finding.rule} ${finding.where} ${finding.present}`} />
        ))}
      </ul>
    </section>
  );
}

function Finding({ finding }: { readonly finding: AuditFinding }): ReactElement {
  const t = useTranslate();
  const { where, present, patch, rule } = finding;
  const { title, why } = findingTexts(finding, t);
  return (
    <li className={styles.finding}>
      <p className={styles.title}>
        <span>{title}</span>
        <code className={styles.rule}>{rule}</code>
      </p>
      <p className={styles.where}>
        <code>{withVisibleCharacters(where)}</code>
        <CopyButton label={t("health.audit.copyWhere")} size={20} text={where} />
        {present === "" ? null : (
          <span>
            {t("health.audit.present")} <code>{withVisibleCharacters(present)}</code>
          </span>
        )}
      </p>
      <p className={styles.why}>{why}</p>
      {patch === null ? (
        <p className={styles.muted}>{t("health.audit.noPatch")}</p>
      ) : (
        <div className={styles.patch}>
          <details>
            <summary>{t("health.audit.patch")}</summary>
            <DiffText label={t("health.audit.patchOf", { where })} text={patch} />
          </details>
          <CopyButton label={t("health.audit.copyPatch")} size={20} text={patch} />
        </div>
      )}
    </li>
  );
}

function Passed({ rules }: { readonly rules: readonly string[] }): ReactElement | null {
  const t = useTranslate();
  if (rules.length === 0) return null;
  return (
    <details className={styles.passed}>
      <summary>{t("health.audit.passedTitle", { count: rules.length })}</summary>
      <ul>
        {rules.map((rule) => (
          <li key={rule}>
            <StatusShape tone="good" />
            <span>{t.dynamic(`health.audit.${rule}.title`, {}, rule)}</span>
            <code className={styles.rule}>{rule}</code>
          </li>
        ))}
      </ul>
    </details>
  );
}
