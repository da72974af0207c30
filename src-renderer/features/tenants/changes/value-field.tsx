import type { ReactElement } from "react";
import type { TenantLimit } from "../../../../src-shared/model/tenants/board.ts";
import { CodeText } from "../../../components/code-text.tsx";
import { SelectField, TextField } from "../../../components/field.tsx";
import { useTranslate, type Translate } from "../../../hooks/use-translate.ts";
import styles from "./edits-form.module.css";

/** How a value of a type is written, `limits.hint.<type>`. */
const HINTED: ReadonlySet<string> = new Set([
  "bytes",
  "duration",
  "go-duration",
  "time",
  "csv",
  "string-list",
  "list",
  "map",
]);
const STRUCTURED: ReadonlySet<string> = new Set(["string-list", "list", "map"]);
const BOOLS = ["true", "false"] as const;

interface ValueFieldProps {
  readonly label: string;
  /** `undefined` while it is not known which limit it is of. */
  readonly limit: TenantLimit | undefined;
  /** `null`: the override is taken out. */
  readonly value: string | null;
  readonly onValue: (value: string) => void;
}

/** A value by the type of its limit. What Loki takes is the core's to say, in the plan. */
export function ValueField({ label, limit, value, onValue }: ValueFieldProps): ReactElement {
  const t = useTranslate();
  if (value === null) {
    return (
      <div className={styles.value}>
        <TextField disabled label={label} onChange={onValue} placeholder={t("limits.edits.takenOut")} value="" />
      </div>
    );
  }
  const choices = limit?.type === "bool" ? BOOLS : (limit?.choices ?? null);
  if (choices !== null) {
    return (
      <div className={styles.value}>
        <SelectField
          choices={choices.map((choice) => ({ value: choice, label: choice }))}
          label={label}
          onChange={onValue}
          value={choices.find((choice) => choice === value) ?? ""}
        />
      </div>
    );
  }
  const hint = hintOf(limit, t);
  return (
    <div className={styles.value}>
      <TextField
        label={label}
        mono
        onChange={onValue}
        value={value}
        {...(hint === "" ? {} : { description: <CodeText text={hint} /> })}
        {...(limit !== undefined && STRUCTURED.has(limit.type) ? { rows: 4 } : {})}
      />
    </div>
  );
}

function hintOf(limit: TenantLimit | undefined, t: Translate): string {
  if (limit === undefined) return "";
  // Loki's megabytes are 1,048,576 bytes.
  if (limit.key.endsWith("_mb")) return t("limits.hint.megabytes");
  return HINTED.has(limit.type) ? t.dynamic(`limits.hint.${limit.type}`, {}, "") : "";
}
