import type { DialogKind } from "../../src-shared/api/desktop-bridge.ts";
import {
  archivePathLink,
  CONSOLE_LINK_SCHEME,
  parseConsoleLink,
  type ConsoleLink,
} from "../../src-shared/model/console-link.ts";
import { CATALOGUE, localeFor, type Locale } from "../../src-shared/i18n/catalogue.ts";
import { isAppError } from "../../src-shared/errors/app-error.ts";
import { DESKTOP_SCHEME } from "../../src-shared/api/door-wire.ts";
import { fireAndForget } from "../core/common/logger.ts";
import type { SecretVault } from "../core/secrets/secret-vault.ts";
import { PageFiles } from "../page/page-files.ts";
import type { ConsoleHandle } from "../rpc/console-handle.ts";
import { localCaller } from "../rpc/local-caller.ts";
import { menuTemplate } from "./app-menu.ts";
import { archiveArguments } from "./archive-arguments.ts";
import { chooseArchives, serveArchiveDialog } from "./archive-dialog.ts";
import { openDesktopWindow } from "./desktop-window.ts";
import type { ElectronSurface, ShellWindow } from "./electron-surface.ts";
import { openOutside } from "./external-links.ts";
import { lockContents, lockSession } from "./lockdown.ts";
import { PAGE_SCHEME, pageResponder } from "./page-protocol.ts";
import { brokerPorts } from "./port-broker.ts";
import { openSafeStorageVault } from "./safe-storage-vault.ts";

/** What the desktop gives to the console it starts. */
export interface DesktopGifts {
  readonly vault: SecretVault | null;
  /** A text's key; empty when there is a vault. */
  readonly noVaultReason: string;
}

export interface ElectronShellOptions {
  readonly createConsole: (gifts: DesktopGifts) => Promise<ConsoleHandle>;
  /** `out/renderer` */
  readonly staticDirectory: string;
  /** `out/preload/preload.cjs` */
  readonly preloadFile: string;
  readonly argv: readonly string[];
  /** What relative paths among the arguments are relative to. */
  readonly workingDirectory: string;
  readonly platform: NodeJS.Platform;
}

/**
 * The desktop shell: one instance, one window, one core. Call it before the app is ready; it resolves when the window is
 * opening, or when another instance has taken over.
 */
export async function startElectronShell(electron: ElectronSurface, options: ElectronShellOptions): Promise<void> {
  const { app } = electron;
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return;
  }
  app.enableSandbox();
  electron.protocol.registerSchemesAsPrivileged([PAGE_SCHEME]);
  if (app.isPackaged) app.setAsDefaultProtocolClient(CONSOLE_LINK_SCHEME);

  const arrivals = new LinkArrivals(linkAmong(options.argv, options.workingDirectory));
  // Before the app is ready: macOS tells the link that started it right away.
  app.on("open-url", (event, url) => {
    event.preventDefault();
    arrivals.arrive(parseConsoleLink(url));
  });
  app.on("open-file", (event, path) => {
    event.preventDefault();
    arrivals.arrive(archivePathLink([path]));
  });
  app.on("second-instance", (_event, argv, workingDirectory) => arrivals.arrive(linkAmong(argv, workingDirectory)));

  await app.whenReady();
  const locale = localeFor(app.getLocale());
  const handle = await startConsole(electron, options, locale);
  if (handle === null) return;
  runDesktop(electron, options, handle, handle.locale ?? locale, arrivals);
}

async function startConsole(
  { app, dialog, safeStorage }: ElectronSurface,
  { createConsole, platform }: ElectronShellOptions,
  locale: Locale,
): Promise<ConsoleHandle | null> {
  try {
    const { vault, reason } = await openSafeStorageVault(safeStorage, platform);
    return await createConsole({ vault, noVaultReason: reason ?? "" });
  } catch (error) {
    dialog.showErrorBox("Kubemate Console", failureText(error, locale));
    app.exit(1);
    return null;
  }
}

