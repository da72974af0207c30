import { useState, type ReactElement, type ReactNode } from "react";
import type { WireError } from "../../src-shared/errors/wire-error.ts";
import { useTranslate } from "../hooks/use-translate.ts";
import { Button } from "./button.tsx";
import { ErrorPanel } from "./error-panel.tsx";
import { TextField } from "./field.tsx";
import styles from "./apply-plan-form.module.css";
import type { PlanAnswer } from "./plan-answer.tsx";

const MAX_REASON_LENGTH = 500;

interface ApplyPlanFormProps {
  readonly answer: PlanAnswer;
  /** What is typed letter by letter, so that nobody changes what they take for another. */
  readonly name: string;
  /** On the button. */
  readonly label: string;
  readonly mayNot: string | undefined;
  /** Why this plan may not be applied though the person may. */
  readonly blocked: string | undefined;
  readonly pending: boolean;
  readonly error: WireError | undefined;
  /** What a failure leads to, under it. */
  readonly afterFailure?: ReactNode;
  /** More ways on, beside the button. */
  readonly back: ReactNode;
  readonly onApply: (reason: string) => void;
  readonly onLookAgain: () => void;
  readonly onClose: () => void;
}

/** The last thing before it is done: what it is about, letter by letter, and why. */
export function ApplyPlanForm(props: ApplyPlanFormProps): ReactElement {
  const { answer, name, label, mayNot, blocked, pending, error, afterFailure, back } = props;
  const t = useTranslate();
  const [typed, setTyped] = useState("");
  const [reason, setReason] = useState("");
  const given = reason.trim();
  const disabledReason =
    mayNot ??
    (answer === "stopped" ? t("operations.blocked.stopped") : undefined) ??
    blocked ??
    (typed.trim() === name ? undefined : t("operations.blocked.typeFirst", { name })) ??
    (given === "" ? t("operations.blocked.whyFirst") : undefined);
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (disabledReason === undefined && !pending) props.onApply(given.slice(0, MAX_REASON_LENGTH));
      }}
    >
      {error === undefined ? null : (
        <>
          <ErrorPanel
            actions={
              <Button compact onClick={props.onLookAgain}>
                {t("operations.planAgain")}
              </Button>
            }
            error={error}
            title={t("operations.notApplied")}
          />
          {afterFailure}
        </>
      )}
      {mayNot === undefined && answer !== "stopped" ? (
        <div className={styles.fields}>
          <TextField
            label={t("operations.typeName", { name })}
            mono
            onChange={setTyped}
            placeholder={name}
            value={typed}
          />
          <TextField label={t("operations.applyReason")} onChange={setReason} required value={reason} />
        </div>
      ) : null}
      <div className={styles.actions}>
        <Button
          disabledReason={disabledReason}
          loading={pending}
          tone={answer === "warned" ? "danger" : "primary"}
          type="submit"
        >
          {answer === "warned" ? t("operations.applyInSpite") : label}
        </Button>
        {back}
        <Button onClick={props.onClose}>{t("app.close")}</Button>
        {disabledReason === undefined ? null : <span className={styles.rest}>{disabledReason}</span>}
      </div>
    </form>
  );
}
