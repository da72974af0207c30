import { join } from "node:path";
import { DESKTOP_ORIGIN } from "../../src-shared/api/door-wire.ts";
import { CATALOGUE, type Locale } from "../../src-shared/i18n/catalogue.ts";
import { fireAndForget } from "../core/common/logger.ts";
import { loadJsonFile, saveJsonFile } from "../core/common/json-file.ts";
import type { ConsoleHandle } from "../rpc/console-handle.ts";
import type { ElectronSurface, ShellWindow } from "./electron-surface.ts";
import { LOCKED_WEB_PREFERENCES } from "./lockdown.ts";
import { MIN_WINDOW, placeWindow, WINDOW_STATE_FORMAT, type WindowState } from "./window-state.ts";

/** A window that is dragged is written down when it has rested for so long. */
const REST_MS = 500;
/** The page's own background in the dark, so that opening does not flash. */
const BACKGROUND = "#14161a";

export interface DesktopWindowOptions {
  readonly electron: Pick<ElectronSurface, "BrowserWindow" | "dialog" | "screen" | "app">;
  readonly console: ConsoleHandle;
  readonly preloadFile: string;
  readonly locale: Locale;
  /** The place in the console to show first: `#/explore?…`, or nothing. */
  readonly hash: string;
  readonly onClosed: () => void;
}

/** The console's window: where it was when it was last seen, locked down, and offered a reload if its page dies. */
export function openDesktopWindow(options: DesktopWindowOptions): ShellWindow {
  const { electron, console: handle, preloadFile } = options;
  const file = join(handle.profileDirectory, "window.json");
  const { content: kept } = loadJsonFile(file, WINDOW_STATE_FORMAT, handle.clock.nowMs());
  const workAreas = electron.screen.getAllDisplays().map(({ workArea }) => workArea);
  const { maximized, ...place } = placeWindow(kept, workAreas);

  const window = new electron.BrowserWindow({
    ...place,
    minWidth: MIN_WINDOW.width,
    minHeight: MIN_WINDOW.height,
    show: false,
    backgroundColor: BACKGROUND,
    webPreferences: { ...LOCKED_WEB_PREFERENCES, preload: preloadFile },
  });
  if (maximized) window.maximize();
  window.once("ready-to-show", () => window.show());
  keepState(window, file, handle);
  offerReload(window, options);
  window.on("closed", options.onClosed);
  fireAndForget(window.loadURL(`${DESKTOP_ORIGIN}/${options.hash}`), handle.logger, "the page could not be loaded");
  return window;
}

function keepState(window: ShellWindow, file: string, { clock, logger }: ConsoleHandle): void {
  let cancelSave = () => {};
  const save = () => {
    cancelSave();
    if (window.isDestroyed()) return;
    const { x, y, width, height } = window.getNormalBounds();
    const state: WindowState = { bounds: { x, y, width, height }, maximized: window.isMaximized() };
    fireAndForget(saveJsonFile(file, WINDOW_STATE_FORMAT, state), logger, "the window's place could not be kept");
  };
  const saveSoon = () => {
    cancelSave();
    cancelSave = clock.after(REST_MS, save);
  };
  window.on("resize", saveSoon);
  window.on("move", saveSoon);
  window.on("maximize", saveSoon);
  window.on("unmaximize", saveSoon);
  window.on("close", save);
  window.on("closed", () => cancelSave());
}

/** The core goes on without its page, so a page that died is only loaded again. */
function offerReload(window: ShellWindow, { electron, console: handle, locale }: DesktopWindowOptions): void {
  const text = (key: string) => CATALOGUE[locale][`desktop.crash.${key}`] ?? key;
  window.webContents.on("render-process-gone", (_event, { reason }) => {
    if (reason === "clean-exit") return;
    handle.logger.warn("the window's page is gone", { reason });
    const ask = async () => {
      const { response } = await electron.dialog.showMessageBox({
        type: "error",
        message: text("message"),
        detail: text("detail").replace("{{reason}}", reason),
        buttons: [text("reload"), text("quit")],
        defaultId: 0,
        cancelId: 0,
      });
      if (response === 1) electron.app.quit();
      else if (!window.isDestroyed()) window.webContents.reload();
    };
    fireAndForget(ask(), handle.logger, "a reload could not be offered");
  });
}
