import { Combobox, UnstyledButton, useCombobox } from "@mantine/core";
import { IconChevronDown } from "@tabler/icons-react";
import { useEffect, useState, type ReactElement, type ReactNode } from "react";
import { useTranslate } from "../hooks/use-translate.ts";
import styles from "./picker.module.css";

export interface PickerOption {
  readonly value: string;
  readonly label: string;
  readonly detail?: string;
  readonly mark?: ReactNode;
  /** Heading under which it stands. */
  readonly group?: string;
}

interface PickerProps {
  /** What is picked; read out before the value. */
  readonly label: string;
  readonly value: string | null;
  readonly options: readonly PickerOption[];
  readonly onPick: (value: string) => void;
  /** What the closed picker shows. */
  readonly shown: ReactNode;
  readonly searchPlaceholder: string;
  readonly emptyText: string;
  /** Lets the typed text itself be picked. The answer tells what is wrong with it, or null. */
  readonly freeEntry?: {
    readonly problem: (text: string) => string | null;
    readonly label: (text: string) => string;
  };
  readonly footer?: ReactNode;
  readonly opened: boolean;
  readonly onOpenChange: (opened: boolean) => void;
}

const FREE = " free entry";

/** A button that opens a list with a search field; the list may be long and grouped. */
export function Picker({
  label,
  value,
  options,
  onPick,
  shown,
  searchPlaceholder,
  emptyText,
  freeEntry,
  footer,
  opened,
  onOpenChange,
}: PickerProps): ReactElement {
  const t = useTranslate();
  const [search, setSearch] = useState("");
  const combobox = useCombobox({
    opened,
    onOpenedChange: onOpenChange,
    onDropdownClose: () => {
      combobox.resetSelectedOption();
      combobox.focusTarget();
      setSearch("");
    },
  });

  // Also when a shortcut opened it, which the combobox itself does not notice.
  const { focusSearchInput } = combobox;
  useEffect(() => {
    if (opened) focusSearchInput();
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- the function is a new one at every rendering
  }, [opened]);

  const needle = search.trim().toLowerCase();
  const matching = options.filter((option) => `${option.label} ${option.detail ?? ""}`.toLowerCase().includes(needle));
  const groups = new Map<string, PickerOption[]>();
  for (const option of matching) {
    const group = groups.get(option.group ?? "");
    if (group === undefined) groups.set(option.group ?? "", [option]);
    else group.push(option);
  }
  const typed = search.trim();
  const offersTyped = freeEntry !== undefined && typed !== "" && !options.some((option) => option.value === typed);
  const problem = offersTyped ? freeEntry.problem(typed) : null;

  const draw = (option: PickerOption): ReactElement => (
    <Combobox.Option active={option.value === value} key={option.value} value={option.value}>
      <span className={styles.option}>
        {option.mark}
        <span className={styles.optionLabel}>{option.label}</span>
        {option.detail === undefined ? null : <span className={styles.detail}>{option.detail}</span>}
      </span>
    </Combobox.Option>
  );

  return (
    <Combobox
      onOptionSubmit={(chosen) => {
        onPick(chosen === FREE ? typed : chosen);
        combobox.closeDropdown();
      }}
      position="bottom-start"
      hideDetached={false}
      resetSelectionOnOptionHover
      store={combobox}
      transitionProps={{ duration: 0 }}
      width={340}
      withinPortal
    >
      <Combobox.Target targetType="button" withAriaAttributes={false}>
        <UnstyledButton
          aria-expanded={opened}
          aria-haspopup="listbox"
          className={styles.target}
          onClick={() => combobox.toggleDropdown()}
        >
          <span className={styles.shown}>
            <span className="visually-hidden">{label}: </span>
            {shown}
          </span>
          <IconChevronDown aria-hidden className={styles.chevron} size={14} stroke={1.5} />
        </UnstyledButton>
      </Combobox.Target>
      <Combobox.Dropdown>
        <Combobox.Search
          aria-label={searchPlaceholder}
          onChange={(event) => {
            setSearch(event.currentTarget.value);
            combobox.selectFirstOption();
          }}
          placeholder={searchPlaceholder}
          value={search}
        />
        <Combobox.Options aria-label={label} className={styles.options}>
          {[...groups].map(([name, members]) =>
            name === "" ? (
              members.map(draw)
            ) : (
              <Combobox.Group key={name} label={name}>
                {members.map(draw)}
              </Combobox.Group>
            ),
          )}
          {offersTyped && problem === null ? (
            <Combobox.Option value={FREE}>{freeEntry.label(typed)}</Combobox.Option>
          ) : null}
          {matching.length === 0 && !offersTyped ? <Combobox.Empty>{emptyText}</Combobox.Empty> : null}
        </Combobox.Options>
        {problem === null ? null : (
          <p className={styles.problem} role="alert">
            {problem}
          </p>
        )}
        {footer === undefined ? null : <div className={styles.footer}>{footer}</div>}
        <span aria-live="polite" className="visually-hidden">
          {t("app.matches", { count: matching.length })}
        </span>
      </Combobox.Dropdown>
    </Combobox>
  );
}
