import { IconTrash, type Icon } from "@tabler/icons-react";
import { useState, type FormEvent, type ReactElement } from "react";
import { Button } from "../../../components/button.tsx";
import { ErrorPanel } from "../../../components/error-panel.tsx";
import { TextField } from "../../../components/field.tsx";
import { IconButton } from "../../../components/icon-button.tsx";
import { useAnswer, useChange } from "../../../hooks/use-answer.ts";
import { useForbidden } from "../../../hooks/use-permission.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { useWorkspace } from "../../../hooks/workspace-store.ts";
import { PopoverButton } from "../floating/popover-button.tsx";
import styles from "./query.module.css";

interface SavedMenuProps {
  readonly icon: Icon;
  readonly draft: string;
  readonly onPick: (query: string) => void;
}

const LISTED = 200;

/** Queries kept under a name: take one, keep the one in the editor, give one up. */
export function SavedMenu({ icon: Glyph, draft, onPick }: SavedMenuProps): ReactElement {
  const t = useTranslate();
  const forbidden = useForbidden("queries.change");
  const site = useWorkspace((state) => state.site);
  const tenant = useWorkspace((state) => state.tenant);
  const [opened, setOpened] = useState(false);
  const [name, setName] = useState("");
  const saved = useAnswer("queries", "list", opened ? { kind: "saved", limit: LISTED } : null);
  const save = useChange("queries", "save");
  const remove = useChange("queries", "remove");
  const unsaved =
    forbidden ??
    (draft.trim() === "" ? t("explore.query.empty") : name.trim() === "" ? t("explore.saved.needsName") : undefined);
  const onSave = (event: FormEvent): void => {
    event.preventDefault();
    if (unsaved !== undefined) return;
    void save
      .run({ query: draft, name: name.trim(), site: site ?? "", tenant: tenant ?? "" })
      .then(() => setName(""))
      // The failure is shown in the panel.
      .catch(() => undefined);
  };
  return (
    <PopoverButton
      label={t("explore.saved.title")}
      look="plain"
      onOpenChange={setOpened}
      opened={opened}
      position="bottom-end"
      shown={<Glyph aria-hidden size={16} stroke={1.5} />}
      width={440}
    >
      <div className={styles.saved}>
        <h3 className={styles.savedTitle}>{t("explore.saved.title")}</h3>
        {saved.data?.length === 0 ? <p className={styles.savedNote}>{t("explore.saved.none")}</p> : null}
        <ul className={styles.savedList}>
          {(saved.data ?? []).map(({ id, name: kept, query, tenant: of }) => (
            <li className={styles.savedItem} key={id}>
              <button
                className={styles.savedPick}
                onClick={() => {
                  onPick(query);
                  setOpened(false);
                }}
                type="button"
              >
                <span>
                  {kept ?? query} <span className={styles.savedNote}>{of}</span>
                </span>
                <code className={styles.savedQuery}>{query.replaceAll("\n", " ")}</code>
              </button>
              <IconButton
                disabledReason={forbidden}
                icon={IconTrash}
                label={t("explore.saved.remove", { name: kept ?? "" })}
                onClick={() => remove.fire({ id })}
                size={24}
              />
            </li>
          ))}
        </ul>
        {saved.error === undefined ? null : <ErrorPanel error={saved.error} onRetry={saved.retry} />}
        {save.error === undefined ? null : <ErrorPanel error={save.error} />}
        {remove.error === undefined ? null : <ErrorPanel error={remove.error} />}
        <form className={styles.savedForm} onSubmit={onSave}>
          <TextField label={t("explore.saved.name")} onChange={setName} value={name} />
          <Button disabledReason={unsaved} loading={save.pending} onClick={onSave}>
            {t("explore.saved.save")}
          </Button>
        </form>
      </div>
    </PopoverButton>
  );
}
