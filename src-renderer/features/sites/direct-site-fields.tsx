import type { ReactElement } from "react";
import { SecretField, SelectField, SwitchField, TextField } from "../../components/field.tsx";
import { useTranslate } from "../../hooks/use-translate.ts";
import { CommonFields } from "./common-fields.tsx";
import type { DirectDraft, DirectField } from "./direct-site-draft.ts";
import { PairsField } from "../../components/pairs-field.tsx";
import styles from "./site-form.module.css";

interface DirectSiteFieldsProps {
  readonly draft: DirectDraft;
  readonly hasKeptSecret: boolean;
  /** Why this person may not store a secret. */
  readonly noSecrets: string | undefined;
  readonly problemOf: (field: DirectField) => string | undefined;
  readonly onChange: (part: Partial<DirectDraft>) => void;
}

export function DirectSiteFields({
  draft,
  hasKeptSecret,
  noSecrets,
  problemOf,
  onChange,
}: DirectSiteFieldsProps): ReactElement {
  const t = useTranslate();
  const https = draft.url.trim().toLowerCase().startsWith("https:");
  return (
    <>
      <TextField
        error={problemOf("name")}
        label={t("app.form.name")}
        onChange={(name) => onChange({ name })}
        required
        value={draft.name}
      />
      <TextField
        error={problemOf("url")}
        label={t("app.form.url")}
        mono
        onChange={(url) => onChange({ url })}
        placeholder="https://loki.example:3100"
        required
        value={draft.url}
      />
      <TextField
        description={t("app.form.tailUrlHelp")}
        error={problemOf("tailUrl")}
        label={t("app.form.tailUrl")}
        mono
        onChange={(tailUrl) => onChange({ tailUrl })}
        value={draft.tailUrl}
      />
      <h3 className={styles.section}>{t("app.form.authSection")}</h3>
      <SelectField
        choices={(["none", "basic", "bearer"] as const).map((value) => ({ value, label: t(`app.form.auth.${value}`) }))}
        label={t("app.form.auth")}
        onChange={(auth) => onChange({ auth, secret: "" })}
        value={draft.auth}
      />
      {draft.auth === "basic" ? (
        <TextField
          error={problemOf("username")}
          label={t("app.form.username")}
          onChange={(username) => onChange({ username })}
          required
          value={draft.username}
        />
      ) : null}
      {draft.auth === "none" ? null : (
        <SecretField
          description={noSecrets ?? t("app.form.secretHelp")}
          disabled={noSecrets !== undefined}
          error={problemOf("secret")}
          label={draft.auth === "basic" ? t("app.form.password") : t("app.form.token")}
          onChange={(secret) => onChange({ secret })}
          placeholder={hasKeptSecret ? t("app.form.secretKept") : ""}
          required={!hasKeptSecret}
          value={draft.secret}
        />
      )}
      {https ? <TlsFields draft={draft} onChange={onChange} problemOf={problemOf} /> : null}
      <h3 className={styles.section}>{t("app.form.moreSection")}</h3>
      <CommonFields
        draft={draft}
        inCluster={false}
        onChange={onChange}
        problems={{
          tenants: problemOf("tenants"),
          traceLinks: problemOf("traceLinks"),
          prometheus: problemOf("prometheus"),
        }}
      />
      <PairsField
        description={t("app.form.headersHelp")}
        error={problemOf("headers")}
        first={t("app.form.headerName")}
        label={t("app.form.headers")}
        onChange={(headers) => onChange({ headers })}
        pairs={draft.headers}
        second={t("app.form.headerValue")}
      />
    </>
  );
}

function TlsFields({
  draft,
  problemOf,
  onChange,
}: Pick<DirectSiteFieldsProps, "draft" | "problemOf" | "onChange">): ReactElement {
  const t = useTranslate();
  return (
    <>
      <h3 className={styles.section}>{t("app.form.tlsSection")}</h3>
      <TextField
        description={t("app.form.caFileHelp")}
        label={t("app.form.caFile")}
        mono
        onChange={(caFile) => onChange({ caFile })}
        value={draft.caFile}
      />
      <div className={styles.pair}>
        <TextField
          error={problemOf("certFile")}
          label={t("app.form.certFile")}
          mono
          onChange={(certFile) => onChange({ certFile })}
          value={draft.certFile}
        />
        <TextField
          error={problemOf("keyFile")}
          label={t("app.form.keyFile")}
          mono
          onChange={(keyFile) => onChange({ keyFile })}
          value={draft.keyFile}
        />
      </div>
      <TextField
        label={t("app.form.serverName")}
        mono
        onChange={(serverName) => onChange({ serverName })}
        value={draft.serverName}
      />
      <SwitchField
        checked={draft.insecureSkipVerify}
        description={t("app.form.insecureHelp")}
        label={t("app.form.insecure")}
        onChange={(insecureSkipVerify) => onChange({ insecureSkipVerify })}
      />
    </>
  );
}
