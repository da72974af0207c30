import { useMemo, type ReactElement } from "react";
import type { AuditEntry } from "../../../src-shared/api/audit.api.ts";
import { StatusShape, type StatusTone } from "../../components/status-shape.tsx";
import { VirtualTable, type TableColumn } from "../../components/virtual-table.tsx";
import { useNow } from "../../hooks/use-now.ts";
import { useFormats } from "../../hooks/use-formats.ts";
import { useTranslate } from "../../hooks/use-translate.ts";
import styles from "./audit-screen.module.css";

const TONES: Readonly<Record<AuditEntry["outcome"], StatusTone>> = {
  started: "idle",
  succeeded: "good",
  failed: "bad",
  refused: "warning",
  cancelled: "doubt",
};

export function outcomeTone(outcome: AuditEntry["outcome"]): StatusTone {
  return TONES[outcome];
}

/** The subject in one line: `site=lab tenant=team-a`. */
export function subjectText(subject: AuditEntry["subject"]): string {
  return Object.entries(subject)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join("  ");
}

interface AuditTableProps {
  readonly entries: readonly AuditEntry[];
  readonly total: number;
  readonly selected: AuditEntry | null;
  readonly onSelect: (entry: AuditEntry) => void;
  readonly onEndReached: () => void;
}

export function AuditTable({ entries, total, selected, onSelect, onEndReached }: AuditTableProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const zone = formats.zone(useNow(60_000));
  const columns = useMemo<readonly TableColumn<AuditEntry>[]>(
    () => [
      {
        id: "sequence",
        header: t("app.audit.sequence"),
        width: "84px",
        align: "end",
        render: (entry) => <span className={styles.faint}>{formats.number(entry.sequence)}</span>,
      },
      {
        id: "time",
        header: t("app.audit.time", { zone: zone }),
        width: "200px",
        render: (entry) => (
          <span>{formats.timestamp(BigInt(Math.trunc(entry.atMs)) * 1_000_000n, { fraction: 3 })}</span>
        ),
      },
      {
        id: "principal",
        header: t("app.audit.principal"),
        width: "minmax(96px, 0.6fr)",
        render: (entry) => <span>{entry.principal}</span>,
      },
      {
        id: "role",
        header: t("app.audit.role"),
        width: "112px",
        render: (entry) => <span>{t.dynamic(`roles.${entry.role}`, {}, entry.role)}</span>,
      },
      {
        id: "class",
        header: t("app.audit.class"),
        width: "92px",
        render: (entry) => <span>{t(`audit.class.${entry.auditClass}`)}</span>,
      },
      {
        id: "action",
        header: t("app.audit.action"),
        width: "minmax(156px, 0.8fr)",
        render: (entry) => <code>{entry.action}</code>,
      },
      {
        id: "outcome",
        header: t("app.audit.outcome"),
        width: "116px",
        render: (entry) => (
          <>
            <StatusShape tone={outcomeTone(entry.outcome)} />
            <span>{t(`audit.outcome.${entry.outcome}`)}</span>
          </>
        ),
      },
      {
        id: "subject",
        header: t("app.audit.subject"),
        width: "minmax(160px, 2fr)",
        render: (entry) => <code className={styles.faint}>{subjectText(entry.subject)}</code>,
      },
    ],
    [t, formats, zone],
  );
  return (
    <VirtualTable
      columns={columns}
      label={t("app.screen.audit")}
      onEndReached={onEndReached}
      onSelect={onSelect}
      rowKey={(entry) => String(entry.sequence)}
      rows={entries}
      selected={selected === null ? null : String(selected.sequence)}
      total={total}
    />
  );
}
