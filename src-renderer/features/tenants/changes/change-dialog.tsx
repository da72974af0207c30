import { useState, type ReactElement } from "react";
import type { Site } from "../../../../src-shared/api/sites.api.ts";
import { PlanDialog } from "../../../components/plan-dialog.tsx";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { NO_EDITS, type ChangeInput, type EditsDraft } from "./change-draft.ts";
import { ComposeView } from "./compose-view.tsx";
import type { FileDraft } from "./file-form.tsx";
import { JobView } from "./job-view.tsx";
import { PlanView } from "./plan-view.tsx";

export type DialogSubject =
  | { readonly kind: "compose"; readonly form: "edits" | "file" }
  | { readonly kind: "plan"; readonly change: ChangeInput }
  | { readonly kind: "job"; readonly job: string };

interface ChangeDialogProps {
  readonly site: Site["id"];
  /** `null` closes it. */
  readonly subject: DialogSubject | null;
  readonly onSubject: (subject: DialogSubject | null) => void;
  readonly collected: EditsDraft;
  readonly onCollect: (draft: EditsDraft) => void;
}

/** One change of limits from its values to its proof. Closing the dialog stops nothing: what was applied goes on as a job. */
export function ChangeDialog({ site, subject, onSubject, collected, onCollect }: ChangeDialogProps): ReactElement {
  const t = useTranslate();
  const [file, setFile] = useState<FileDraft | null>(null);
  const close = (): void => onSubject(null);
  return (
    <PlanDialog
      onClose={close}
      opened={subject !== null}
      title={
        subject?.kind === "plan" && subject.change.kind === "rollback"
          ? t("limits.change.kind.rollback")
          : t("limits.dialog.title")
      }
    >
      {subject?.kind === "compose" ? (
        <ComposeView
          draft={collected}
          file={file}
          form={subject.form}
          onClose={close}
          onDraft={onCollect}
          onFile={setFile}
          onForm={(form) => onSubject({ kind: "compose", form })}
          onPlan={(change) => onSubject({ kind: "plan", change })}
          site={site}
        />
      ) : null}
      {subject?.kind === "plan" ? (
        <PlanView
          change={subject.change}
          key={JSON.stringify(subject.change)}
          onApplied={(job) => {
            if (subject.change.kind === "edits") onCollect(NO_EDITS);
            if (subject.change.kind === "file") setFile(null);
            onSubject({ kind: "job", job });
          }}
          onBack={
            subject.change.kind === "rollback"
              ? null
              : (marks) => {
                  if (subject.change.kind === "file")
                    setFile((before) => (before === null ? null : { ...before, marks }));
                  onSubject({ kind: "compose", form: subject.change.kind === "file" ? "file" : "edits" });
                }
          }
          onClose={close}
          site={site}
        />
      ) : null}
      {subject?.kind === "job" ? (
        <JobView
          job={subject.job}
          key={subject.job}
          onClose={close}
          onPlan={(change) => onSubject({ kind: "plan", change })}
        />
      ) : null}
    </PlanDialog>
  );
}
