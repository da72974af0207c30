import { useMemo, useState, type ReactElement, type ReactNode } from "react";
import type { Site } from "../../../../src-shared/api/sites.api.ts";
import { ChangeDialog, type DialogSubject } from "./change-dialog.tsx";
import { NO_EDITS, withEdit, type EditsDraft } from "./change-draft.ts";
import {
  CollectedContext,
  LimitChangesContext,
  type CollectedValues,
  type LimitChanges,
} from "./limit-changes-context.ts";

interface LimitChangesProviderProps {
  readonly site: Site["id"];
  readonly children: ReactNode;
}

/** Lets everything inside change limits of the site: collect, plan, review, apply, verify, in one dialog. */
export function LimitChangesProvider({ site, children }: LimitChangesProviderProps): ReactElement {
  const [subject, setSubject] = useState<DialogSubject | null>(null);
  const [collected, setCollected] = useState<EditsDraft>(NO_EDITS);
  const changes = useMemo<LimitChanges>(
    () => ({
      open: (draft) => {
        if (draft.kind === "rollback") {
          setSubject({ kind: "plan", change: { kind: "rollback", job: draft.job } });
          return;
        }
        if (draft.kind === "edits" && draft.edits.length > 0) setCollected(draft);
        setSubject({ kind: "compose", form: draft.kind === "file" ? "file" : "edits" });
      },
      edit: (edit) => {
        setCollected((before) => withEdit(before, edit));
        setSubject({ kind: "compose", form: "edits" });
      },
      follow: (job) => setSubject({ kind: "job", job }),
    }),
    [],
  );
  const values = useMemo<CollectedValues>(
    () => ({ collected, isOpen: subject !== null, discard: () => setCollected(NO_EDITS) }),
    [collected, subject],
  );
  return (
    <LimitChangesContext value={changes}>
      <CollectedContext value={values}>{children}</CollectedContext>
      <ChangeDialog
        collected={collected}
        onCollect={setCollected}
        onSubject={setSubject}
        site={site}
        subject={subject}
      />
    </LimitChangesContext>
  );
}