function runDesktop(
  electron: ElectronSurface,
  { staticDirectory, preloadFile, platform }: ElectronShellOptions,
  handle: ConsoleHandle,
  locale: Locale,
  arrivals: LinkArrivals,
): void {
  const { app, shell } = electron;
  const { logger, router, principal, role } = handle;

  electron.protocol.handle(DESKTOP_SCHEME, pageResponder(new PageFiles(staticDirectory)));
  lockSession(electron.session.defaultSession);
  const outside = (url: string) => {
    const opening = openOutside(
      url,
      () => handle.externalOrigins(),
      (allowed) => shell.openExternal(allowed),
      logger,
    );
    fireAndForget(opening, logger, "a link could not be opened");
  };
  app.on("web-contents-created", (_event, contents) => lockContents(contents, outside));
  brokerPorts(electron, { router, caller: localCaller(principal, role, "desktop"), logger });
  const showProfile = () => {
    fireAndForget(shell.openPath(handle.profileDirectory), logger, "the profile folder could not be shown");
  };
  serveArchiveDialog(electron, { locale, platform, logger });
  const openArchive = (kind: DialogKind) => {
    // The page asks once more, as for every path that comes from outside of it.
    const choosing = chooseArchives(electron.dialog, kind, locale, platform).then((paths) => {
      const link = archivePathLink(paths);
      if (link !== null) arrivals.arrive(link);
      else if (paths.length > 0) {
        electron.dialog.showErrorBox("Kubemate Console", CATALOGUE[locale]["desktop.dialog.refused"] ?? "");
      }
    });
    fireAndForget(choosing, logger, "the dialog could not be shown");
  };
  // The template was made for this very menu; Electron's own type for it is wider.
  electron.Menu.setApplicationMenu(
    electron.Menu.buildFromTemplate(menuTemplate(locale, platform, { showProfile, openArchive })) as never,
  );

  let window: ShellWindow | null = null;
  const open = (hash: string) => {
    const onClosed = () => (window = null);
    window = openDesktopWindow({ electron, console: handle, preloadFile, locale, hash, onClosed });
  };
  open(arrivals.first?.hash ?? "");
  arrivals.onArrival = (link) => {
    if (window === null) {
      open(link?.hash ?? "");
      return;
    }
    if (link !== null) handle.openLink(link.href);
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  };

  app.on("activate", () => {
    if (window === null) open("");
  });
  app.on("window-all-closed", () => {
    if (platform !== "darwin") app.quit();
  });
  closeBeforeQuitting(electron, handle);
}

/** Lets the core finish: its files are whole and its jobs can go on next time. */
function closeBeforeQuitting({ app }: ElectronSurface, handle: ConsoleHandle): void {
  let closing: "no" | "yes" | "done" = "no";
  app.on("will-quit", (event) => {
    if (closing === "done") return;
    event.preventDefault();
    if (closing === "yes") return;
    closing = "yes";
    handle.close().then(
      () => {
        closing = "done";
        app.quit();
      },
      (error: unknown) => {
        handle.logger.error("the console did not close cleanly", error);
        app.exit(1);
      },
    );
  });
}

/** Links from outside: the one that the program was started with, and those that come while it runs. */
class LinkArrivals {
  /** The newest link before there was a window. */
  first: ConsoleLink | null;
  #listener: ((link: ConsoleLink | null) => void) | null = null;

  constructor(first: ConsoleLink | null) {
    this.first = first;
  }

  set onArrival(listener: (link: ConsoleLink | null) => void) {
    this.#listener = listener;
  }

  /** `null`: the program was started again without a link, which asks for its window. */
  arrive(link: ConsoleLink | null): void {
    if (this.#listener !== null) this.#listener(link);
    else this.first = link ?? this.first;
  }
}

/** The first argument that is a good link, else one to the files among them; hostile ones are as if they were not there. */
function linkAmong(argv: readonly string[], workingDirectory: string): ConsoleLink | null {
  const link = argv.map((argument) => parseConsoleLink(argument)).find((parsed) => parsed !== null);
  return link ?? archivePathLink(archiveArguments(argv, workingDirectory));
}

function failureText(error: unknown, locale: Locale): string {
  if (!isAppError(error)) return CATALOGUE[locale]["errors.internal"] ?? "";
  const text = CATALOGUE[locale][`errors.${error.code}`] ?? error.code;
  return Object.entries(error.params).reduce(
    (filled, [name, value]) => filled.replaceAll(`{{${name}}}`, String(value)),
    text,
  );
}
