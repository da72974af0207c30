import { IconArrowDown, IconArrowUp, IconFilter, IconLetterCase, IconRegex, IconX } from "@tabler/icons-react";
import { useEffect, useRef, type KeyboardEvent, type ReactElement } from "react";
import { errorText } from "../../../components/error-text.ts";
import { IconButton } from "../../../components/icon-button.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import styles from "./find.module.css";
import type { Find, FindInput } from "./use-find.ts";

interface FindBarProps {
  readonly input: FindInput;
  readonly onInput: (input: FindInput) => void;
  readonly find: Find;
  readonly onStep: (direction: "next" | "previous") => void;
  readonly onFilter: () => void;
  readonly onClose: () => void;
  /** Raised when the bar is asked for again: the text is selected. */
  readonly focusRound: number;
}

/** Search in the rows that are here. Enter and F3 go on, with Shift back. */
export function FindBar(props: FindBarProps): ReactElement {
  const { input, onInput, find, onStep, onFilter, onClose, focusRound } = props;
  const t = useTranslate();
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (focusRound === 0) return;
    field.current?.focus();
    field.current?.select();
  }, [focusRound]);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Enter" && !event.nativeEvent.isComposing) onStep(event.shiftKey ? "previous" : "next");
    else if (event.key === "Escape") onClose();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const nothing = find.match === null ? t("explore.find.nothingTyped") : undefined;
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions, jsx-a11y/prefer-tag-over-role -- Escape closes from anywhere inside
    <div className={styles.bar} onKeyDown={onKeyDown} role="search">
      <input
        aria-describedby="explore-find-outcome"
        aria-invalid={find.problem !== null}
        aria-label={t("explore.find.field")}
        autoComplete="off"
        className={styles.field}
        onChange={(event) => onInput({ ...input, text: event.currentTarget.value })}
        placeholder={t("explore.find.placeholder")}
        ref={field}
        spellCheck={false}
        value={input.text}
      />
      <IconButton
        icon={IconLetterCase}
        label={t("explore.find.case")}
        onClick={() => onInput({ ...input, caseSensitive: !input.caseSensitive })}
        pressed={input.caseSensitive}
        size={24}
      />
      <IconButton
        icon={IconRegex}
        label={t("explore.find.regex")}
        onClick={() => onInput({ ...input, regex: !input.regex })}
        pressed={input.regex}
        size={24}
      />
      <output className={styles.outcome} data-bad={find.problem !== null || undefined} id="explore-find-outcome">
        <Outcome find={find} />
      </output>
      <IconButton
        disabledReason={nothing}
        icon={IconArrowUp}
        label={t("explore.find.previous")}
        onClick={() => onStep("previous")}
        shortcut="shift+f3"
        size={24}
      />
      <IconButton
        disabledReason={nothing}
        icon={IconArrowDown}
        label={t("explore.find.next")}
        onClick={() => onStep("next")}
        shortcut="f3"
        size={24}
      />
      <IconButton
        disabledReason={nothing}
        icon={IconFilter}
        label={t("explore.find.filter")}
        onClick={onFilter}
        size={24}
      />
      <IconButton icon={IconX} label={t("explore.find.close")} onClick={onClose} shortcut="escape" size={24} />
    </div>
  );
}

function Outcome({ find }: { readonly find: Find }): ReactElement | null {
  const t = useTranslate();
  const formats = useFormats();
  if (find.problem !== null) return <>{t("explore.find.invalid", { problem: find.problem })}</>;
  const { snapshot } = find;
  if (snapshot === null) return null;
  if (snapshot.error !== null) return <>{errorText(t, snapshot.error)}</>;
  const { counts, current, wrapped } = snapshot;
  if (counts === null) return <>{t("explore.find.searching")}</>;
  const all = formats.number(counts.matches);
  const text =
    current === null
      ? t("explore.find.matches", { count: counts.matches, matches: all })
      : t("explore.find.at", { at: formats.number(current.index + 1), matches: all });
  const scanned = counts.totalRows === 0 ? 1 : counts.scannedRows / counts.totalRows;
  return (
    <>
      {text}
      {counts.done ? "" : ` · ${formats.percent(scanned)}`}
      {wrapped ? ` · ${t("explore.find.wrapped")}` : ""}
    </>
  );
}
