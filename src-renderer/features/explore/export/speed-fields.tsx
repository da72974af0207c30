import type { ReactElement } from "react";
import { NumberField, SelectField } from "../../../components/field.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import type { ExportFieldsProps } from "./destination-fields.tsx";
import { MAX_PARALLEL } from "./export-draft.ts";
import styles from "./export.module.css";

interface SpeedFieldsProps extends ExportFieldsProps {
  /** Lines there are by the estimate; `null` while not known. */
  readonly lines: number | null;
}

/** How hard the source is asked: parts at a time, and lines a second. */
export function SpeedFields({ draft, onChange, problemOf, lines }: SpeedFieldsProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { linesPerSecond } = draft;
  const atLeastMs =
    lines === null || linesPerSecond === null || linesPerSecond < 1 ? null : (lines / linesPerSecond) * 1_000;
  return (
    <fieldset className={styles.group}>
      <legend className={styles.legend}>{t("exports.speed")}</legend>
      <div className={styles.triple}>
        <NumberField
          error={problemOf("parallel")}
          label={t("exports.parallel")}
          max={MAX_PARALLEL}
          min={1}
          onChange={(parallel) => onChange({ parallel })}
          value={draft.parallel}
        />
        <SelectField
          choices={[
            { value: "free", label: t("exports.rate.free") },
            { value: "limited", label: t("exports.rate.limited") },
          ]}
          label={t("exports.rate")}
          onChange={(rate) => onChange({ limited: rate === "limited" })}
          value={draft.limited ? "limited" : "free"}
        />
        {draft.limited ? (
          <NumberField
            error={problemOf("linesPerSecond")}
            label={t("exports.linesPerSecond")}
            min={1}
            onChange={(next) => onChange({ linesPerSecond: next })}
            value={linesPerSecond}
          />
        ) : null}
      </div>
      <p className={styles.note}>
        {draft.limited && atLeastMs !== null
          ? t("exports.rate.time", { time: formats.duration(atLeastMs) })
          : t("exports.rate.text")}
      </p>
    </fieldset>
  );
}
