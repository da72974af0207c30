import { TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import type { ReactElement } from "react";
import { Button } from "./button.tsx";
import { IconButton } from "./icon-button.tsx";
import { useTranslate } from "../hooks/use-translate.ts";
import styles from "./pairs-field.module.css";

export type Pair = readonly [string, string];

interface PairsFieldProps {
  readonly label: string;
  readonly description?: string;
  readonly error?: string | undefined;
  readonly first: string;
  readonly second: string;
  readonly firstPlaceholder?: string;
  readonly secondPlaceholder?: string;
  readonly pairs: readonly Pair[];
  readonly onChange: (pairs: readonly Pair[]) => void;
}

/** A list of name and value, each in its own field. */
export function PairsField({
  label,
  description,
  error,
  first,
  second,
  firstPlaceholder,
  secondPlaceholder,
  pairs,
  onChange,
}: PairsFieldProps): ReactElement {
  const t = useTranslate();
  const replace = (place: number, pair: Pair): void =>
    onChange(pairs.map((known, index) => (index === place ? pair : known)));
  return (
    <fieldset className={styles.field}>
      <legend className={styles.legend}>{label}</legend>
      {pairs.map(([name, value], place) => (
        // oxlint-disable-next-line react/no-array-index-key -- what is typed is no key; rows are only added at the end
        <div className={styles.row} key={place}>
          <TextInput
            aria-label={`${label}: ${first} ${place + 1}`}
            onChange={(event) => replace(place, [event.currentTarget.value, value])}
            spellCheck={false}
            value={name}
            {...(firstPlaceholder === undefined ? {} : { placeholder: firstPlaceholder })}
          />
          <TextInput
            aria-label={`${label}: ${second} ${place + 1}`}
            onChange={(event) => replace(place, [name, event.currentTarget.value])}
            spellCheck={false}
            value={value}
            {...(secondPlaceholder === undefined ? {} : { placeholder: secondPlaceholder })}
          />
          <IconButton
            icon={IconTrash}
            label={t("app.form.removeRow", { row: place + 1 })}
            onClick={() => onChange(pairs.filter((_, index) => index !== place))}
          />
        </div>
      ))}
      <div>
        <Button compact icon={IconPlus} onClick={() => onChange([...pairs, ["", ""]])} tone="quiet">
          {t("app.form.addRow")}
        </Button>
      </div>
      {error === undefined ? null : (
        <p className={styles.error} role="alert">
          {error}
        </p>
      )}
      {description === undefined ? null : <p className={styles.description}>{description}</p>}
    </fieldset>
  );
}
