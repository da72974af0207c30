/**
 * The few things of the desktop that a page cannot do by itself. The preload script puts them on the page's window under
 * this name; no schema library here, because this is in the preload script.
 */
export const DESKTOP_BRIDGE = "kubemateDesktop";

/** The IPC channel on which the page asks for the native dialog. */
export const OPEN_DIALOG_CHANNEL = "kubemate:open-archive-dialog";

/** On most systems one dialog chooses files or folders, not both. */
export const DIALOG_KINDS = ["files", "folder"] as const;
export type DialogKind = (typeof DIALOG_KINDS)[number];

export function isDialogKind(value: unknown): value is DialogKind {
  return DIALOG_KINDS.some((kind) => kind === value);
}

export interface DesktopBridge {
  /** Whole paths that the person chose; none when they changed their mind. */
  readonly openArchiveDialog: (kind: DialogKind) => Promise<string[]>;
  /** Where a file is that was dropped on the page or picked in it; empty for one that is nowhere on disk. */
  readonly pathForFile: (file: object) => string;
}
