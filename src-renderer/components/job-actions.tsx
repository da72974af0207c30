import { IconChecklist, IconShieldCheck } from "@tabler/icons-react";
import type { ReactElement } from "react";
import type { Job } from "../../src-shared/model/job.ts";
import { useChange } from "../hooks/use-answer.ts";
import { useForbidden } from "../hooks/use-permission.ts";
import { useTranslate } from "../hooks/use-translate.ts";
import { useWorkspace } from "../hooks/workspace-store.ts";
import { Button } from "./button.tsx";
import { ConfirmButton } from "./confirm-button.tsx";
import { errorText } from "./error-text.ts";
import styles from "./job-actions.module.css";

/** The ways from a dialog to the lists where its job and what it did stand. `onLeave` closes what lies over them. */
export function JobLinks({ onLeave }: { readonly onLeave?: () => void }): ReactElement {
  const t = useTranslate();
  const show = useWorkspace((state) => state.show);
  const noJobs = useForbidden("jobs.read");
  const noAudit = useForbidden("audit.read");
  const go = (screen: "jobs" | "audit"): void => {
    onLeave?.();
    show(screen);
  };
  return (
    <span className={styles.links}>
      <Button disabledReason={noJobs} icon={IconChecklist} onClick={() => go("jobs")} tone="quiet">
        {t("operations.openJob")}
      </Button>
      <Button disabledReason={noAudit} icon={IconShieldCheck} onClick={() => go("audit")} tone="quiet">
        {t("operations.openAudit")}
      </Button>
    </span>
  );
}

/** Cancels a job that acts, after a question that says what stays done. */
export function CancelJob({ job, question }: { readonly job: Job; readonly question: string }): ReactElement {
  const t = useTranslate();
  const forbidden = useForbidden("jobs.control");
  const { fire, pending, error } = useChange("jobs", "cancel");
  return (
    <>
      <ConfirmButton
        confirmLabel={t("operations.cancelNow")}
        disabledReason={forbidden}
        label={t("operations.cancel")}
        loading={pending}
        onConfirm={() => fire({ job: job.id })}
        question={question}
      />
      {error === undefined ? null : (
        <span className={styles.refused} role="alert">
          {errorText(t, error)}
        </span>
      )}
    </>
  );
}
