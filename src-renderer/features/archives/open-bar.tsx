import { IconFolderOpen, IconUpload } from "@tabler/icons-react";
import { useId, useState, type FormEvent, type ReactElement } from "react";
import { TextInput } from "@mantine/core";
import { Button } from "../../components/button.tsx";
import { useArchiveOpening } from "../../hooks/archive-opening.ts";
import { useTranslate } from "../../hooks/use-translate.ts";
import styles from "./archives.module.css";

/** Opens by the system's dialog: files, and on the desktop folders. */
export function OpenButtons({ primary = false }: { readonly primary?: boolean }): ReactElement {
  const t = useTranslate();
  const { choose, hasFolderDialog, forbidden } = useArchiveOpening();
  return (
    <>
      <Button
        disabledReason={forbidden}
        icon={IconUpload}
        onClick={() => choose("files")}
        shortcut="mod+o"
        tone={primary ? "primary" : "default"}
      >
        {t("archives.openFiles")}
      </Button>
      {hasFolderDialog ? (
        <Button
          disabledReason={forbidden}
          icon={IconFolderOpen}
          onClick={() => choose("folder")}
          shortcut="mod+shift+o"
        >
          {t("archives.openFolder")}
        </Button>
      ) : null}
    </>
  );
}

/** Opens by a path that is typed, on the machine the console runs on: a file, or a folder. */
export function OpenByPath(): ReactElement {
  const t = useTranslate();
  const field = useId();
  const { openPaths, confirmPaths, hasFolderDialog, forbidden } = useArchiveOpening();
  const [path, setPath] = useState("");
  const typed = path.trim();
  const reason = forbidden ?? (typed === "" ? t("archives.path.empty") : undefined);
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    if (reason === undefined) openPaths([typed]);
  };
  return (
    <form className={styles.pathForm} onSubmit={onSubmit}>
      <label className={styles.pathLabel} htmlFor={field}>
        {hasFolderDialog ? t("archives.place") : t("archives.path")}
      </label>
      <TextInput
        autoComplete="off"
        className={styles.pathField ?? ""}
        classNames={{ input: styles.pathInput ?? "" }}
        id={field}
        onChange={(event) => setPath(event.currentTarget.value)}
        placeholder="/var/log/app.log"
        spellCheck={false}
        value={path}
      />
      <Button disabledReason={reason} type="submit">
        {t("archives.open")}
      </Button>
      <Button disabledReason={reason} onClick={() => confirmPaths([typed])} tone="quiet">
        {t("archives.openWith")}
      </Button>
    </form>
  );
}
