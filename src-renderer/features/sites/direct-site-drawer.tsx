import { IconTrash } from "@tabler/icons-react";
import { useState, type FormEvent, type ReactElement } from "react";
import type { Site } from "../../../src-shared/api/sites.api.ts";
import { secretRefSchema } from "../../../src-shared/model/ids.ts";
import { Button } from "../../components/button.tsx";
import { ConfirmButton } from "../../components/confirm-button.tsx";
import { Drawer } from "../../components/drawer.tsx";
import { ErrorPanel } from "../../components/error-panel.tsx";
import { useChange } from "../../hooks/use-answer.ts";
import { useForbidden } from "../../hooks/use-permission.ts";
import { useTranslate } from "../../hooks/use-translate.ts";
import { DirectSiteFields } from "./direct-site-fields.tsx";
import {
  directFromDraft,
  directProblems,
  draftFromDirect,
  EMPTY_DIRECT_DRAFT,
  keptSecret,
  type DirectField,
} from "./direct-site-draft.ts";
import styles from "./site-form.module.css";

interface DirectSiteDrawerProps {
  /** `null` adds a new one. */
  readonly site: Site | null;
  readonly onClose: () => void;
}

/** A Loki that is reached by its URL: address, who one is there, how TLS is checked. */
export function DirectSiteDrawer({ site, onClose }: DirectSiteDrawerProps): ReactElement {
  const t = useTranslate();
  const config = site !== null && site.config.kind === "direct" ? site.config : null;
  const [draft, setDraft] = useState(() => (config === null ? EMPTY_DIRECT_DRAFT : draftFromDirect(config)));
  const [tried, setTried] = useState(false);
  const forbidden = useForbidden("sites.change");
  const noSecrets = useForbidden("secrets.change");
  const putSecret = useChange("secrets", "put");
  const save = useChange("sites", "save");
  const remove = useChange("sites", "remove");

  const kept = keptSecret(config, draft.auth);
  const problems = directProblems(draft, kept);
  const problemOf = (field: DirectField): string | undefined => {
    const problem = problems[field];
    return tried && problem !== undefined ? t(`app.form.problem.${problem}`) : undefined;
  };

  const onSubmit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(problems).length > 0) return;
    let secret = kept;
    if (draft.auth !== "none" && draft.secret !== "") {
      secret = kept ?? secretRefSchema.parse(`site.${crypto.randomUUID()}`);
      await putSecret.run({ ref: secret, value: draft.secret });
    }
    await save.run({ config: directFromDraft(draft, secret), ...(site === null ? {} : { site: site.id }) });
    onClose();
  };
  const failure = putSecret.error ?? save.error ?? remove.error;

  return (
    <Drawer
      initialWidth={480}
      onClose={onClose}
      title={site === null ? t("app.form.addTitle") : t("app.form.editTitle", { site: site.name })}
    >
      {/* A failure is shown from `error`; the promise's own rejection is that same failure. */}
      <form className={styles.form} noValidate onSubmit={(event) => void onSubmit(event).catch(() => undefined)}>
        <DirectSiteFields
          draft={draft}
          hasKeptSecret={kept !== null}
          noSecrets={noSecrets}
          onChange={(part) => setDraft({ ...draft, ...part })}
          problemOf={problemOf}
        />
        {failure === undefined ? null : <ErrorPanel error={failure} title={t("app.form.saveFailed")} />}
        <div className={styles.actions}>
          <Button disabledReason={forbidden} loading={save.pending || putSecret.pending} tone="primary" type="submit">
            {t("app.form.save")}
          </Button>
          <Button onClick={onClose} tone="quiet">
            {t("app.form.cancel")}
          </Button>
          {site === null ? null : (
            <span className={styles.remove}>
              <ConfirmButton
                confirmLabel={t("app.sites.remove")}
                disabledReason={forbidden}
                icon={IconTrash}
                label={t("app.sites.remove")}
                loading={remove.pending}
                onConfirm={() => void remove.run({ site: site.id }).then(onClose, () => undefined)}
                question={t("app.sites.removeQuestion", { site: site.name })}
              />
            </span>
          )}
        </div>
      </form>
    </Drawer>
  );
}
