import { createContext, useContext } from "react";
import type { DialogKind } from "../../src-shared/api/desktop-bridge.ts";

/**
 * Opens logs on disk from anywhere in the window: a button, a drop, a link, a job's result. Progress, questions and failures
 * are shown over the window; when it is open, Explore shows it.
 */
export interface ArchiveOpening {
  /** What a person chose or typed, or what a job of theirs has made. Several paths become one archive. */
  readonly openPaths: (paths: readonly string[]) => void;
  /** What came from outside (a link, another program): shown first, read only when a person says so. */
  readonly confirmPaths: (paths: readonly string[]) => void;
  /** Files that were dropped or picked. The desktop knows where they are; a browser uploads them. */
  readonly openFiles: (files: readonly File[]) => void;
  /** Lets a person choose: the system's dialog on the desktop, the browser's file picker elsewhere (`folder` is not there). */
  readonly choose: (kind: DialogKind) => void;
  /** Whether folders can be chosen by a dialog here. */
  readonly hasFolderDialog: boolean;
  /** Why this person may not open anything. */
  readonly forbidden: string | undefined;
}

export const ArchiveOpeningContext = createContext<ArchiveOpening | null>(null);

export function useArchiveOpening(): ArchiveOpening {
  const opening = useContext(ArchiveOpeningContext);
  if (opening === null) throw new Error("nothing around this component opens archives");
  return opening;
}
