import { Select, Switch, TextInput } from "@mantine/core";
import { useState, type KeyboardEvent, type ReactElement } from "react";
import type { Setting } from "../../../src-shared/api/settings.api.ts";
import type { Formats } from "../../hooks/formats.ts";
import { useFormats } from "../../hooks/use-formats.ts";
import { useTranslate } from "../../hooks/use-translate.ts";
import { choiceText, exactBytes, numberProblem, parseAmount, parseBytes } from "./setting-text.ts";
import styles from "./settings-screen.module.css";

interface SettingControlProps {
  readonly setting: Setting;
  /** The id of the label's element. */
  readonly labelledBy: string;
  /** Why it cannot be changed. */
  readonly disabled: string | undefined;
  readonly onSet: (value: Setting["value"]) => void;
}

/** The control that fits the setting's kind. Choices apply at once; typed values on Enter or when one leaves the field. */
export function SettingControl({ setting, labelledBy, disabled, onSet }: SettingControlProps): ReactElement {
  const t = useTranslate();
  if (typeof setting.value === "boolean") {
    return (
      <span className={styles.switch}>
        <Switch
          aria-labelledby={labelledBy}
          checked={setting.value}
          disabled={disabled !== undefined}
          onChange={(event) => onSet(event.currentTarget.checked)}
          withThumbIndicator={false}
        />
        <span className={styles.muted}>{setting.value ? t("app.settings.on") : t("app.settings.off")}</span>
      </span>
    );
  }
  if (setting.kind === "choice") {
    return (
      <Select
        allowDeselect={false}
        aria-labelledby={labelledBy}
        data={(setting.choices ?? []).map((value) => ({ value, label: choiceText(t, setting.key, value) }))}
        disabled={disabled !== undefined}
        onChange={(value) => {
          if (value !== null) onSet(value);
        }}
        value={String(setting.value)}
      />
    );
  }
  return (
    <TypedControl
      disabled={disabled}
      key={String(setting.value)}
      labelledBy={labelledBy}
      onSet={onSet}
      setting={setting}
    />
  );
}

function shownText(formats: Formats, setting: Setting): string {
  if (typeof setting.value !== "number") return String(setting.value);
  return setting.kind === "bytes" ? exactBytes(setting.value) : formats.number(setting.value, 6);
}

/** A field whose text becomes the value only when one is done with it. */
function TypedControl({ setting, labelledBy, disabled, onSet }: SettingControlProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const shown = shownText(formats, setting);
  const [text, setText] = useState(shown);
  const numeric = typeof setting.value === "number";
  const value = setting.kind === "bytes" ? parseBytes(text) : parseAmount(text);
  const problem = numeric ? numberProblem(setting, value) : null;
  const bound = (limit: number | undefined): string =>
    limit === undefined ? "" : setting.kind === "bytes" ? exactBytes(limit) : formats.number(limit);

  const finish = (): void => {
    if (text === shown || problem !== null) return;
    if (!numeric) onSet(text);
    else if (value !== null && value !== setting.value) onSet(value);
    else setText(shown);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Enter") finish();
    else if (event.key === "Escape") {
      setText(shown);
      event.preventDefault();
    }
  };
  return (
    <TextInput
      aria-labelledby={labelledBy}
      disabled={disabled !== undefined}
      error={
        problem === null
          ? undefined
          : t(`app.settings.problem.${problem}`, { min: bound(setting.min), max: bound(setting.max) })
      }
      inputMode={numeric && setting.kind !== "bytes" ? "numeric" : "text"}
      onBlur={finish}
      onChange={(event) => setText(event.currentTarget.value)}
      onKeyDown={onKeyDown}
      value={text}
    />
  );
}
