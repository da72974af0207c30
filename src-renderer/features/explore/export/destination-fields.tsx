import { SegmentedControl } from "@mantine/core";
import type { ReactElement } from "react";
import { CredentialsFields } from "../../../components/credentials-fields.tsx";
import { TextField } from "../../../components/field.tsx";
import { useTranslate } from "../../../hooks/use-translate.ts";
import type { ExportDraft, ExportField } from "./export-draft.ts";
import styles from "./export.module.css";

export interface ExportFieldsProps {
  readonly draft: ExportDraft;
  readonly onChange: (part: Partial<ExportDraft>) => void;
  readonly problemOf: (field: ExportField) => string | undefined;
}

const PLACES = ["folder", "s3"] as const;

/** Where the archive is written: a folder, or an object store. */
export function DestinationFields(props: ExportFieldsProps): ReactElement {
  const { draft, onChange, problemOf } = props;
  const t = useTranslate();
  return (
    <fieldset className={styles.group}>
      <legend className={styles.legend}>{t("exports.to")}</legend>
      <SegmentedControl
        aria-label={t("exports.to")}
        className={styles.choice ?? ""}
        data={PLACES.map((value) => ({ value, label: t(`exports.to.${value}`) }))}
        onChange={(value) => onChange({ to: PLACES.find((place) => place === value) ?? "folder" })}
        value={draft.to}
      />
      {draft.to === "folder" ? (
        <TextField
          description={t("exports.folder.help")}
          error={problemOf("folder")}
          label={t("exports.folder")}
          mono
          onChange={(folder) => onChange({ folder })}
          required
          value={draft.folder}
        />
      ) : (
        <S3Fields {...props} />
      )}
    </fieldset>
  );
}

function S3Fields(props: ExportFieldsProps): ReactElement {
  const { draft, onChange, problemOf } = props;
  const t = useTranslate();
  return (
    <>
      <div className={styles.pair}>
        <TextField
          error={problemOf("bucket")}
          label={t("exports.s3.bucket")}
          mono
          onChange={(bucket) => onChange({ bucket })}
          required
          value={draft.bucket}
        />
        <TextField
          error={problemOf("prefix")}
          label={t("exports.s3.prefix")}
          mono
          onChange={(prefix) => onChange({ prefix })}
          value={draft.prefix}
        />
        <TextField
          description={t("exports.s3.endpoint.help")}
          error={problemOf("endpoint")}
          label={t("exports.s3.endpoint")}
          mono
          onChange={(endpoint) => onChange({ endpoint })}
          placeholder="https://s3.example:9000"
          value={draft.endpoint}
        />
        <TextField
          error={problemOf("region")}
          label={t("exports.s3.region")}
          mono
          onChange={(region) => onChange({ region })}
          placeholder="us-east-1"
          value={draft.region}
        />
      </div>
      <CredentialsFields {...props} />
      <TextField
        description={t("exports.s3.caFile.help")}
        label={t("exports.s3.caFile")}
        mono
        onChange={(caFile) => onChange({ caFile })}
        value={draft.caFile}
      />
    </>
  );
}
