import { Checkbox } from "@mantine/core";
import type { ReactElement } from "react";
import { REDACTION_PATTERNS, type RedactionPattern } from "../../../../src-shared/model/redaction-pattern.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import styles from "./export.module.css";

interface RedactionFieldProps {
  readonly value: readonly RedactionPattern[];
  readonly onChange: (value: readonly RedactionPattern[]) => void;
}

/** What is made unreadable before anything is written; each pattern says what it knows. */
export function RedactionField({ value, onChange }: RedactionFieldProps): ReactElement {
  const t = useTranslate();
  return (
    <fieldset className={styles.group}>
      <legend className={styles.legend}>{t("exports.redact.title")}</legend>
      <p className={styles.note}>{t("exports.redact.text")}</p>
      <div className={styles.patterns}>
        {REDACTION_PATTERNS.map((pattern) => (
          <Checkbox
            checked={value.includes(pattern)}
            description={t(`exports.redact.${pattern}.text`)}
            key={pattern}
            label={t(`exports.redact.${pattern}`)}
            onChange={(event) =>
              // In the order of the list, so that two equal choices are two equal requests.
              onChange(
                REDACTION_PATTERNS.filter((one) =>
                  one === pattern ? event.currentTarget.checked : value.includes(one),
                ),
              )
            }
          />
        ))}
      </div>
    </fieldset>
  );
}
