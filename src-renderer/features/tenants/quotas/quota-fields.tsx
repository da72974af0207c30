import { Autocomplete } from "@mantine/core";
import type { ReactElement } from "react";
import { QUOTA_KINDS, QUOTA_PERIODS } from "../../../../src-shared/model/tenants/quota.ts";
import { ROLES } from "../../../../src-shared/permissions/roles.ts";
import { NumberField, SelectField, TextField } from "../../../components/field.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useCurrentSite, useTenants } from "../../../hooks/use-sites.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { readSize, type QuotaDraft, type QuotaField } from "./quota-draft.ts";
import styles from "./quotas.module.css";

interface QuotaFieldsProps {
  readonly draft: QuotaDraft;
  /** Whose bytes are counted stays: another scope is another quota. */
  readonly scopeLocked: boolean;
  readonly problemOf: (field: QuotaField) => string | undefined;
  readonly onChange: (part: Partial<QuotaDraft>) => void;
}

export function QuotaFields({ draft, scopeLocked, problemOf, onChange }: QuotaFieldsProps): ReactElement {
  const t = useTranslate();
  return (
    <>
      <div className={styles.scope}>
        <SelectField
          choices={QUOTA_KINDS.map((value) => ({ value, label: t(`usage.quota.kind.${value}`) }))}
          disabled={scopeLocked}
          label={t("usage.quota.whose")}
          onChange={(kind) => onChange({ kind, name: kind === "role" ? "viewer" : "" })}
          value={draft.kind}
        />
        <NameField draft={draft} onChange={onChange} problem={problemOf("name")} scopeLocked={scopeLocked} />
        <SelectField
          choices={QUOTA_PERIODS.map((value) => ({ value, label: t(`usage.quota.per.${value}`) }))}
          disabled={scopeLocked}
          label={t("usage.quota.period")}
          onChange={(period) => onChange({ period })}
          value={draft.period}
        />
      </div>
      <div className={styles.sizes}>
        <SizeField
          help={t("usage.quota.limitHelp")}
          label={t("usage.quota.limit")}
          onChange={(limit) => onChange({ limit })}
          problem={problemOf("limit")}
          value={draft.limit}
        />
        <SizeField
          help={t("usage.quota.hardHelp")}
          label={t("usage.quota.hard")}
          onChange={(hard) => onChange({ hard })}
          problem={problemOf("hard")}
          value={draft.hard}
        />
        <NumberField
          description={t("usage.quota.warnHelp")}
          error={problemOf("warn")}
          label={t("usage.quota.warnPercent")}
          max={100}
          min={1}
          onChange={(warn) => onChange({ warn })}
          value={draft.warn}
        />
      </div>
    </>
  );
}

interface NameFieldProps extends Pick<QuotaFieldsProps, "draft" | "scopeLocked" | "onChange"> {
  readonly problem: string | undefined;
}

/** A tenant is offered from those that are known and may be any other; a role is one of the console's. */
function NameField({ draft: { kind, name }, scopeLocked, problem, onChange }: NameFieldProps): ReactElement {
  const t = useTranslate();
  const { id } = useCurrentSite();
  const { data } = useTenants(kind === "tenant" ? id : null);
  if (kind === "role") {
    return (
      <SelectField
        choices={ROLES.map((value) => ({ value, label: t(`roles.${value}`) }))}
        disabled={scopeLocked}
        error={problem}
        label={t("usage.quota.name")}
        onChange={(role) => onChange({ name: role })}
        value={ROLES.find((role) => role === name) ?? "viewer"}
      />
    );
  }
  if (kind === "user" || scopeLocked) {
    return (
      <TextField
        // oxlint-disable-next-line jsx-a11y/no-autofocus -- a dialog's own field, which its focus trap goes to
        autoFocus={!scopeLocked}
        disabled={scopeLocked}
        error={problem}
        label={t("usage.quota.name")}
        onChange={(typed) => onChange({ name: typed })}
        required
        value={name}
      />
    );
  }
  return (
    <Autocomplete
      comboboxProps={{ transitionProps: { duration: 0 } }}
      data={(data?.tenants ?? []).map(({ tenant }) => tenant)}
      data-autofocus
      error={problem}
      label={t("usage.quota.name")}
      limit={20}
      // The dialog begins here: a list that opens by itself would cover what is wrong with the name.
      openOnFocus={false}
      maxLength={300}
      onChange={(typed) => onChange({ name: typed })}
      required
      value={name}
    />
  );
}

interface SizeFieldProps {
  readonly label: string;
  readonly help: string;
  readonly value: string;
  readonly problem: string | undefined;
  readonly onChange: (value: string) => void;
}

/** A size as it is typed, and what it was read as: TB and TiB are a tenth apart. */
function SizeField({ label, help, value, problem, onChange }: SizeFieldProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const bytes = readSize(value);
  return (
    <TextField
      description={
        bytes === null
          ? help
          : t("usage.quota.reads", { size: formats.bytes(bytes), bytes: formats.bytesExact(bytes), help })
      }
      error={problem}
      label={label}
      onChange={onChange}
      placeholder="1 TiB"
      required
      value={value}
    />
  );
}
