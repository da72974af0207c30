import { IconArchive } from "@tabler/icons-react";
import type { ReactElement } from "react";
import { CopyButton } from "../../components/copy-button.tsx";
import { useTranslate } from "../../hooks/use-translate.ts";
import styles from "./archives.module.css";
import { OpenButtons, OpenByPath } from "./open-bar.tsx";

const UNDERSTOOD = ["kubemate", "files", "bucket", "parquet"] as const;
const COMMAND = "kubemate import FILE… --archive DIR";

/** Nothing is open: what can be opened, and each way to open it. */
export function ArchivesEmpty(): ReactElement {
  const t = useTranslate();
  return (
    <div className={styles.start}>
      <IconArchive aria-hidden className={styles.startIcon} size={28} stroke={1.5} />
      <h2 className={styles.startTitle}>{t("archives.empty.title")}</h2>
      <p className={styles.startText}>{t("archives.empty.text")}</p>
      <div className={styles.startActions}>
        <OpenButtons primary />
      </div>
      <OpenByPath />
      <section aria-label={t("archives.empty.understood")} className={styles.understood}>
        <h3>{t("archives.empty.understood")}</h3>
        <dl>
          {UNDERSTOOD.map((kind) => (
            <div className={styles.kind} key={kind}>
              <dt>{t(`archives.kind.${kind}`)}</dt>
              <dd>{t(`archives.empty.${kind}`)}</dd>
            </div>
          ))}
        </dl>
      </section>
      <p className={styles.command}>
        <span>{t("archives.empty.command")}</span>
        <code>{COMMAND}</code>
        <CopyButton label={t("archives.empty.copyCommand")} size={20} text={COMMAND} />
      </p>
    </div>
  );
}
