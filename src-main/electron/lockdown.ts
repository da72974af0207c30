import type { ShellContents, ShellSession } from "./electron-surface.ts";
import { isPageUrl } from "./page-protocol.ts";

/** Every window of the shell: isolated, sandboxed, without Node; no spell checker, which would fetch dictionaries. */
export const LOCKED_WEB_PREFERENCES = {
  sandbox: true,
  contextIsolation: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  webviewTag: false,
  navigateOnDragDrop: false,
  spellcheck: false,
} as const;

/** The page may put text on the clipboard, because copying is what a log viewer is for. It may ask for nothing else. */
const GRANTED = "clipboard-sanitized-write";

/** The page reaches its own files, and the network not at all. */
export function lockSession(session: ShellSession): void {
  session.setPermissionRequestHandler((_contents, permission, answer, { requestingUrl }) => {
    answer(permission === GRANTED && isPageUrl(requestingUrl));
  });
  session.setPermissionCheckHandler((_contents, permission, origin) => permission === GRANTED && isPageUrl(origin));
  session.setDevicePermissionHandler(() => false);
  session.webRequest.onBeforeRequest(({ url }, answer) => {
    answer({ cancel: !isPageUrl(url) && !isWithinPage(url) });
  });
}

/**
 * Nothing leads out of the page: no navigation, no redirect, no new window, no embedded one. A link to the outside goes to
 * `openOutside`, which decides.
 */
export function lockContents(contents: ShellContents, openOutside: (url: string) => void): void {
  const stay = (event: { preventDefault(): void; readonly url: string }) => {
    if (isPageUrl(event.url)) return;
    event.preventDefault();
    openOutside(event.url);
  };
  contents.on("will-navigate", stay);
  contents.on("will-redirect", (event) => event.preventDefault());
  contents.on("will-attach-webview", (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    openOutside(url);
    return { action: "deny" };
  });
}

/** Addresses that carry their content themselves. */
function isWithinPage(url: string): boolean {
  return url.startsWith("data:") || url.startsWith("blob:kubemate-app://console/") || url.startsWith("devtools:");
}
