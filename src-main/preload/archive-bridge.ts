import {
  DESKTOP_BRIDGE,
  isDialogKind,
  OPEN_DIALOG_CHANNEL,
  type DesktopBridge,
  type DialogKind,
} from "../../src-shared/api/desktop-bridge.ts";

/** The part of Electron's `contextBridge` that is used. */
export interface BridgedWorld {
  exposeInMainWorld(name: string, bridge: DesktopBridge): void;
}

/** The part of Electron's `ipcRenderer` that is used. */
export interface BridgeInvoke {
  invoke(channel: string, kind: DialogKind): Promise<unknown>;
}

/** The part of Electron's `webUtils` that is used. */
export interface BridgeFiles {
  getPathForFile(file: object): string;
}

/**
 * The two things of the desktop that the page cannot do: it may ask for the native dialog, and where a file lies that a person
 * dropped or picked. Neither reads anything; what is opened goes through the door, as every path does.
 */
export function bridgeArchives(world: BridgedWorld, ipc: BridgeInvoke, files: BridgeFiles): void {
  world.exposeInMainWorld(DESKTOP_BRIDGE, {
    openArchiveDialog: async (kind) => {
      if (!isDialogKind(kind)) return [];
      const paths = await ipc.invoke(OPEN_DIALOG_CHANNEL, kind);
      return Array.isArray(paths) ? paths.filter((path) => typeof path === "string") : [];
    },
    pathForFile: (file) => {
      try {
        return files.getPathForFile(file);
      } catch {
        // Not a file of the system's: it has no path, and the page sends its content instead.
        return "";
      }
    },
  });
}
