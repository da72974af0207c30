import type { MainPort } from "../rpc/message-port-server-socket.ts";
import type { ShellMenuItem } from "./app-menu.ts";

/**
 * The part of Electron that the shell uses, and no more: `main.ts` passes the real one in, tests a double made by hand. The
 * compiler checks that the real one fits.
 */
export interface ElectronSurface {
  readonly app: ShellApp;
  readonly protocol: {
    registerSchemesAsPrivileged(schemes: { scheme: string; privileges: Record<string, boolean> }[]): void;
    handle(scheme: string, handler: (request: Request) => Promise<Response>): void;
  };
  readonly session: { readonly defaultSession: ShellSession };
  readonly BrowserWindow: new (options: WindowOptions) => ShellWindow;
  readonly ipcMain: {
    on(channel: string, listener: (event: PortRequestEvent, nonce: unknown) => void): unknown;
    handle(channel: string, listener: (event: PageRequestEvent, argument: unknown) => Promise<unknown>): void;
  };
  readonly MessageChannelMain: new () => { readonly port1: ShellPort; readonly port2: ShellPort };
  readonly Menu: ShellMenus;
  readonly dialog: ShellDialogs;
  readonly shell: {
    openExternal(url: string): Promise<void>;
    openPath(path: string): Promise<string>;
  };
  readonly screen: { getAllDisplays(): { readonly workArea: Rectangle }[] };
  readonly safeStorage: ShellSafeStorage;
}

export interface ShellApp {
  readonly isPackaged: boolean;
  getLocale(): string;
  requestSingleInstanceLock(): boolean;
  enableSandbox(): void;
  setAsDefaultProtocolClient(scheme: string): boolean;
  whenReady(): Promise<void>;
  quit(): void;
  exit(code: number): void;
  on(event: "second-instance", listener: (event: unknown, argv: string[], workingDirectory: string) => void): unknown;
  on(event: "open-url", listener: (event: Preventable, url: string) => void): unknown;
  on(event: "open-file", listener: (event: Preventable, path: string) => void): unknown;
  on(event: "web-contents-created", listener: (event: unknown, contents: ShellContents) => void): unknown;
  on(event: "window-all-closed" | "activate", listener: () => void): unknown;
  on(event: "will-quit", listener: (event: Preventable) => void): unknown;
}

export interface Preventable {
  preventDefault(): void;
}

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export type PermissionAnswer = (granted: boolean) => void;

export interface ShellSession {
  setPermissionRequestHandler(
    handler: (
      contents: unknown,
      permission: string,
      answer: PermissionAnswer,
      details: { readonly requestingUrl: string },
    ) => void,
  ): void;
  setPermissionCheckHandler(handler: (contents: unknown, permission: string, origin: string) => boolean): void;
  setDevicePermissionHandler(handler: () => boolean): void;
  readonly webRequest: {
    onBeforeRequest(
      listener: (details: { readonly url: string }, answer: (response: { cancel?: boolean }) => void) => void,
    ): void;
  };
}

export interface ShellContents {
  setWindowOpenHandler(handler: (details: { readonly url: string }) => { action: "deny" }): void;
  on(
    event: "will-navigate" | "will-redirect",
    listener: (event: Preventable & { readonly url: string }) => void,
  ): unknown;
  on(event: "will-attach-webview", listener: (event: Preventable) => void): unknown;
  on(event: "render-process-gone", listener: (event: unknown, details: { readonly reason: string }) => void): unknown;
  reload(): void;
}

export interface WindowOptions {
  readonly width: number;
  readonly height: number;
  readonly x?: number;
  readonly y?: number;
  readonly minWidth: number;
  readonly minHeight: number;
  readonly show: boolean;
  readonly backgroundColor: string;
  readonly webPreferences: Readonly<Record<string, boolean | string>>;
}

export interface ShellWindow {
  readonly webContents: ShellContents;
  loadURL(url: string): Promise<void>;
  show(): void;
  focus(): void;
  restore(): void;
  maximize(): void;
  isMinimized(): boolean;
  isMaximized(): boolean;
  isDestroyed(): boolean;
  getNormalBounds(): Rectangle;
  on(event: "resize" | "move" | "maximize" | "unmaximize" | "close" | "closed", listener: () => void): unknown;
  once(event: "ready-to-show", listener: () => void): unknown;
}

export interface ShellPort extends MainPort {}

/** A frame that sends messages: where it is, and what it is in. */
export interface PageFrame {
  readonly url: string;
  readonly parent: unknown;
}

/** The frame that asks; `null` when it is gone. */
export interface PageRequestEvent {
  readonly senderFrame: PageFrame | null;
}

/** The frame that asks for a port; `null` when it is gone. */
export interface PortRequestEvent {
  readonly sender: unknown;
  readonly senderFrame:
    | (PageFrame & { postMessage(channel: string, message: unknown, transfer?: never[]): void })
    | null;
}

export interface ShellMenus {
  buildFromTemplate(template: ShellMenuItem[]): unknown;
  setApplicationMenu(menu: never): void;
}

export interface ShellDialogs {
  showErrorBox(title: string, content: string): void;
  showMessageBox(options: {
    type: "error";
    message: string;
    detail: string;
    buttons: string[];
    defaultId: number;
    cancelId: number;
  }): Promise<{ readonly response: number }>;
  showOpenDialog(options: {
    title: string;
    properties: ("openFile" | "openDirectory" | "multiSelections")[];
  }): Promise<{ readonly canceled: boolean; readonly filePaths: string[] }>;
}

export interface ShellSafeStorage {
  isEncryptionAvailable(): boolean;
  encryptString(text: string): Buffer;
  decryptString(sealed: Buffer): string;
  getSelectedStorageBackend?(): string;
  isAsyncEncryptionAvailable?(): Promise<boolean>;
  encryptStringAsync?(text: string): Promise<Buffer>;
  decryptStringAsync?(sealed: Buffer): Promise<{ readonly result: string; readonly shouldReEncrypt: boolean }>;
}
