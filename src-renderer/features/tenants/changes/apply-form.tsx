import { useState, type ReactElement, type ReactNode } from "react";
import type { LimitPlan } from "../../../../src-shared/model/tenants/limit-change.ts";
import { Button } from "../../../components/button.tsx";
import { ErrorPanel } from "../../../components/error-panel.tsx";
import { TextField } from "../../../components/field.tsx";
import { useChange } from "../../../hooks/use-answer.ts";
import { useForbidden } from "../../../hooks/use-permission.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { nameToType } from "./change-draft.ts";
import styles from "./change-dialog.module.css";
import { planAnswer } from "./plan-verdict.tsx";

const MAX_REASON_LENGTH = 500;

interface ApplyFormProps {
  readonly plan: LimitPlan;
  /** Why this plan may not be applied though the person may. */
  readonly blocked: string | undefined;
  readonly back: ReactNode;
  readonly onApplied: (job: string) => void;
  readonly onLookAgain: () => void;
  readonly onClose: () => void;
}

/** The last thing before it is done: whose limits they are, letter by letter, and why. */
export function ApplyForm({ plan, blocked, back, onApplied, onLookAgain, onClose }: ApplyFormProps): ReactElement {
  const t = useTranslate();
  const [typed, setTyped] = useState("");
  const [reason, setReason] = useState("");
  const mayNot = useForbidden("tenants.limits");
  const { run, pending, error, reset } = useChange("tenants", "applyPlan");
  const answer = planAnswer(plan);
  const name = nameToType(plan);
  const given = reason.trim();
  const disabledReason =
    mayNot ??
    (answer === "stopped" ? t("limits.blocked.stopped") : undefined) ??
    blocked ??
    (typed.trim() === name ? undefined : t("limits.blocked.name", { name })) ??
    (given === "" ? t("limits.blocked.reason") : undefined);
  const apply = (): void => {
    if (disabledReason !== undefined || pending) return;
    // The failure is shown from `error`.
    run({ plan: plan.id, reason: given.slice(0, MAX_REASON_LENGTH) }).then(
      ({ job }) => onApplied(job),
      () => undefined,
    );
  };
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        apply();
      }}
    >
      {error === undefined ? null : (
        <>
          <ErrorPanel
            actions={
              <Button
                compact
                onClick={() => {
                  reset();
                  onLookAgain();
                }}
              >
                {t("limits.plan.again")}
              </Button>
            }
            error={error}
            title={t("limits.apply.failed")}
          />
          {error.category === "conflict" ? <p>{t(`limits.conflict.${plan.change.kind}`)}</p> : null}
        </>
      )}
      {mayNot === undefined && answer !== "stopped" ? (
        <div className={styles.fields}>
          <TextField
            label={t("limits.apply.typeName", { name })}
            mono
            onChange={setTyped}
            placeholder={name}
            value={typed}
          />
          <TextField label={t("limits.apply.reason")} onChange={setReason} required value={reason} />
        </div>
      ) : null}
      <div className={styles.actions}>
        <Button
          disabledReason={disabledReason}
          loading={pending}
          tone={answer === "warned" ? "danger" : "primary"}
          type="submit"
        >
          {t(answer === "warned" ? "limits.apply.anyway" : `limits.apply.${plan.change.kind}`)}
        </Button>
        {back}
        <Button onClick={onClose}>{t("app.close")}</Button>
        {disabledReason === undefined ? null : <span className={styles.rest}>{disabledReason}</span>}
      </div>
    </form>
  );
}
