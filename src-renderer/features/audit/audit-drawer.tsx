import type { ReactElement } from "react";
import type { AuditEntry } from "../../../src-shared/api/audit.api.ts";
import { CopyButton } from "../../components/copy-button.tsx";
import { Drawer } from "../../components/drawer.tsx";
import { Facts } from "../../components/facts.tsx";
import { StatusShape } from "../../components/status-shape.tsx";
import { useFormats } from "../../hooks/use-formats.ts";
import { useTranslate } from "../../hooks/use-translate.ts";
import { outcomeTone } from "./audit-table.tsx";
import styles from "./audit-screen.module.css";

/** One link of the chain, whole. */
export function AuditDrawer({
  entry,
  onClose,
}: {
  readonly entry: AuditEntry;
  readonly onClose: () => void;
}): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const subject = Object.entries(entry.subject).map(([name, value]) => ({
    label: name,
    value: value === null ? "–" : String(value),
    mono: true,
  }));
  return (
    <Drawer
      actions={<CopyButton label={t("app.audit.copyEntry")} size={28} text={JSON.stringify(entry, null, 2)} />}
      onClose={onClose}
      takeFocus={false}
      title={t("app.audit.entry", { sequence: formats.number(entry.sequence) })}
    >
      <div className={styles.entry}>
        <Facts
          facts={[
            { label: t("app.audit.action"), value: entry.action, mono: true },
            {
              label: t("app.audit.outcome"),
              value: (
                <span className={styles.outcome}>
                  <StatusShape tone={outcomeTone(entry.outcome)} />
                  {t(`audit.outcome.${entry.outcome}`)}
                </span>
              ),
            },
            ...(entry.error === null ? [] : [{ label: t("app.audit.error"), value: entry.error, mono: true }]),
            { label: t("app.audit.class"), value: t(`audit.class.${entry.auditClass}`) },
            { label: t("app.audit.at"), value: formats.dateTime(entry.atMs) },
            { label: t("app.audit.principal"), value: entry.principal },
            { label: t("app.audit.role"), value: t.dynamic(`roles.${entry.role}`, {}, entry.role) },
            ...(entry.of === null ? [] : [{ label: t("app.audit.of"), value: formats.number(entry.of) }]),
          ]}
        />
        <h3 className={styles.section}>{t("app.audit.subject")}</h3>
        {subject.length === 0 ? <p className={styles.faint}>–</p> : <Facts facts={subject} />}
        <h3 className={styles.section}>{t("app.audit.chain")}</h3>
        <Facts
          facts={[
            { label: t("app.audit.hash"), value: entry.hash, mono: true },
            { label: t("app.audit.previousHash"), value: entry.previousHash, mono: true },
          ]}
        />
      </div>
    </Drawer>
  );
}
