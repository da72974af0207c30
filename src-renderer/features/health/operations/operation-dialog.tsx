import { Modal } from "@mantine/core";
import { useState, type ReactElement } from "react";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { operationName } from "../../../components/operation-text.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { targetOf, type OperationDraft } from "./operation-draft.ts";
import styles from "./operation-dialog.module.css";
import { JobView } from "./job-view.tsx";
import { PlanView } from "./plan-view.tsx";

export type DialogSubject =
  | { readonly kind: "plan"; readonly operation: OperationDraft }
  | { readonly kind: "job"; readonly job: string };

interface OperationDialogProps {
  readonly site: string;
  /** `null` closes it. */
  readonly subject: DialogSubject | null;
  readonly onClose: () => void;
}

/** One operation from its plan to its proof. Closing the dialog stops nothing: what was applied goes on as a job. */
export function OperationDialog({ site, subject, onClose }: OperationDialogProps): ReactElement {
  const t = useTranslate();
  const [followed, setFollowed] = useState<{ readonly of: DialogSubject; readonly job: string } | null>(null);
  const job =
    subject?.kind === "job" ? subject.job : followed !== null && followed.of === subject ? followed.job : null;
  const operation = subject?.kind === "plan" ? subject.operation : undefined;
  return (
    <Modal
      classNames={{ body: styles.body ?? "", content: styles.content ?? "", title: styles.title ?? "" }}
      closeButtonProps={{ "aria-label": t("app.close") }}
      // A press beside it must not throw a typed reason away.
      closeOnClickOutside={false}
      onClose={onClose}
      opened={subject !== null}
      size={880}
      title={
        operation === undefined ? (
          t("operations.operation")
        ) : (
          <>
            {operationName(t, operation)}
            <code className={styles.target}>{withVisibleCharacters(targetOf(operation))}</code>
          </>
        )
      }
    >
      {job !== null ? (
        <JobView job={job} key={job} named={operation !== undefined} onClose={onClose} />
      ) : operation === undefined ? null : (
        <PlanView
          key={JSON.stringify(operation)}
          onApplied={(started) => setFollowed(subject === null ? null : { of: subject, job: started })}
          onClose={onClose}
          operation={operation}
          site={site}
        />
      )}
    </Modal>
  );
}
