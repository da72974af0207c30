import { Modal } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useRef, useState, type FormEvent, type ReactElement } from "react";
import { secretRefSchema, type SecretRef } from "../../../../src-shared/model/ids.ts";
import type { Store, StoreId } from "../../../../src-shared/model/storage/store.ts";
import { Button } from "../../../components/button.tsx";
import { ConfirmButton } from "../../../components/confirm-button.tsx";
import { ErrorPanel } from "../../../components/error-panel.tsx";
import { credentialsText, newSecretRef } from "../../../components/s3-credentials.ts";
import { useChange } from "../../../hooks/use-answer.ts";
import { useForbidden } from "../../../hooks/use-permission.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { StoreChecks } from "./store-checks.tsx";
import {
  configOf,
  draftOfStore,
  emptyStoreDraft,
  storeProblems,
  type StoreDraft,
  type StoreField,
} from "./store-draft.ts";
import { StoreFields } from "./store-fields.tsx";
import styles from "./stores.module.css";

/** What the dialog is about: a new store, or one that there is. */
export type StoreSubject = { readonly kind: "add" } | { readonly kind: "edit"; readonly store: Store };

interface StoreDialogProps {
  /** `null` closes it. */
  readonly subject: StoreSubject | null;
  readonly stores: readonly Store[];
  /** Whose data a new store holds, at first. */
  readonly site: string | null;
  readonly onClose: () => void;
  /** `null`: it was removed. */
  readonly onSaved: (store: StoreId | null) => void;
}

/** Adds, changes or removes a store. Credentials go in as a secret and are never shown again. */
export function StoreDialog({ subject, onClose, ...rest }: StoreDialogProps): ReactElement {
  const t = useTranslate();
  return (
    <Modal
      closeButtonProps={{ "aria-label": t("app.close") }}
      // A press beside it must not throw away what was typed.
      closeOnClickOutside={false}
      onClose={onClose}
      opened={subject !== null}
      size={720}
      title={
        subject?.kind === "edit"
          ? t("storage.store.editTitle", { store: subject.store.config.name })
          : t("storage.store.addTitle")
      }
    >
      {subject === null ? null : <StoreForm {...rest} onClose={onClose} subject={subject} />}
    </Modal>
  );
}

interface StoreFormProps extends StoreDialogProps {
  readonly subject: StoreSubject;
}

/** Those that a Loki keeps its data in. */
function readByLoki(stores: readonly Store[]): ReadonlySet<string> {
  return new Set(stores.filter(({ found, config }) => found || config.site !== null).map(({ id }) => id));
}

function StoreForm({ subject, stores, site, onClose, onSaved }: StoreFormProps): ReactElement {
  const t = useTranslate();
  const forbidden = useForbidden("sites.change");
  const noSecrets = useForbidden("secrets.change");
  const store = subject.kind === "edit" ? subject.store : null;
  const [draft, setDraft] = useState<StoreDraft>(() =>
    store === null ? emptyStoreDraft(site) : draftOfStore(store.config),
  );
  const [tried, setTried] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const putSecret = useChange("secrets", "put");
  const save = useChange("storage", "saveStore");
  const remove = useChange("storage", "removeStore");
  const problems = storeProblems(draft, {
    mayKeepSecrets: noSecrets === undefined,
    id: store?.id ?? null,
    readByLoki: readByLoki(stores),
  });
  const problemOf = (field: StoreField): string | undefined => {
    const problem = problems[field];
    return tried && problem !== undefined ? t(`storage.store.problem.${problem}`) : undefined;
  };
  /** The secret's name of what stands in the form; new credentials are kept first, and are kept ones from then on. */
  const keepCredentials = async (): Promise<SecretRef | null> => {
    if (draft.kind !== "s3" || draft.credentials === "machine") return null;
    if (draft.credentials === "kept") return secretRefSchema.parse(draft.secret);
    const ref = newSecretRef(draft.bucket, crypto.randomUUID());
    await putSecret.run({ ref, value: credentialsText(draft) });
    setDraft((before) => ({
      ...before,
      credentials: "kept",
      secret: ref,
      accessKeyId: "",
      secretAccessKey: "",
      sessionToken: "",
    }));
    return ref;
  };
  const configNow = async (): Promise<ReturnType<typeof configOf> | null> => {
    setTried(true);
    if (Object.keys(problems).length > 0) {
      // The marks of what is wrong come with the next drawing.
      requestAnimationFrame(() => form.current?.querySelector<HTMLElement>("[aria-invalid='true']")?.focus());
      return null;
    }
    return configOf(draft, await keepCredentials());
  };
  const onSubmit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (forbidden !== undefined || save.pending) return;
    const config = await configNow();
    if (config === null) return;
    const saved = await save.run({ config, ...(store === null ? {} : { store: store.id }) });
    onSaved(saved.id);
  };
  const failure = putSecret.error ?? save.error ?? remove.error;
  return (
    // A failure is shown from `error`; the promise's own rejection is that same failure.
    <form
      className={styles.form}
      noValidate
      onSubmit={(event) => void onSubmit(event).catch(() => undefined)}
      ref={form}
    >
      <StoreFields
        draft={draft}
        found={store?.found === true}
        onChange={(part) => setDraft((before) => ({ ...before, ...part }))}
        others={stores.filter(({ id }) => id !== store?.id)}
        problemOf={problemOf}
      />
      <StoreChecks configNow={configNow} />
      {failure === undefined ? null : <ErrorPanel error={failure} title={t("storage.store.saveFailed")} />}
      <div className={styles.actions}>
        <Button disabledReason={forbidden} loading={save.pending || putSecret.pending} tone="primary" type="submit">
          {t("storage.store.save")}
        </Button>
        <Button onClick={onClose} tone="quiet">
          {t("storage.cancel")}
        </Button>
        {store === null || store.found ? null : (
          <span className={styles.end}>
            <ConfirmButton
              confirmLabel={t("storage.store.remove")}
              disabledReason={forbidden}
              icon={IconTrash}
              label={t("storage.store.remove")}
              loading={remove.pending}
              onConfirm={() =>
                void remove.run({ store: store.id }).then(
                  () => onSaved(null),
                  () => undefined,
                )
              }
              question={t("storage.store.removeQuestion")}
            />
          </span>
        )}
      </div>
    </form>
  );
}
