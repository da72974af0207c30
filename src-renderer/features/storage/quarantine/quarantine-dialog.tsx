import { useState, type ReactElement } from "react";
import type { Store } from "../../../../src-shared/model/storage/store.ts";
import { PlanDialog } from "../../../components/plan-dialog.tsx";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { QuarantineJob } from "./quarantine-job.tsx";
import { QuarantinePlanView } from "./quarantine-plan-view.tsx";
import type { QuarantineInput } from "./use-quarantine-plan.ts";

interface QuarantineDialogProps {
  readonly store: Store;
  readonly request: QuarantineInput;
  readonly onClose: () => void;
}

/** Objects set aside, or brought back from there, from the plan to its proof. Closing the dialog stops nothing. */
export function QuarantineDialog({ store, request, onClose }: QuarantineDialogProps): ReactElement {
  const t = useTranslate();
  const [job, setJob] = useState<string | null>(null);
  return (
    <PlanDialog
      onClose={onClose}
      opened
      title={t(request.kind === "undo" ? "storage.quarantine.undoTitle" : "storage.quarantine.title")}
    >
      {job === null ? (
        <QuarantinePlanView onApplied={setJob} onClose={onClose} request={request} store={store} />
      ) : (
        <QuarantineJob job={job} onClose={onClose} />
      )}
    </PlanDialog>
  );
}
