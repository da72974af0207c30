import { useState, type ReactElement } from "react";
import type { Store } from "../../../../src-shared/model/storage/store.ts";
import { PlanDialog } from "../../../components/plan-dialog.tsx";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { freshRestoreDraft, type RestoreInput, type RestorePurpose } from "./restore-draft.ts";
import { RestoreForm } from "./restore-form.tsx";
import { RestoreJob } from "./restore-job.tsx";
import { RestorePlanView } from "./restore-plan-view.tsx";

type Stage =
  | { readonly at: "form" }
  | { readonly at: "plan"; readonly request: RestoreInput; readonly attempt: number }
  | { readonly at: "job"; readonly job: string };

interface RestoreDialogProps {
  readonly store: Store;
  /** All there are, for where to restore from and to. */
  readonly stores: readonly Store[];
  readonly purpose?: RestorePurpose;
  /** Narrows it to what a scan found; `ids: null` for all of its findings. */
  readonly findings?: { readonly scan: string; readonly ids: readonly string[] | null };
  readonly onClose: () => void;
}

/** A restore, or its rehearsal, from where to where, its plan, and how it goes. Closing the dialog stops no job. */
export function RestoreDialog(props: RestoreDialogProps): ReactElement {
  const { store, stores, purpose = "restore", findings, onClose } = props;
  const t = useTranslate();
  const subject = { store, purpose, findings: findings ?? null };
  const [draft, setDraft] = useState(() => freshRestoreDraft(subject));
  const [stage, setStage] = useState<Stage>({ at: "form" });
  return (
    <PlanDialog onClose={onClose} opened title={t(`storage.restore.title.${purpose}`)}>
      {stage.at === "form" ? (
        <RestoreForm
          draft={draft}
          onClose={onClose}
          onDraft={setDraft}
          onPlan={(request) => setStage({ at: "plan", request, attempt: 1 })}
          stores={stores}
          subject={subject}
        />
      ) : null}
      {stage.at === "plan" ? (
        <RestorePlanView
          key={stage.attempt}
          onAgain={() => setStage({ ...stage, attempt: stage.attempt + 1 })}
          onApplied={(job) => setStage({ at: "job", job })}
          onBack={() => setStage({ at: "form" })}
          onClose={onClose}
          request={stage.request}
          store={store}
        />
      ) : null}
      {stage.at === "job" ? <RestoreJob job={stage.job} onClose={onClose} /> : null}
    </PlanDialog>
  );
}
