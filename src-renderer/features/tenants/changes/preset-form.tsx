import { Autocomplete, SegmentedControl } from "@mantine/core";
import { useState, type ReactElement } from "react";
import type { Site } from "../../../../src-shared/api/sites.api.ts";
import { tenantIdProblem } from "../../../../src-shared/model/tenant-id.ts";
import { changeOfPreset, LIMIT_PRESETS, type LimitPreset } from "../../../../src-shared/model/tenants/limit-presets.ts";
import { Button } from "../../../components/button.tsx";
import { CodeText } from "../../../components/code-text.tsx";
import { SelectField, SwitchField, TextField } from "../../../components/field.tsx";
import { useAnswer } from "../../../hooks/use-answer.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import type { EditsDraft } from "./change-draft.ts";
import styles from "./edits-form.module.css";
import { newPresetDraft, presetOf, type PresetDraft } from "./preset-draft.ts";

const MINUTE_MS = 60_000;
const QUICK_MINUTES = [30, 120, 480, 1_440, 10_080] as const;
const BY = ["hash", "pattern"] as const;
/** Which presets a change cannot be without an end: what is meant to be an exception, and a time. */
const ENDING: ReadonlySet<LimitPreset["preset"]> = new Set(["migration", "block-ingestion"]);

interface PresetFormProps {
  readonly site: Site["id"];
  readonly tenants: readonly string[];
  readonly tenant: string;
  readonly onFill: (draft: EditsDraft) => void;
}

/** What is often done, as values that still can be changed before they are planned. */
export function PresetForm({ site, tenants, tenant, onFill }: PresetFormProps): ReactElement {
  const t = useTranslate();
  const [draft, setDraft] = useState<PresetDraft | null>(null);
  return (
    <div className={styles.preset}>
      <div className={styles.presetChoice}>
        <SelectField
          choices={[
            { value: "none", label: t("limits.preset.none") },
            ...LIMIT_PRESETS.map((preset) => ({ value: preset, label: t(`limits.preset.of.${preset}`) })),
          ]}
          label={t("limits.preset.label")}
          onChange={(value) => {
            const preset = LIMIT_PRESETS.find((one) => one === value);
            setDraft(preset === undefined ? null : newPresetDraft(preset, draft?.tenant ?? tenant));
          }}
          value={draft?.preset ?? "none"}
        />
        {draft === null ? null : <p className={styles.muted}>{t(`limits.preset.text.${draft.preset}`)}</p>}
      </div>
      {draft === null ? null : (
        <PresetFields
          draft={draft}
          onDraft={setDraft}
          onFill={(filled) => {
            onFill(filled);
            setDraft(null);
          }}
          site={site}
          tenants={tenants}
        />
      )}
    </div>
  );
}

interface PresetFieldsProps {
  readonly site: Site["id"];
  readonly tenants: readonly string[];
  readonly draft: PresetDraft;
  readonly onDraft: (draft: PresetDraft) => void;
  readonly onFill: (draft: EditsDraft) => void;
}

function PresetFields({ site, tenants, draft, onDraft, onFill }: PresetFieldsProps): ReactElement {
  const t = useTranslate();
  const { preset, tenant } = draft;
  const named = tenantIdProblem(tenant) === null;
  const { data } = useAnswer("tenants", "limits", named ? { site, tenant } : null);
  const fill = (): void => {
    const read = presetOf(draft, Date.now());
    if (read === null) return;
    onFill(
      changeOfPreset(read, (key) => {
        const limit = data?.limits.find((one) => one.key === key);
        return limit === undefined ? null : { value: limit.value, number: limit.number };
      }),
    );
  };
  const disabledReason =
    presetOf(draft, 0) === null
      ? t("limits.preset.incomplete")
      : data === undefined
        ? t("limits.preset.unread")
        : undefined;
  return (
    <div className={styles.presetFields}>
      <Autocomplete
        data={[...tenants]}
        label={t("limits.preset.tenant")}
        limit={50}
        onChange={(next) => onDraft({ ...draft, tenant: next })}
        spellCheck={false}
        value={tenant}
      />
      {preset === "block-query" ? (
        <QueryFields draft={draft} onDraft={onDraft} />
      ) : preset === "block-ingestion" ? (
        <TextField
          description={t("limits.preset.statusCodeHint")}
          label={t("limits.preset.statusCode")}
          onChange={(statusCode) => onDraft({ ...draft, statusCode })}
          value={draft.statusCode}
        />
      ) : (
        <TextField
          label={t(`limits.preset.amount.${preset}`)}
          onChange={(amount) => onDraft({ ...draft, amount })}
          value={draft.amount}
        />
      )}
      <Ends draft={draft} onDraft={onDraft} />
      <div className={styles.presetFill}>
        <Button disabledReason={disabledReason} onClick={fill}>
          {t("limits.preset.fill")}
        </Button>
      </div>
    </div>
  );
}

interface FieldsProps {
  readonly draft: PresetDraft;
  readonly onDraft: (draft: PresetDraft) => void;
}

function Ends({ draft, onDraft }: FieldsProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  return (
    <SelectField
      choices={[
        ...(ENDING.has(draft.preset) ? [] : [{ value: "stays", label: t("limits.expiry.stays") }]),
        ...QUICK_MINUTES.map((one) => ({
          value: String(one),
          label: t("limits.expiry.for", { time: formats.duration(one * MINUTE_MS) }),
        })),
      ]}
      label={t("limits.expiry.label")}
      onChange={(value) => onDraft({ ...draft, minutes: value === "stays" ? null : Number(value) })}
      value={draft.minutes === null ? "stays" : String(draft.minutes)}
    />
  );
}

function QueryFields({ draft, onDraft }: FieldsProps): ReactElement {
  const t = useTranslate();
  const { by, hash, pattern, regex } = draft;
  return (
    <>
      <SegmentedControl
        aria-label={t("limits.preset.by")}
        data={BY.map((value) => ({ value, label: t(`limits.preset.by.${value}`) }))}
        onChange={(chosen) => onDraft({ ...draft, by: chosen === "pattern" ? "pattern" : "hash" })}
        size="xs"
        transitionDuration={0}
        value={by}
      />
      {by === "hash" ? (
        <TextField
          description={<CodeText text={t("limits.preset.hashHint")} />}
          label={t("limits.preset.hash")}
          mono
          onChange={(next) => onDraft({ ...draft, hash: next })}
          value={hash}
        />
      ) : (
        <>
          <TextField
            label={t("limits.preset.pattern")}
            mono
            onChange={(next) => onDraft({ ...draft, pattern: next })}
            value={pattern}
          />
          <SwitchField
            checked={regex}
            label={t("limits.preset.regex")}
            onChange={(next) => onDraft({ ...draft, regex: next })}
          />
        </>
      )}
    </>
  );
}
