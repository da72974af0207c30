import { EventEmitter } from "node:events";
import { MessageChannel } from "node:worker_threads";
import type { ShellMenuItem } from "../../src-main/electron/app-menu.ts";
import type {
  ElectronSurface,
  PermissionAnswer,
  Preventable,
  Rectangle,
  ShellContents,
  ShellPort,
  ShellSafeStorage,
  WindowOptions,
} from "../../src-main/electron/electron-surface.ts";
import { mainPort } from "./port-door.ts";

/** An event that can be prevented, as Electron's can. */
export class DoubleEvent implements Preventable {
  prevented = false;
  readonly url: string;

  constructor(url = "") {
    this.url = url;
  }

  preventDefault(): void {
    this.prevented = true;
  }
}

export class DoubleContents extends EventEmitter implements ShellContents {
  reloads = 0;
  openWindow: (details: { readonly url: string }) => { action: "deny" | "allow" } = () => ({ action: "allow" });

  setWindowOpenHandler(handler: (details: { readonly url: string }) => { action: "deny" }): void {
    this.openWindow = handler;
  }

  reload(): void {
    this.reloads += 1;
  }
}

export class DoubleWindow extends EventEmitter {
  readonly webContents = new DoubleContents();
  readonly options: WindowOptions;
  readonly loaded: string[] = [];
  shown = false;
  focused = 0;
  minimized = false;
  maximized = false;
  destroyed = false;
  bounds: Rectangle;

  constructor(options: WindowOptions) {
    super();
    this.options = options;
    this.bounds = { x: options.x ?? 10, y: options.y ?? 10, width: options.width, height: options.height };
  }

  async loadURL(url: string): Promise<void> {
    this.loaded.push(url);
    this.emit("ready-to-show");
  }
  show(): void {
    this.shown = true;
  }
  focus(): void {
    this.focused += 1;
  }
  restore(): void {
    this.minimized = false;
  }
  maximize(): void {
    this.maximized = true;
  }
  isMinimized(): boolean {
    return this.minimized;
  }
  isMaximized(): boolean {
    return this.maximized;
  }
  isDestroyed(): boolean {
    return this.destroyed;
  }
  getNormalBounds(): Rectangle {
    return this.bounds;
  }
  /** As when a person closes it. */
  closeByHand(): void {
    this.emit("close");
    this.destroyed = true;
    this.emit("closed");
  }
}

class DoubleApp extends EventEmitter {
  isPackaged = true;
  locale = "en-GB";
  firstInstance = true;
  sandboxed = false;
  readonly schemes: string[] = [];
  exitCode: number | null = null;
  /** Set once nothing has prevented quitting. */
  hasQuit = false;
  readonly order: string[];

  constructor(order: string[]) {
    super();
    this.order = order;
  }

  getLocale(): string {
    return this.locale;
  }
  requestSingleInstanceLock(): boolean {
    this.order.push("lock");
    return this.firstInstance;
  }
  enableSandbox(): void {
    this.order.push("sandbox");
    this.sandboxed = true;
  }
  setAsDefaultProtocolClient(scheme: string): boolean {
    this.schemes.push(scheme);
    return true;
  }
  async whenReady(): Promise<void> {
    this.order.push("ready");
  }
  quit(): void {
    const event = new DoubleEvent();
    this.emit("will-quit", event);
    if (!event.prevented) this.hasQuit = true;
    this.emit("quit-tried");
  }
  exit(code: number): void {
    this.exitCode = code;
  }
}

class DoubleSession {
  request: (
    contents: unknown,
    permission: string,
    answer: PermissionAnswer,
    details: { requestingUrl: string },
  ) => void = (_contents, _permission, answer) => answer(true);
  check: (contents: unknown, permission: string, origin: string) => boolean = () => true;
  device: () => boolean = () => true;
  before: (details: { url: string }, answer: (response: { cancel?: boolean }) => void) => void = (_details, answer) =>
    answer({});

  setPermissionRequestHandler(handler: DoubleSession["request"]): void {
    this.request = handler;
  }
  setPermissionCheckHandler(handler: DoubleSession["check"]): void {
    this.check = handler;
  }
  setDevicePermissionHandler(handler: () => boolean): void {
    this.device = handler;
  }
  readonly webRequest = {
    onBeforeRequest: (listener: DoubleSession["before"]) => {
      this.before = listener;
    },
  };

  granted(permission: string, url: string): boolean {
    let granted = true;
    this.request(null, permission, (answer) => (granted = answer), { requestingUrl: url });
    return granted;
  }
  cancelled(url: string): boolean {
    let cancelled = false;
    this.before({ url }, (response) => (cancelled = response.cancel === true));
    return cancelled;
  }
}

type InvokeListener = Parameters<ElectronSurface["ipcMain"]["handle"]>[1];

class DoubleIpcMain extends EventEmitter {
  readonly #handlers = new Map<string, InvokeListener>();

  handle(channel: string, listener: InvokeListener): void {
    this.#handlers.set(channel, listener);
  }

