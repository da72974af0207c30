import { createContext, useContext } from "react";
import type { ChangeDraft, EditDraft, EditsDraft } from "./change-draft.ts";

export interface LimitChanges {
  /** Begins a change: what there is of it is shown to be completed. Nothing is done before a person applies its plan. */
  readonly open: (draft: ChangeDraft) => void;
  /** Adds one value to those that are being collected, and shows them. */
  readonly edit: (edit: EditDraft) => void;
  /** Shows how the job of a change goes, or went. */
  readonly follow: (job: string) => void;
}

/** Values that were collected and not applied yet. */
export interface CollectedValues {
  readonly collected: EditsDraft;
  /** The dialog is open, and shows them itself. */
  readonly isOpen: boolean;
  readonly discard: () => void;
}

/** `LimitChangesProvider` gives it. */
export const LimitChangesContext = createContext<LimitChanges | null>(null);

/** Apart from the other: it changes with every key that is pressed in the dialog. */
export const CollectedContext = createContext<CollectedValues | null>(null);

export function useCollected(): CollectedValues {
  const values = useContext(CollectedContext);
  if (values === null) throw new Error("nothing around this component changes limits");
  return values;
}

export function useLimitChanges(): LimitChanges {
  const changes = useContext(LimitChangesContext);
  if (changes === null) throw new Error("nothing around this component changes limits");
  return changes;
}
