import type { ReactElement } from "react";
import { useAnswer } from "../hooks/use-answer.ts";
import { useForbidden } from "../hooks/use-permission.ts";
import { useTranslate } from "../hooks/use-translate.ts";
import styles from "./credentials-fields.module.css";
import { SecretField, SelectField, TextField } from "./field.tsx";
import type { CredentialsDraft, CredentialsField } from "./s3-credentials.ts";

const MACHINE = "machine";
const NEW = "new";
/** Secrets that belong to a site's own login are no credentials of a bucket. */
const SITE_SECRET = "site.";

interface CredentialsFieldsProps {
  readonly draft: CredentialsDraft;
  readonly onChange: (part: Partial<CredentialsDraft>) => void;
  readonly problemOf: (field: CredentialsField) => string | undefined;
}

/** Who one is to the object store. New credentials become a secret: they go in, and never come out again. */
export function CredentialsFields({ draft, onChange, problemOf }: CredentialsFieldsProps): ReactElement {
  const t = useTranslate();
  const secrets = useAnswer("secrets", "list", undefined);
  const noSecrets = useForbidden("secrets.change");
  const kept = (secrets.data?.secrets ?? []).filter(({ ref }) => !ref.startsWith(SITE_SECRET));
  const choices = [
    { value: MACHINE, label: t("exports.credentials.machine") },
    ...kept.map(({ ref }) => ({ value: `kept ${ref}`, label: t("exports.credentials.kept", { ref }) })),
    { value: NEW, label: t("exports.credentials.new") },
  ];
  const value = draft.credentials === "kept" ? `kept ${draft.secret}` : draft.credentials;
  const onChoice = (choice: string): void => {
    if (choice === MACHINE || choice === NEW) onChange({ credentials: choice, secret: "" });
    else onChange({ credentials: "kept", secret: choice.slice("kept ".length) });
  };
  return (
    <>
      <SelectField
        choices={choices}
        description={secrets.data?.store === "memory" ? t("exports.credentials.memory") : undefined}
        error={problemOf("secret")}
        label={t("exports.credentials")}
        onChange={onChoice}
        value={value}
      />
      {draft.credentials === "new" ? (
        <div className={styles.pair}>
          <TextField
            disabled={noSecrets !== undefined}
            error={problemOf("accessKeyId")}
            label={t("exports.credentials.accessKeyId")}
            mono
            onChange={(accessKeyId) => onChange({ accessKeyId })}
            required
            value={draft.accessKeyId}
          />
          <SecretField
            description={noSecrets}
            disabled={noSecrets !== undefined}
            error={problemOf("secretAccessKey")}
            label={t("exports.credentials.secretAccessKey")}
            onChange={(secretAccessKey) => onChange({ secretAccessKey })}
            required
            value={draft.secretAccessKey}
          />
          <SecretField
            disabled={noSecrets !== undefined}
            label={t("exports.credentials.sessionToken")}
            onChange={(sessionToken) => onChange({ sessionToken })}
            value={draft.sessionToken}
          />
        </div>
      ) : null}
    </>
  );
}
