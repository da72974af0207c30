import { useState, type ReactElement } from "react";
import { Picker, type PickerOption } from "../../../components/picker.tsx";
import { useTranslate } from "../../../hooks/use-translate.ts";
import styles from "./operations-tab.module.css";

interface ChoiceProps {
  readonly label: string;
  readonly value: string | null;
  readonly options: readonly PickerOption[];
  readonly onChoose: (value: string) => void;
  readonly freeEntry?: {
    readonly problem: (text: string) => string | null;
    readonly label: (text: string) => string;
  };
}

/** One of many, found by typing; says what is chosen, or that nothing is. */
export function Choice({ label, value, options, onChoose, freeEntry }: ChoiceProps): ReactElement {
  const t = useTranslate();
  const [opened, setOpened] = useState(false);
  const chosen = options.find((option) => option.value === value);
  return (
    <span className={styles.choice}>
      <Picker
        emptyText={t("operations.noChoice")}
        label={label}
        onOpenChange={setOpened}
        onPick={onChoose}
        opened={opened}
        options={options}
        searchPlaceholder={t("operations.searchChoice")}
        shown={
          <>
            {chosen?.mark}
            <span>{value === null ? t("operations.choose", { what: label }) : (chosen?.label ?? value)}</span>
          </>
        }
        value={value}
        {...(freeEntry === undefined ? {} : { freeEntry })}
      />
    </span>
  );
}
