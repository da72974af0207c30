import type { ReactElement } from "react";
import type { AuditEntry } from "../../../src-shared/api/audit.api.ts";
import { withVisibleCharacters } from "../../components/control-characters.ts";
import { useFormats } from "../../hooks/use-formats.ts";
import { useTranslate } from "../../hooks/use-translate.ts";
import styles from "./archive-drawer.module.css";

/** Entries that are drawn; a capsule holds as many as an investigation took. */
const DRAWN = 500;

/** How a capsule came about: who did what when, each with the hash that ties it to the one before. */
export function CapsuleTrail({ entries }: { readonly entries: readonly AuditEntry[] }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const plain = withVisibleCharacters;
  return (
    <section className={styles.section}>
      <h3>{t("archives.capsule.trail")}</h3>
      {entries.length === 0 ? <p className={styles.muted}>{t("archives.capsule.noTrail")}</p> : null}
      {entries.length === 0 ? null : (
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling area must be reachable by keyboard
        <section aria-label={t("archives.capsule.trail")} className={styles.trail} tabIndex={0}>
          <table className={styles.table}>
            <thead>
              <tr>
                <th data-align="end" scope="col">
                  {t("app.audit.sequence")}
                </th>
                <th scope="col">{t("app.audit.at")}</th>
                <th scope="col">{t("app.audit.principal")}</th>
                <th scope="col">{t("app.audit.action")}</th>
                <th scope="col">{t("app.audit.subject")}</th>
                <th scope="col">{t("app.audit.hash")}</th>
              </tr>
            </thead>
            <tbody>
              {entries.slice(0, DRAWN).map((entry) => (
                <tr key={entry.sequence}>
                  <td data-align="end">{formats.number(entry.sequence)}</td>
                  <td className={styles.nowrap}>{formats.dateTime(entry.atMs)}</td>
                  <td>{plain(entry.principal)}</td>
                  <td>{plain(entry.action)}</td>
                  <td className={styles.value}>{plain(JSON.stringify(entry.subject))}</td>
                  <td className={styles.hash} title={entry.hash}>
                    {entry.hash.slice(0, 12)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {entries.length > DRAWN ? (
        <p className={styles.muted}>{t("archives.capsule.trailMore", { count: entries.length - DRAWN })}</p>
      ) : null}
    </section>
  );
}
