import { SegmentedControl, TagsInput, TextInput } from "@mantine/core";
import type { ReactElement } from "react";
import { NumberField, SwitchField } from "../../../components/field.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { SCAN_RANGES, type ScanDraft, type ScanField } from "./scan-draft.ts";
import styles from "./scans.module.css";

interface ScanFieldsProps {
  readonly draft: ScanDraft;
  readonly onChange: (part: Partial<ScanDraft>) => void;
  readonly problemOf: (field: ScanField) => string | undefined;
  /** That the last scan saw; others can be typed. */
  readonly tenants: readonly string[];
  /** The store's own rate in bytes a second. */
  readonly ownRate: number | null;
}

const MODES = ["fast", "deep"] as const;

export function ScanFields({ draft, onChange, problemOf, tenants, ownRate }: ScanFieldsProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  return (
    <>
      <div className={styles.choice}>
        <SegmentedControl
          aria-label={t("storage.scan.mode")}
          data={MODES.map((value) => ({ value, label: t(`storage.scan.mode.${value}`) }))}
          onChange={(value) => onChange({ mode: value === "deep" ? "deep" : "fast" })}
          value={draft.mode}
        />
        <p className={styles.muted}>{t(`storage.scan.modeText.${draft.mode}`)}</p>
      </div>
      <TagsInput
        data={[...tenants]}
        description={t("storage.scan.tenantsHelp")}
        inputWrapperOrder={["label", "input", "error", "description"]}
        label={t("storage.scan.tenants")}
        maxDropdownHeight={220}
        onChange={(chosen) => onChange({ tenants: chosen })}
        placeholder={draft.tenants.length === 0 ? t("storage.scan.tenantsAll") : ""}
        value={[...draft.tenants]}
      />
      <div className={styles.choice}>
        <span className={styles.label}>{t("storage.scan.range")}</span>
        <SegmentedControl
          aria-label={t("storage.scan.range")}
          data={SCAN_RANGES.map((value) => ({ value, label: t(`storage.scan.range.${value}`) }))}
          onChange={(value) => onChange({ range: SCAN_RANGES.find((one) => one === value) ?? "all" })}
          value={draft.range}
        />
        {draft.range === "custom" ? (
          <div className={styles.pair}>
            {(["fromDay", "throughDay"] as const).map((field) => (
              <TextInput
                autoComplete="off"
                error={problemOf(field)}
                key={field}
                label={t(`storage.scan.${field}`)}
                maxLength={10}
                onChange={(event) => onChange({ [field]: event.currentTarget.value.trim() })}
                placeholder="2026-11-20"
                spellCheck={false}
                value={draft[field]}
              />
            ))}
          </div>
        ) : null}
      </div>
      <div className={styles.pair}>
        <NumberField
          description={t("storage.scan.sampleHelp")}
          error={problemOf("sample")}
          label={t("storage.scan.sample")}
          max={100}
          min={1}
          onChange={(samplePercent) => onChange({ samplePercent })}
          value={draft.samplePercent}
        />
        <NumberField
          description={
            ownRate === null
              ? t("storage.scan.rateFree")
              : t("storage.scan.rateOwn", { rate: formats.bytesRate(ownRate) })
          }
          error={problemOf("rate")}
          label={t("storage.scan.rate")}
          min={1}
          onChange={(mebibytesPerSecond) => onChange({ mebibytesPerSecond })}
          value={draft.mebibytesPerSecond}
        />
      </div>
      <SwitchField
        checked={draft.incremental}
        description={t("storage.scan.incrementalHelp")}
        label={t("storage.scan.incremental")}
        onChange={(incremental) => onChange({ incremental })}
      />
    </>
  );
}
