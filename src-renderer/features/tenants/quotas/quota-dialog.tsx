import { Modal } from "@mantine/core";
import { useRef, useState, type FormEvent, type ReactElement } from "react";
import type { QuotaState } from "../../../../src-shared/model/tenants/quota.ts";
import { Button } from "../../../components/button.tsx";
import { ConfirmButton } from "../../../components/confirm-button.tsx";
import { ErrorPanel } from "../../../components/error-panel.tsx";
import { useChange } from "../../../hooks/use-answer.ts";
import { useForbidden } from "../../../hooks/use-permission.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { scopeName } from "./quota-columns.tsx";
import { draftOf, EMPTY_QUOTA, quotaOf, quotaProblems, type QuotaField } from "./quota-draft.ts";
import { QuotaFields } from "./quota-fields.tsx";
import type { QuotaSubject } from "./quotas-tab.tsx";
import styles from "./quotas.module.css";

interface QuotaDialogProps {
  /** `null` closes it. */
  readonly subject: QuotaSubject | null;
  readonly known: readonly QuotaState[];
  readonly onClose: () => void;
}

/** Sets, changes or removes one quota. It holds from the next query on; what was spent stays counted. */
export function QuotaDialog({ subject, known, onClose }: QuotaDialogProps): ReactElement {
  const t = useTranslate();
  return (
    <Modal
      closeButtonProps={{ "aria-label": t("app.close") }}
      // A press beside it must not throw typed sizes away.
      closeOnClickOutside={false}
      onClose={onClose}
      opened={subject !== null}
      size={560}
      title={
        subject?.kind === "edit"
          ? t("usage.quota.editTitle", { name: scopeName(subject.quota.scope, t) })
          : t("usage.quota.add")
      }
    >
      {subject === null ? null : <QuotaForm known={known} onClose={onClose} subject={subject} />}
    </Modal>
  );
}

interface QuotaFormProps extends QuotaDialogProps {
  readonly subject: QuotaSubject;
}

function QuotaForm({ subject, known, onClose }: QuotaFormProps): ReactElement {
  const t = useTranslate();
  const forbidden = useForbidden("usage.quota");
  const [draft, setDraft] = useState(() => (subject.kind === "edit" ? draftOf(subject.quota) : EMPTY_QUOTA));
  const [tries, setTries] = useState(0);
  const form = useRef<HTMLFormElement>(null);
  const set = useChange("usage", "setQuota");
  const remove = useChange("usage", "removeQuota");
  const taken = subject.kind === "edit" ? [] : known.map(({ quota }) => quota.scope);
  const problems = quotaProblems(draft, taken);
  const problemOf = (field: QuotaField): string | undefined => {
    const problem = problems[field];
    return tries > 0 && problem !== undefined ? t(`usage.quota.problem.${problem}`) : undefined;
  };
  const closeWhenDone = (done: Promise<unknown>): void => {
    // A failure is shown from `error`.
    done.then(onClose, () => undefined);
  };
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    setTries(tries + 1);
    if (forbidden !== undefined || set.pending) return;
    if (Object.keys(problems).length > 0) {
      // The marks of what is wrong come with the next drawing.
      requestAnimationFrame(() => form.current?.querySelector<HTMLElement>("[aria-invalid='true']")?.focus());
      return;
    }
    closeWhenDone(set.run(quotaOf(draft)));
  };
  const failure = set.error ?? remove.error;
  return (
    <form className={styles.form} noValidate onSubmit={onSubmit} ref={form}>
      <QuotaFields
        draft={draft}
        onChange={(part) => setDraft((before) => ({ ...before, ...part }))}
        problemOf={problemOf}
        scopeLocked={subject.kind === "edit"}
      />
      {failure === undefined ? null : <ErrorPanel error={failure} title={t("usage.quota.changeFailed")} />}
      <div className={styles.actions}>
        <Button disabledReason={forbidden} loading={set.pending} tone="primary" type="submit">
          {subject.kind === "edit" ? t("usage.quota.save") : t("usage.quota.set")}
        </Button>
        <Button onClick={onClose} tone="quiet">
          {t("usage.quota.cancel")}
        </Button>
        {subject.kind === "edit" ? (
          <span className={styles.remove}>
            <ConfirmButton
              confirmLabel={t("usage.quota.remove")}
              disabledReason={forbidden}
              label={t("usage.quota.remove")}
              loading={remove.pending}
              onConfirm={() => closeWhenDone(remove.run(subject.quota.scope))}
              question={t("usage.quota.removeQuestion")}
            />
          </span>
        ) : null}
      </div>
    </form>
  );
}
