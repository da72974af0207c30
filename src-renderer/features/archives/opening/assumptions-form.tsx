import { IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import { useState, type FormEvent, type ReactElement, type ReactNode } from "react";
import type { ArchiveAssumptions, ArchiveQuestion } from "../../../../src-shared/model/archive.ts";
import { Button } from "../../../components/button.tsx";
import { SelectField, TextField } from "../../../components/field.tsx";
import { PairsField } from "../../../components/pairs-field.tsx";
import { useTranslate } from "../../../hooks/use-translate.ts";
import {
  ASKED_KINDS,
  assumptionsFromDraft,
  assumptionsProblems,
  draftFromAssumptions,
  ENCODING_CHOICES,
  FORMAT_CHOICES,
  type AssumptionsDraft,
  type AssumptionsField,
} from "./assumptions-draft.ts";
import styles from "./opening-dialog.module.css";
import { PLACEHOLDERS, QuestionFields } from "./question-fields.tsx";

interface AssumptionsFormProps {
  readonly questions: readonly ArchiveQuestion[];
  /** What was said before. */
  readonly assumptions: ArchiveAssumptions;
  readonly intro: ReactNode;
  /** What is not asked is what one came for. */
  readonly unfolded?: boolean;
  readonly onAnswer: (assumptions: ArchiveAssumptions) => void;
  readonly onCancel: () => void;
}

/** What can be said unasked, where one knows better than the files. */
const UNASKED = ["zone", "year"] as const;

/** What the files do not say, asked once; nothing is chosen before a person chooses. The rest is folded away. */
export function AssumptionsForm({
  questions,
  assumptions,
  intro,
  unfolded = false,
  onAnswer,
  onCancel,
}: AssumptionsFormProps): ReactElement {
  const t = useTranslate();
  const [draft, setDraft] = useState(() => draftFromAssumptions(assumptions));
  const [tried, setTried] = useState(false);
  const asked = new Set(questions.map(({ kind }) => kind));
  const firstAsked = ASKED_KINDS.find((kind) => asked.has(kind));
  const problems = assumptionsProblems(draft, asked);
  const problemOf = (field: AssumptionsField): string | undefined => {
    const problem = problems[field];
    if (problem === undefined || !tried) return undefined;
    return problem === "needed" ? t("app.form.problem.required") : t(`archives.problem.${field}`);
  };
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(problems).length === 0) onAnswer(assumptionsFromDraft(draft));
  };
  const change = (part: Partial<AssumptionsDraft>): void => setDraft({ ...draft, ...part });

  return (
    <form className={styles.form} noValidate onSubmit={onSubmit}>
      <div className={styles.intro}>{intro}</div>
      {ASKED_KINDS.filter((kind) => asked.has(kind)).map((kind) => (
        <QuestionFields
          error={problemOf(kind)}
          first={kind === firstAsked}
          key={kind}
          kind={kind}
          onChange={(value) => change({ [kind]: value })}
          questions={questions.filter((question) => question.kind === kind)}
          value={draft[kind]}
        />
      ))}
      <MoreFields draft={draft} hidden={asked} onChange={change} problemOf={problemOf} unfolded={unfolded} />
      <div className={styles.actions}>
        <Button tone="primary" type="submit">
          {t("archives.open")}
        </Button>
        {/* What nobody has looked at yet is not opened by a key pressed too often. */}
        <Button data-autofocus={asked.size === 0 || undefined} onClick={onCancel} tone="quiet">
          {t("app.form.cancel")}
        </Button>
      </div>
    </form>
  );
}

interface MoreFieldsProps {
  readonly draft: AssumptionsDraft;
  /** Asked above already. */
  readonly hidden: ReadonlySet<ArchiveQuestion["kind"]>;
  readonly unfolded: boolean;
  readonly problemOf: (field: AssumptionsField) => string | undefined;
  readonly onChange: (part: Partial<AssumptionsDraft>) => void;
}

function MoreFields({ draft, hidden, unfolded, problemOf, onChange }: MoreFieldsProps): ReactElement {
  const t = useTranslate();
  const [wanted, setWanted] = useState(unfolded);
  // A mistake in a folded field is unfolded, so that it can be seen.
  const fields: readonly AssumptionsField[] = [...UNASKED.filter((kind) => !hidden.has(kind)), "tenant", "labels"];
  const opened = wanted || fields.some((field) => problemOf(field) !== undefined);
  const Chevron = opened ? IconChevronDown : IconChevronRight;
  return (
    <>
      <button aria-expanded={opened} className={styles.toggle} onClick={() => setWanted(!opened)} type="button">
        <Chevron aria-hidden size={14} stroke={1.5} />
        {t("archives.more")}
      </button>
      {opened ? (
        <div className={styles.moreFields}>
          <div className={styles.pair}>
            <SelectField
              choices={FORMAT_CHOICES.map((value) => ({ value, label: t(`archives.format.${value}`) }))}
              label={t("archives.format")}
              onChange={(format) => onChange({ format })}
              value={draft.format}
            />
            <SelectField
              choices={ENCODING_CHOICES.map((value) => ({ value, label: t(`archives.encoding.${value}`) }))}
              label={t("archives.encoding")}
              onChange={(encoding) => onChange({ encoding })}
              value={draft.encoding}
            />
          </div>
          <div className={styles.pair}>
            {UNASKED.filter((kind) => !hidden.has(kind)).map((kind) => (
              <TextField
                error={problemOf(kind)}
                key={kind}
                label={t(`archives.field.${kind}`)}
                mono
                onChange={(value) => onChange({ [kind]: value })}
                placeholder={PLACEHOLDERS[kind]}
                value={draft[kind]}
              />
            ))}
          </div>
          <TextField
            description={t("archives.field.tenantHelp")}
            error={problemOf("tenant")}
            label={t("archives.field.tenant")}
            mono
            onChange={(tenant) => onChange({ tenant })}
            value={draft.tenant}
          />
          <PairsField
            description={t("archives.field.labelsHelp")}
            error={problemOf("labels")}
            first={t("archives.field.labelName")}
            firstPlaceholder="service"
            label={t("archives.field.labels")}
            onChange={(labels) => onChange({ labels })}
            pairs={draft.labels}
            second={t("archives.field.labelValue")}
            secondPlaceholder="payments"
          />
        </div>
      ) : null}
    </>
  );
}
