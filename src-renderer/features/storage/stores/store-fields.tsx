import { SegmentedControl } from "@mantine/core";
import type { ReactElement } from "react";
import type { Store } from "../../../../src-shared/model/storage/store.ts";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { CredentialsFields } from "../../../components/credentials-fields.tsx";
import { NumberField, SelectField, TextField } from "../../../components/field.tsx";
import { useAnswer } from "../../../hooks/use-answer.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import type { StoreDraft, StoreField } from "./store-draft.ts";
import styles from "./stores.module.css";

export interface StoreFieldsProps {
  readonly draft: StoreDraft;
  readonly onChange: (part: Partial<StoreDraft>) => void;
  readonly problemOf: (field: StoreField) => string | undefined;
  /** Found of a site: where it is and who one is there come from the site. */
  readonly found: boolean;
  /** Others than this one: one may be its copy, one the place for drills. */
  readonly others: readonly Store[];
}

const PLACES = ["s3", "folder"] as const;
const NONE = "";

/** Name, place, credentials, and what belongs to the store. */
export function StoreFields(props: StoreFieldsProps): ReactElement {
  const { draft, onChange, problemOf, found } = props;
  const t = useTranslate();
  return (
    <>
      <TextField
        error={problemOf("name")}
        label={t("storage.store.name")}
        onChange={(name) => onChange({ name })}
        required
        value={draft.name}
      />
      {found ? (
        <p className={styles.muted}>{t("storage.store.foundText")}</p>
      ) : (
        <fieldset className={styles.group}>
          <legend className={styles.legend}>{t("storage.store.place")}</legend>
          <SegmentedControl
            aria-label={t("storage.store.place")}
            data={PLACES.map((value) => ({ value, label: t(`storage.store.place.${value}`) }))}
            onChange={(value) => onChange({ kind: value === "folder" ? "folder" : "s3" })}
            value={draft.kind}
          />
          {draft.kind === "folder" ? (
            <TextField
              description={t("storage.store.directoryHelp")}
              error={problemOf("directory")}
              label={t("storage.store.directory")}
              mono
              onChange={(directory) => onChange({ directory })}
              required
              value={draft.directory}
            />
          ) : (
            <S3Fields {...props} />
          )}
        </fieldset>
      )}
      <BelongingFields {...props} />
    </>
  );
}

function S3Fields({ draft, onChange, problemOf }: StoreFieldsProps): ReactElement {
  const t = useTranslate();
  const text = (
    name: "bucket" | "prefix" | "endpoint" | "moreBuckets",
    more: { required?: boolean; help?: string },
  ) => (
    <TextField
      error={problemOf(name)}
      label={t(`storage.store.${name}`)}
      mono
      onChange={(value) => onChange({ [name]: value })}
      value={draft[name]}
      {...(more.required === true ? { required: true } : {})}
      {...(more.help === undefined ? {} : { description: more.help })}
    />
  );
  return (
    <>
      <div className={styles.pair}>
        {text("bucket", { required: true })}
        {text("prefix", { help: t("storage.store.prefixHelp") })}
      </div>
      <div className={styles.pair}>
        {text("endpoint", { help: t("storage.store.endpointHelp") })}
        <TextField
          label={t("storage.store.region")}
          mono
          onChange={(region) => onChange({ region })}
          placeholder="us-east-1"
          value={draft.region}
        />
      </div>
      <div className={styles.pair}>
        {text("moreBuckets", { help: t("storage.store.moreBucketsHelp") })}
        <TextField
          description={t("storage.store.caFileHelp")}
          label={t("storage.store.caFile")}
          mono
          onChange={(caFile) => onChange({ caFile })}
          value={draft.caFile}
        />
      </div>
      <CredentialsFields draft={draft} onChange={onChange} problemOf={problemOf} />
    </>
  );
}

function BelongingFields({ draft, onChange, problemOf, found, others }: StoreFieldsProps): ReactElement {
  const t = useTranslate();
  const sites = useAnswer("sites", "list", undefined);
  const none = { value: NONE, label: t("storage.store.none") };
  const stores = others.map(({ id, config, title }) => ({
    value: id as string,
    label: `${withVisibleCharacters(config.name)} · ${withVisibleCharacters(title)}`,
  }));
  return (
    <fieldset className={styles.group}>
      <legend className={styles.legend}>{t("storage.store.belongs")}</legend>
      {found ? null : (
        <div className={styles.pair}>
          <SelectField
            choices={[none, ...(sites.data?.sites ?? []).map(({ id, name }) => ({ value: id as string, label: name }))]}
            description={t("storage.store.siteHelp")}
            label={t("storage.store.site")}
            onChange={(site) => onChange({ site })}
            value={draft.site}
          />
          <TextField
            description={t("storage.store.indexPrefixHelp")}
            error={problemOf("indexPrefix")}
            label={t("storage.store.indexPrefix")}
            mono
            onChange={(indexPrefix) => onChange({ indexPrefix })}
            value={draft.indexPrefix}
          />
        </div>
      )}
      <div className={styles.pair}>
        <SelectField
          choices={[none, ...stores]}
          description={t("storage.store.drHelp")}
          error={problemOf("dr")}
          label={t("storage.store.dr")}
          onChange={(dr) => onChange({ dr })}
          value={draft.dr}
        />
        <SelectField
          choices={[none, ...stores]}
          description={t("storage.store.scratchHelp")}
          error={problemOf("scratch")}
          label={t("storage.store.scratch")}
          onChange={(scratch) => onChange({ scratch })}
          value={draft.scratch}
        />
      </div>
      <div className={styles.half}>
        <NumberField
          description={t("storage.store.rateHelp")}
          error={problemOf("rate")}
          label={t("storage.store.rate")}
          min={1}
          onChange={(mebibytesPerSecond) => onChange({ mebibytesPerSecond })}
          value={draft.mebibytesPerSecond}
        />
      </div>
    </fieldset>
  );
}
