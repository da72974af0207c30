import { NumberInput, Select } from "@mantine/core";
import type { ReactElement } from "react";
import styles from "./operations-tab.module.css";

interface InlineSelectProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly choices: readonly { readonly value: Value; readonly label: string }[];
  readonly onChange: (value: Value) => void;
}

/** A choice within a line: its name is read out and not shown. */
export function InlineSelect<Value extends string>({
  label,
  value,
  choices,
  onChange,
}: InlineSelectProps<Value>): ReactElement {
  return (
    <Select
      allowDeselect={false}
      aria-label={label}
      className={styles.inlineSelect ?? ""}
      data={choices.map((choice) => ({ ...choice }))}
      onChange={(chosen) => {
        const choice = choices.find((one) => one.value === chosen);
        if (choice !== undefined) onChange(choice.value);
      }}
      value={value}
    />
  );
}

interface InlineNumberProps {
  readonly label: string;
  readonly value: number | null;
  readonly least: number;
  readonly most: number;
  /** What is wrong with it. */
  readonly problem: string | undefined;
  readonly onChange: (value: number | null) => void;
}

/** A whole number within a line. */
export function InlineNumber({ label, value, least, most, problem, onChange }: InlineNumberProps): ReactElement {
  return (
    <NumberInput
      allowDecimal={false}
      aria-label={label}
      className={styles.inlineNumber ?? ""}
      clampBehavior="none"
      error={problem}
      hideControls
      max={most}
      min={least}
      onChange={(next) => onChange(typeof next === "number" ? next : null)}
      value={value ?? ""}
    />
  );
}
