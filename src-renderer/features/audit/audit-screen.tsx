import { TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconDownload, IconSearch, IconShieldCheck } from "@tabler/icons-react";
import { useState, type ReactElement } from "react";
import type { AuditEntry } from "../../../src-shared/api/audit.api.ts";
import { Button } from "../../components/button.tsx";
import { ErrorPanel } from "../../components/error-panel.tsx";
import { SelectField } from "../../components/field.tsx";
import { Screen } from "../../components/screen.tsx";
import { EmptyView, FailedView, LoadingView, PartialNotice } from "../../components/state-views.tsx";
import { errorText } from "../../components/error-text.ts";
import { useChange } from "../../hooks/use-answer.ts";
import { useFormats } from "../../hooks/use-formats.ts";
import { useForbidden } from "../../hooks/use-permission.ts";
import { useTranslate } from "../../hooks/use-translate.ts";
import { useWorkspace } from "../../hooks/workspace-store.ts";
import { AuditDrawer } from "./audit-drawer.tsx";
import styles from "./audit-screen.module.css";
import { AuditTable } from "./audit-table.tsx";
import { AuditVerdict } from "./audit-verdict.tsx";
import { useAuditEntries, type AuditFilter } from "./use-audit-entries.ts";

const CLASSES = ["all", "access", "change", "security"] as const;
const TYPING_MS = 200;

/** Who did what, when, and whether the log of it is whole. */
export function AuditScreen(): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const [contains, setContains] = useState("");
  const [auditClass, setAuditClass] = useState<AuditFilter["auditClass"]>("all");
  const [selected, setSelected] = useState<AuditEntry | null>(null);
  const [typed] = useDebouncedValue(contains, TYPING_MS);
  const log = useAuditEntries({ contains: typed.trim(), auditClass });
  const filtered = typed.trim() !== "" || auditClass !== "all";

  return (
    <Screen
      actions={<AuditActions />}
      aside={
        log.total === undefined
          ? undefined
          : t("app.audit.count", { count: log.total, total: formats.number(log.total) })
      }
      drawer={selected === null ? undefined : <AuditDrawer entry={selected} onClose={() => setSelected(null)} />}
      fill
      title={t("app.screen.audit")}
    >
      <div className={styles.filters}>
        <TextInput
          aria-label={t("app.audit.search")}
          className={styles.search}
          leftSection={<IconSearch aria-hidden size={16} stroke={1.5} />}
          maxLength={200}
          onChange={(event) => setContains(event.currentTarget.value)}
          placeholder={t("app.audit.search")}
          value={contains}
        />
        <div className={styles.class}>
          <SelectField
            choices={CLASSES.map((value) => ({
              value,
              label: value === "all" ? t("app.audit.allClasses") : t(`audit.class.${value}`),
            }))}
            label={<span className="visually-hidden">{t("app.audit.class")}</span>}
            onChange={setAuditClass}
            value={auditClass}
          />
        </div>
      </div>
      {log.partial && log.error !== undefined ? (
        <div className={styles.notice}>
          <PartialNotice
            actions={
              <Button compact onClick={log.retry}>
                {t("app.retry")}
              </Button>
            }
          >
            {t("app.audit.partial", { count: log.entries.length, read: formats.number(log.entries.length) })}{" "}
            {errorText(t, log.error)}
          </PartialNotice>
        </div>
      ) : null}
      {log.loading ? <LoadingView rows={12} /> : null}
      {log.error !== undefined && !log.partial ? (
        <FailedView error={log.error} onRetry={log.retry} title={t("app.audit.failed")} />
      ) : null}
      {log.total === undefined || log.entries.length > 0 ? null : (
        <EmptyView
          icon={IconShieldCheck}
          text={filtered ? t("app.audit.emptyFilterText") : t("app.audit.emptyText")}
          title={filtered ? t("app.audit.emptyFilter") : t("app.audit.empty")}
        />
      )}
      {log.entries.length === 0 ? null : (
        <AuditTable
          entries={log.entries}
          onEndReached={log.readOn}
          onSelect={setSelected}
          selected={selected}
          total={log.total ?? log.entries.length}
        />
      )}
    </Screen>
  );
}

function AuditActions(): ReactElement {
  const t = useTranslate();
  const noExport = useForbidden("audit.export");
  const exportLog = useChange("audit", "export");
  const show = useWorkspace((state) => state.show);
  return (
    <>
      {exportLog.error === undefined ? null : <ErrorPanel error={exportLog.error} />}
      <AuditVerdict />
      <Button
        disabledReason={noExport}
        icon={IconDownload}
        loading={exportLog.pending}
        onClick={() => {
          // The rejection is shown from `error`.
          void exportLog.run(undefined).then(
            () => show("jobs"),
            () => undefined,
          );
        }}
      >
        {t("app.audit.export")}
      </Button>
    </>
  );
}
