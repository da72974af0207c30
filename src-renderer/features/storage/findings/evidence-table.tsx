import type { ReactElement } from "react";
import type { StorageFinding } from "../../../../src-shared/model/storage-finding.ts";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import styles from "./finding-drawer.module.css";

/** What shows it: which check, where, what was expected and what is there. */
export function EvidenceTable({ evidence }: { readonly evidence: StorageFinding["evidence"] }): ReactElement | null {
  const t = useTranslate();
  const formats = useFormats();
  if (evidence.length === 0) return null;
  return (
    <section className={styles.section}>
      <h3 className={styles.heading}>{t("storage.findings.evidence")}</h3>
      <ul className={styles.evidence}>
        {evidence.map(({ what, offset, expected, actual }, place) => (
          // oxlint-disable-next-line react/no-array-index-key -- one check may fail twice at one place
          <li className={styles.proof} key={place}>
            <span>
              {t.dynamic(`storage.evidence.${what}`, {}, withVisibleCharacters(what))}
              {offset === null ? null : (
                <span className={styles.muted}>
                  {" "}
                  · {t("storage.findings.offset", { offset: formats.number(offset), hex: offset.toString(16) })}
                </span>
              )}
            </span>
            {expected === null ? null : <Value label={t("storage.findings.expected")} value={expected} />}
            {actual === null ? null : <Value label={t("storage.findings.actual")} value={actual} />}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Value({ label, value }: { readonly label: string; readonly value: string }): ReactElement {
  return (
    <span className={styles.value}>
      <span className={styles.muted}>{label}</span>
      <code>{withVisibleCharacters(value)}</code>
    </span>
  );
}
