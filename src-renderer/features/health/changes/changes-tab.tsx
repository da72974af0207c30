import { TextInput } from "@mantine/core";
import { IconHistory, IconSearch } from "@tabler/icons-react";
import { useMemo, useState, type ReactElement } from "react";
import type { HealthChange } from "../../../../src-shared/model/health/site-health.ts";
import { nanoFromMs } from "../../../../src-shared/model/nano-time.ts";
import { VERDICT_ORDER, type Verdict } from "../../../../src-shared/model/health/verdict.ts";
import { SelectField } from "../../../components/field.tsx";
import { causeText, evidenceText } from "../../../components/health-text.ts";
import { RelativeTime } from "../../../components/quantity.tsx";
import { EmptyView, FailedView, LoadingView } from "../../../components/state-views.tsx";
import { StatusShape } from "../../../components/status-shape.tsx";
import { VerdictSign, verdictTone } from "../../../components/verdict-sign.tsx";
import { VirtualTable, type TableColumn } from "../../../components/virtual-table.tsx";
import type { Formats } from "../../../hooks/formats.ts";
import { useAnswer } from "../../../hooks/use-answer.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useSiteHealth } from "../../../hooks/use-site-health.tsx";
import { useTranslate, type Translate } from "../../../hooks/use-translate.ts";
import { useWorkspace } from "../../../hooks/workspace-store.ts";
import styles from "./changes.module.css";

const MOST = 1_000;
const VERDICT_CHOICES = ["all", ...VERDICT_ORDER] as const;
const SCOPES = ["all", "component", "instance"] as const;

export interface ChangeFilter {
  readonly text: string;
  readonly verdict: Verdict | "all";
  readonly scope: HealthChange["scope"] | "all";
}

/** By name, component, evidence and cause. A verdict is met by what something became and by what it was. */
export function changeMatches(change: HealthChange, { text, verdict, scope }: ChangeFilter): boolean {
  if (scope !== "all" && change.scope !== scope) return false;
  if (verdict !== "all" && change.verdict !== verdict && change.before !== verdict) return false;
  const { name, component, evidence, causes } = change;
  const all = [name, component, ...[...evidence, ...causes].map(({ kind, metric }) => `${kind} ${metric}`)]
    .join("\n")
    .toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word));
}

/** What changed, the newest first. */
export function ChangesTab(): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { site } = useSiteHealth();
  const showHealth = useWorkspace((state) => state.showHealth);
  const [filter, setFilter] = useState<ChangeFilter>({ text: "", verdict: "all", scope: "all" });
  const [selected, setSelected] = useState<string | null>(null);
  const { data, error, loading, retry } = useAnswer("health", "changes", { site: site.id, limit: MOST });
  const rows = useMemo(() => (data ?? []).filter((change) => changeMatches(change, filter)), [data, filter]);
  const columns = useMemo(() => changeColumns(t, formats), [t, formats]);
  if (loading) return <LoadingView rows={12} />;
  if (data === undefined) {
    return error === undefined ? (
      <LoadingView rows={12} />
    ) : (
      <FailedView error={error} onRetry={retry} title={t("health.changes.failed")} />
    );
  }
  if (data.length === 0) {
    return <EmptyView icon={IconHistory} text={t("health.changes.emptyText")} title={t("health.changes.empty")} />;
  }
  return (
    <>
      <div className={styles.filters}>
        <TextInput
          aria-label={t("health.changes.find")}
          className={styles.text ?? ""}
          leftSection={<IconSearch aria-hidden size={16} stroke={1.5} />}
          maxLength={200}
          onChange={(event) => setFilter({ ...filter, text: event.currentTarget.value })}
          placeholder={t("health.changes.find")}
          value={filter.text}
        />
        <div className={styles.choice}>
          <SelectField
            choices={VERDICT_CHOICES.map((value) => ({
              value,
              label: value === "all" ? t("health.filter.allVerdicts") : t(`health.verdict.${value}`),
            }))}
            label={<span className="visually-hidden">{t("health.filter.verdict")}</span>}
            onChange={(verdict) => setFilter({ ...filter, verdict })}
            value={filter.verdict}
          />
        </div>
        <div className={styles.choice}>
          <SelectField
            choices={SCOPES.map((value) => ({ value, label: t(`health.changes.scope.${value}`) }))}
            label={<span className="visually-hidden">{t("health.changes.scope")}</span>}
            onChange={(scope) => setFilter({ ...filter, scope })}
            value={filter.scope}
          />
        </div>
        <span aria-live="polite" className={styles.count}>
          {t("health.changes.count", { shown: formats.number(rows.length), all: formats.number(data.length) })}
        </span>
      </div>
      {rows.length === 0 ? (
        <EmptyView text={t("health.changes.noneText")} title={t("health.changes.none")} />
      ) : (
        <VirtualTable
          columns={columns}
          label={t("health.tab.changes")}
          rowKey={changeKey}
          rows={rows}
          onSelect={(change) => {
            setSelected(changeKey(change));
            showHealth({ instance: change.scope === "instance" ? change.name : null });
          }}
          selected={selected}
        />
      )}
    </>
  );
}

function changeKey({ atMs, scope, name, verdict, evidence }: HealthChange): string {
  return `${atMs} ${scope} ${name} ${verdict} ${evidence.map(({ kind }) => kind).join()}`;
}

function changeColumns(t: Translate, formats: Formats): readonly TableColumn<HealthChange>[] {
  return [
    {
      id: "time",
      header: t("health.changes.timeIn", { zone: formats.zone(Date.now()) }),
      width: "176px",
      render: ({ atMs }) => (
        <time dateTime={new Date(atMs).toISOString()} title={formats.dateTime(atMs)}>
          {formats.timestamp(nanoFromMs(atMs), { fraction: 0 })}
        </time>
      ),
    },
    {
      id: "ago",
      header: t("health.changes.ago"),
      width: "88px",
      render: ({ atMs }) => (
        <span className={styles.muted}>
          <RelativeTime atMs={atMs} />
        </span>
      ),
    },
    {
      id: "name",
      header: t("health.changes.name"),
      width: "minmax(168px, 1fr)",
      render: ({ name, scope }) => (
        <span className={scope === "instance" ? styles.mono : styles.component} title={name}>
          {name}
        </span>
      ),
    },
    {
      id: "change",
      header: t("health.changes.change"),
      width: "240px",
      render: ({ before, verdict }) => (
        <span className={styles.change}>
          {before === null || before === verdict ? null : (
            <>
              <span className={styles.before}>
                <StatusShape tone={verdictTone(before)} />
                {t(`health.verdict.${before}`)}
              </span>
              <span aria-hidden>→</span>
            </>
          )}
          <VerdictSign verdict={verdict} />
          {before === verdict ? <span className={styles.muted}>{t("health.changes.otherReason")}</span> : null}
        </span>
      ),
    },
    {
      id: "why",
      header: t("health.board.evidence"),
      width: "minmax(240px, 3fr)",
      render: (change) => {
        const text = changeReasons(change, t, formats).join(" · ");
        return <span title={text}>{text}</span>;
      },
    },
  ];
}

function changeReasons({ causes, evidence }: HealthChange, t: Translate, formats: Formats): readonly string[] {
  return [...causes.map((cause) => causeText(cause, t)), ...evidence.map((one) => evidenceText(one, t, formats))];
}
