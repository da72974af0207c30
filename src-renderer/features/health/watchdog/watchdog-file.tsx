import { IconDownload } from "@tabler/icons-react";
import type { ReactElement } from "react";
import type { WatchdogManifests } from "../../../../src-shared/model/health/watchdog.ts";
import { Badge } from "../../../components/badge.tsx";
import { CopyButton } from "../../../components/copy-button.tsx";
import { IconButton } from "../../../components/icon-button.tsx";
import { offerFile } from "../../../hooks/offer-file.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { DiffText } from "../../../components/diff-text.tsx";
import styles from "./watchdog.module.css";

/** One file to review, take along and apply: the console applies none. */
export function WatchdogFile({ file }: { readonly file: WatchdogManifests["files"][number] }): ReactElement {
  const t = useTranslate();
  const { name, kind, text, command } = file;
  return (
    <article aria-label={name} className={styles.file}>
      <header className={styles.fileHead}>
        <code className={styles.fileName}>{name}</code>
        <Badge>{t(`watchdog.kind.${kind}`)}</Badge>
        <span className={styles.fileActions}>
          <CopyButton label={t("watchdog.copyFile", { name })} text={text} />
          <IconButton
            icon={IconDownload}
            label={t("watchdog.downloadFile", { name })}
            onClick={() => offerFile(new Blob([text], { type: "text/plain" }), name)}
            size={24}
          />
        </span>
      </header>
      {kind === "patch" ? (
        <DiffText label={name} text={text} />
      ) : (
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling area must be reachable by keyboard
        <section aria-label={name} className={styles.text} tabIndex={0}>
          <pre>{text}</pre>
        </section>
      )}
      <p className={styles.command}>
        <code>{command}</code>
        <CopyButton label={t("watchdog.copyCommand")} size={20} text={command} />
      </p>
    </article>
  );
}
