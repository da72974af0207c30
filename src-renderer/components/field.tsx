import { NumberInput, PasswordInput, Select, Switch, Textarea, TextInput } from "@mantine/core";
import type { ReactElement, ReactNode } from "react";
import styles from "./field.module.css";

interface FieldProps {
  readonly label: ReactNode;
  readonly description?: ReactNode;
  /** What is wrong with the value, beside the field. */
  readonly error?: string | undefined;
  readonly required?: boolean;
  readonly disabled?: boolean;
}

interface TextFieldProps extends FieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly placeholder?: string;
  /** Machine text: URLs, paths, patterns. */
  readonly mono?: boolean;
  /** More than one line. */
  readonly rows?: number;
  readonly autoFocus?: boolean;
}

function common({ label, description, error, required, disabled }: FieldProps) {
  return {
    label,
    description,
    error,
    ...(required === undefined ? {} : { required, withAsterisk: required }),
    ...(disabled === undefined ? {} : { disabled }),
    inputWrapperOrder: ["label", "input", "error", "description"] as ("label" | "input" | "error" | "description")[],
  };
}

export function TextField({
  value,
  onChange,
  placeholder,
  mono = false,
  rows,
  autoFocus,
  ...field
}: TextFieldProps): ReactElement {
  const props = {
    ...common(field),
    value,
    ...(placeholder === undefined ? {} : { placeholder }),
    ...(autoFocus === true ? { "data-autofocus": true } : {}),
    ...(mono ? { classNames: { input: styles.mono ?? "" } } : {}),
    autoComplete: "off",
    spellCheck: false,
  };
  if (rows !== undefined) {
    return (
      <Textarea {...props} autosize={false} onChange={(event) => onChange(event.currentTarget.value)} rows={rows} />
    );
  }
  return <TextInput {...props} onChange={(event) => onChange(event.currentTarget.value)} />;
}

/** A secret goes in and never comes out: the field starts empty; `placeholder` says whether one is kept. */
export function SecretField({ value, onChange, placeholder, ...field }: TextFieldProps): ReactElement {
  return (
    <PasswordInput
      {...common(field)}
      autoComplete="new-password"
      onChange={(event) => onChange(event.currentTarget.value)}
      spellCheck={false}
      value={value}
      {...(placeholder === undefined ? {} : { placeholder })}
    />
  );
}

interface SelectFieldProps<Value extends string> extends FieldProps {
  readonly value: Value;
  readonly choices: readonly { readonly value: Value; readonly label: string }[];
  readonly onChange: (value: Value) => void;
}

export function SelectField<Value extends string>({
  value,
  choices,
  onChange,
  ...field
}: SelectFieldProps<Value>): ReactElement {
  return (
    <Select
      {...common(field)}
      allowDeselect={false}
      data={choices.map((choice) => ({ ...choice }))}
      onChange={(chosen) => {
        const choice = choices.find((one) => one.value === chosen);
        if (choice !== undefined) onChange(choice.value);
      }}
      value={value}
    />
  );
}

interface NumberFieldProps extends FieldProps {
  /** `null` shows an empty field. */
  readonly value: number | null;
  readonly min?: number;
  readonly max?: number;
  /** `null` while the field holds no number. */
  readonly onChange: (value: number | null) => void;
}

export function NumberField({ value, min, max, onChange, ...field }: NumberFieldProps): ReactElement {
  return (
    <NumberInput
      {...common(field)}
      allowDecimal={false}
      clampBehavior="none"
      hideControls
      onChange={(next) => onChange(typeof next === "number" ? next : null)}
      thousandSeparator=","
      value={value ?? ""}
      {...(min === undefined ? {} : { min })}
      {...(max === undefined ? {} : { max })}
    />
  );
}

interface SwitchFieldProps extends FieldProps {
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

export function SwitchField({
  label,
  description,
  error,
  disabled = false,
  checked,
  onChange,
}: SwitchFieldProps): ReactElement {
  return (
    <Switch
      checked={checked}
      disabled={disabled}
      label={label}
      onChange={(event) => onChange(event.currentTarget.checked)}
      size="xs"
      withThumbIndicator={false}
      {...(description === undefined ? {} : { description })}
      {...(error === undefined ? {} : { error })}
    />
  );
}
