import { fileURLToPath } from "node:url";
import {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  MessageChannelMain,
  protocol,
  safeStorage,
  screen,
  session,
  shell,
} from "electron";
import { createDesktopConsole } from "./desktop-console.ts";
import { startElectronShell } from "./electron-shell.ts";

// Bundled into `out/main/electron.js`; the page and the preload script are beside that folder.
const beside = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// Not awaited: Electron is not ready before this module has been evaluated, and the shell waits for it to be.
startElectronShell(
  { app, BrowserWindow, dialog, ipcMain, Menu, MessageChannelMain, protocol, safeStorage, screen, session, shell },
  {
    createConsole: createDesktopConsole,
    staticDirectory: beside("../renderer"),
    preloadFile: beside("../preload/preload.cjs"),
    argv: process.argv.slice(1),
    workingDirectory: process.cwd(),
    platform: process.platform,
  },
).catch((error: unknown) => {
  dialog.showErrorBox("Kubemate Console", error instanceof Error ? (error.stack ?? error.message) : String(error));
  app.exit(1);
});
