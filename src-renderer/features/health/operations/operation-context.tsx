import { createContext, useContext, useMemo, useState, type ReactElement, type ReactNode } from "react";
import { OperationDialog, type DialogSubject } from "./operation-dialog.tsx";
import type { OperationDraft } from "./operation-draft.ts";

export interface Operations {
  /** Plans it and shows the plan. Nothing is done before a person applies it. */
  readonly open: (operation: OperationDraft) => void;
  /** Shows how an operation's job goes, or went. */
  readonly follow: (job: string) => void;
}

const OperationContext = createContext<Operations | null>(null);

interface OperationProviderProps {
  readonly site: string;
  readonly children: ReactNode;
}

/** Lets everything inside start an operation on the site: plan, review, apply, verify, in one dialog. */
export function OperationProvider({ site, children }: OperationProviderProps): ReactElement {
  const [subject, setSubject] = useState<DialogSubject | null>(null);
  const operations = useMemo<Operations>(
    () => ({
      open: (operation) => setSubject({ kind: "plan", operation }),
      follow: (job) => setSubject({ kind: "job", job }),
    }),
    [],
  );
  return (
    <OperationContext value={operations}>
      {children}
      <OperationDialog onClose={() => setSubject(null)} site={site} subject={subject} />
    </OperationContext>
  );
}

export function useOperations(): Operations {
  const operations = useContext(OperationContext);
  if (operations === null) throw new Error("nothing around this component starts operations");
  return operations;
}