  /** As when a frame invokes a channel. */
  async invoke(channel: string, senderFrame: { url: string; parent: unknown } | null, argument: unknown) {
    const handler = this.#handlers.get(channel);
    if (handler === undefined) throw new Error(`nobody answers ${channel}`);
    return handler({ senderFrame }, argument);
  }
}

/** Electron as far as the shell uses it, made by hand: what was asked of it can be read, and events can be raised. */
export class ElectronDouble implements ElectronSurface {
  readonly order: string[] = [];
  readonly app = new DoubleApp(this.order);
  readonly defaultSession = new DoubleSession();
  readonly session = { defaultSession: this.defaultSession };
  readonly windows: DoubleWindow[] = [];
  readonly ipcMain = new DoubleIpcMain();
  readonly menus: ShellMenuItem[][] = [];
  readonly opened: string[] = [];
  readonly errorBoxes: { readonly title: string; readonly content: string }[] = [];
  readonly messageBoxes: { readonly detail: string; readonly buttons: string[] }[] = [];
  messageBoxResponse = 0;
  /** What was asked of the native dialog, and what the person chooses in it; `null` when they change their mind. */
  readonly openDialogs: { readonly title: string; readonly properties: readonly string[] }[] = [];
  chosenPaths: string[] | null = null;
  displays: { readonly workArea: Rectangle }[] = [{ workArea: { x: 0, y: 0, width: 1_920, height: 1_080 } }];
  safeStorage: ShellSafeStorage = new DoubleSafeStorage();
  respond: (request: Request) => Promise<Response> = async () => new Response(null, { status: 500 });

  readonly protocol = {
    registerSchemesAsPrivileged: (schemes: { scheme: string; privileges: Record<string, boolean> }[]) => {
      this.order.push(`schemes ${schemes.map(({ scheme }) => scheme).join()}`);
    },
    handle: (_scheme: string, handler: (request: Request) => Promise<Response>) => {
      this.respond = handler;
    },
  };

  readonly BrowserWindow: ElectronSurface["BrowserWindow"];

  constructor() {
    const { app, windows } = this;
    this.BrowserWindow = class extends DoubleWindow {
      constructor(options: WindowOptions) {
        super(options);
        windows.push(this);
        app.emit("web-contents-created", new DoubleEvent(), this.webContents);
      }
    };
  }

  readonly MessageChannelMain: ElectronSurface["MessageChannelMain"] = class {
    readonly port1: ShellPort;
    /** What reaches the page: the other end, still a port of Node's. */
    readonly port2: ShellPort;

    constructor() {
      const { port1, port2 } = new MessageChannel();
      this.port1 = mainPort(port1);
      // The shell only passes it on to the page, which is Node here as well.
      this.port2 = port2;
    }
  };

  readonly Menu = {
    buildFromTemplate: (template: ShellMenuItem[]) => template,
    setApplicationMenu: (menu: ShellMenuItem[]) => this.menus.push(menu),
  };

  readonly dialog = {
    showErrorBox: (title: string, content: string) => this.errorBoxes.push({ title, content }),
    showMessageBox: async (options: { detail: string; buttons: string[] }) => {
      this.messageBoxes.push(options);
      return { response: this.messageBoxResponse };
    },
    showOpenDialog: async (options: { title: string; properties: string[] }) => {
      this.openDialogs.push(options);
      return { canceled: this.chosenPaths === null, filePaths: this.chosenPaths ?? [] };
    },
  };

  readonly shell = {
    openExternal: async (url: string) => {
      this.opened.push(url);
    },
    openPath: async (path: string) => {
      this.opened.push(path);
      return "";
    },
  };

  readonly screen = { getAllDisplays: () => this.displays };

  /** The window that is there. */
  get window(): DoubleWindow {
    const window = this.windows.at(-1);
    if (window === undefined) throw new Error("no window was opened");
    return window;
  }
}

/** A key store that turns texts around, so that what is stored differs from what was given. */
export class DoubleSafeStorage implements ShellSafeStorage {
  backend = "gnome_libsecret";
  available = true;

  isEncryptionAvailable(): boolean {
    return this.available;
  }
  encryptString(): Buffer {
    throw new Error("the synchronous functions are gone from Electron 46 on");
  }
  decryptString(): string {
    throw new Error("the synchronous functions are gone from Electron 46 on");
  }
  getSelectedStorageBackend(): string {
    return this.backend;
  }
  async isAsyncEncryptionAvailable(): Promise<boolean> {
    return this.available;
  }
  async encryptStringAsync(text: string): Promise<Buffer> {
    return Buffer.from([...Buffer.from(text)].map((byte) => byte ^ 0x5a));
  }
  async decryptStringAsync(sealed: Buffer): Promise<{ result: string; shouldReEncrypt: boolean }> {
    const result = Buffer.from([...sealed].map((byte) => byte ^ 0x5a)).toString();
    return { result, shouldReEncrypt: false };
  }
}
