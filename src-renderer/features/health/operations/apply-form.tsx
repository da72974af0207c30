import { useState, type ReactElement } from "react";
import type { OperationPlan } from "../../../../src-shared/model/health/operation.ts";
import { Button } from "../../../components/button.tsx";
import { ErrorPanel } from "../../../components/error-panel.tsx";
import { TextField } from "../../../components/field.tsx";
import { operationName } from "../../../components/operation-text.ts";
import { useChange } from "../../../hooks/use-answer.ts";
import { useForbidden } from "../../../hooks/use-permission.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import styles from "./operation-dialog.module.css";
import { nameToType } from "./operation-draft.ts";

const MAX_REASON_LENGTH = 500;

interface ApplyFormProps {
  readonly plan: OperationPlan;
  /** Why this plan may not be applied though the person may. */
  readonly blocked: string | undefined;
  readonly onApplied: (job: string) => void;
  readonly onLookAgain: () => void;
  readonly onClose: () => void;
}

/** The last thing before it is done: the target's name where it matters, a reason where it is not known to be safe. */
export function ApplyForm({ plan, blocked, onApplied, onLookAgain, onClose }: ApplyFormProps): ReactElement {
  const t = useTranslate();
  const [typed, setTyped] = useState("");
  const [reason, setReason] = useState("");
  const mayNot = useForbidden("health.operate");
  const mayNotOverride = useForbidden("health.override");
  const { fire, pending, error, reset } = useApply(onApplied);
  const name = nameToType(plan.operation);
  const safe = plan.safe.answer === "yes";
  const overrides = !safe && mayNot === undefined && mayNotOverride === undefined;
  const given = reason.trim();
  const disabledReason =
    mayNot ??
    (safe ? undefined : mayNotOverride) ??
    blocked ??
    (name !== null && typed.trim() !== name ? t("operations.blocked.name", { name }) : undefined) ??
    (overrides && given === "" ? t("operations.blocked.reason") : undefined);
  const apply = (): void => {
    if (disabledReason !== undefined || pending) return;
    fire({ plan: plan.id, ...(safe ? {} : { reason: given.slice(0, MAX_REASON_LENGTH) }) });
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
        <ErrorPanel
          actions={
            <Button
              compact
              onClick={() => {
                reset();
                onLookAgain();
              }}
            >
              {t("operations.lookAgain")}
            </Button>
          }
          error={error}
          title={t("operations.applyFailed")}
        />
      )}
      {overrides ? <p className={styles.override}>{t("operations.override")}</p> : null}
      {mayNot === undefined && (name !== null || overrides) && (safe || overrides) ? (
        <div className={styles.fields}>
          {name === null ? null : (
            <TextField
              label={t("operations.typeName", { name })}
              mono
              onChange={setTyped}
              placeholder={name}
              value={typed}
            />
          )}
          {overrides ? <TextField label={t("operations.reason")} onChange={setReason} required value={reason} /> : null}
        </div>
      ) : null}
      <div className={styles.actions}>
        <Button disabledReason={disabledReason} loading={pending} tone={safe ? "primary" : "danger"} type="submit">
          {safe ? operationName(t, plan.operation) : t("operations.applyAnyway")}
        </Button>
        <Button onClick={onClose}>{t("app.close")}</Button>
        {disabledReason === undefined ? null : <span className={styles.rest}>{disabledReason}</span>}
      </div>
    </form>
  );
}

function useApply(onApplied: (job: string) => void) {
  const { run, pending, error, reset } = useChange("health", "applyPlan");
  const fire = (input: Parameters<typeof run>[0]): void => {
    // The failure is shown from `error`.
    run(input).then(
      ({ job }) => onApplied(job),
      () => undefined,
    );
  };
  return { fire, pending, error, reset };
}
