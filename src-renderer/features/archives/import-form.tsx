import { IconDatabaseImport } from "@tabler/icons-react";
import { useState, type FormEvent, type ReactElement } from "react";
import type { ArchiveDescription } from "../../../src-shared/model/archive.ts";
import { Button } from "../../components/button.tsx";
import { ErrorPanel } from "../../components/error-panel.tsx";
import { TextField } from "../../components/field.tsx";
import { useChange } from "../../hooks/use-answer.ts";
import { useForbidden } from "../../hooks/use-permission.ts";
import { useTranslate } from "../../hooks/use-translate.ts";
import { folderName } from "./archive-facts.ts";
import styles from "./archive-drawer.module.css";
import { JobStarted } from "./job-started.tsx";

/** Writes what is open into an archive of ours, which is read many times faster and tells where it came from. */
export function ImportForm({ archive }: { readonly archive: ArchiveDescription }): ReactElement | null {
  const t = useTranslate();
  const forbidden = useForbidden("logs.export");
  const start = useChange("archives", "import");
  const [folder, setFolder] = useState(() => folderName(archive.title));
  const [tried, setTried] = useState(false);
  // What is an archive of ours already gains nothing.
  if (archive.kind === "kubemate") return null;
  const missing = folder.trim() === "";
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    setTried(true);
    if (!missing && forbidden === undefined) start.fire({ archive: archive.id, folder: folder.trim() });
  };
  return (
    <section className={styles.section}>
      <h3>{t("archives.import")}</h3>
      <p className={styles.muted}>{t("archives.importText")}</p>
      <form className={styles.form} noValidate onSubmit={onSubmit}>
        <TextField
          description={t("archives.importFolderHelp")}
          error={tried && missing ? t("app.form.problem.required") : undefined}
          label={t("archives.importFolder")}
          mono
          onChange={setFolder}
          required
          value={folder}
        />
        {start.error === undefined ? null : <ErrorPanel error={start.error} title={t("archives.importFailed")} />}
        {start.data === undefined ? null : <JobStarted job={start.data.job} text={t("archives.importStarted")} />}
        <div>
          <Button disabledReason={forbidden} icon={IconDatabaseImport} loading={start.pending} type="submit">
            {t("archives.importStart")}
          </Button>
        </div>
      </form>
    </section>
  );
}
