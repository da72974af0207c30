import { Radio } from "@mantine/core";
import { useId, type ReactElement } from "react";
import { DAY_ORDERS, type ArchiveQuestion } from "../../../../src-shared/model/archive.ts";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { formatNanoUtc, parseNanoTime } from "../../../../src-shared/model/nano-time.ts";
import { TextField } from "../../../components/field.tsx";
import { useTranslate } from "../../../hooks/use-translate.ts";
import styles from "./opening-dialog.module.css";

/** Files that are shown as examples; the answer holds for all of them. */
const EXAMPLES = 3;
export const PLACEHOLDERS = {
  zone: "UTC, +08:00, Asia/Shanghai",
  year: "2026",
  timeless: "2026-11-20T10:00:00Z",
} as const;

/** An instant comes as nanoseconds; a person reads a date. */
function instantText(suggestion: string): string {
  const ns = parseNanoTime(suggestion);
  return ns === null ? suggestion : formatNanoUtc(ns).replace(/\.0+Z$/, "Z");
}

const asIs = (suggestion: string): string => suggestion;
const readable = { zone: asIs, year: asIs, dayOrder: asIs, timeless: instantText } as const;

interface QuestionFieldsProps {
  readonly kind: ArchiveQuestion["kind"];
  /** The dialog begins with it. */
  readonly first: boolean;
  /** All of this kind. */
  readonly questions: readonly ArchiveQuestion[];
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (value: string) => void;
}

/** One thing that the files do not say: the lines that show it, what would fit, and a field for the answer. */
export function QuestionFields({ kind, first, questions, value, error, onChange }: QuestionFieldsProps): ReactElement {
  const t = useTranslate();
  const suggestions = [...new Set(questions.flatMap((question) => question.suggestions.map(readable[kind])))];
  const heading = useId();
  const rest = questions.length - EXAMPLES;
  return (
    <section aria-labelledby={heading} className={styles.question}>
      <h3 id={heading}>{t(`archives.question.${kind}`)}</h3>
      {questions.slice(0, EXAMPLES).map(({ file, example }, place) => (
        // oxlint-disable-next-line react/no-array-index-key -- two files may have one name
        <div className={styles.example} key={place}>
          <span className={styles.file}>{withVisibleCharacters(file)}</span>
          <code>{withVisibleCharacters(example)}</code>
        </div>
      ))}
      {rest > 0 ? <p className={styles.file}>{t("archives.question.more", { count: rest })}</p> : null}
      {kind === "dayOrder" ? (
        <DayOrderChoice error={error} first={first} onChange={onChange} value={value} />
      ) : (
        <>
          <TextField
            // oxlint-disable-next-line jsx-a11y/no-autofocus -- the dialog was opened to ask this
            autoFocus={first}
            description={t(`archives.question.${kind}Help`)}
            error={error}
            label={t(`archives.field.${kind}`)}
            mono
            onChange={onChange}
            placeholder={PLACEHOLDERS[kind]}
            required
            value={value}
          />
          <Suggestions onChange={onChange} suggestions={suggestions} value={value} />
        </>
      )}
    </section>
  );
}

type AnswerProps = Pick<QuestionFieldsProps, "value" | "onChange">;

/** What would fit. None of them is chosen before a person chooses it. */
function Suggestions({
  suggestions,
  value,
  onChange,
}: AnswerProps & { readonly suggestions: readonly string[] }): ReactElement | null {
  const t = useTranslate();
  if (suggestions.length === 0) return null;
  return (
    <div className={styles.chips}>
      <span>{t("archives.question.suggestions")}</span>
      {suggestions.map((suggestion) => (
        <button
          aria-pressed={value === suggestion}
          className={styles.chip}
          key={suggestion}
          onClick={() => onChange(suggestion)}
          type="button"
        >
          {suggestion}
        </button>
      ))}
    </div>
  );
}

function DayOrderChoice({
  error,
  first,
  value,
  onChange,
}: AnswerProps & { readonly error: string | undefined; readonly first: boolean }): ReactElement {
  const t = useTranslate();
  return (
    <Radio.Group
      aria-label={t("archives.field.dayOrder")}
      onChange={onChange}
      value={value}
      {...(error === undefined ? {} : { error })}
    >
      <div className={styles.radios}>
        {DAY_ORDERS.map((order, place) => (
          <Radio
            data-autofocus={(first && place === 0) || undefined}
            key={order}
            label={t(`archives.dayOrder.${order}`)}
            value={order}
          />
        ))}
      </div>
    </Radio.Group>
  );
}
