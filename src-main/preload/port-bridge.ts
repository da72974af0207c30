import { isPortNonce, PORT_CHANNEL, PORT_GRANT, PORT_REQUEST, portNonce } from "../../src-shared/api/port-handover.ts";

/** The part of the page's window that is used. */
export interface BridgedPage {
  readonly location: { readonly origin: string };
  addEventListener(
    type: "message",
    listener: (event: { readonly source: unknown; readonly origin: string; readonly data: unknown }) => void,
  ): void;
  postMessage(message: unknown, targetOrigin: string, transfer: unknown[]): void;
}

/** The part of Electron's `ipcRenderer` that is used. */
export interface BridgeIpc {
  send(channel: string, nonce: string): void;
  on(channel: string, listener: (event: { readonly ports: readonly unknown[] }, nonce: unknown) => void): void;
}

/**
 * Passes the page's requests for a port to the main process, and the ports to the page. The page gets no object of ours for
 * it and no way to send anything else.
 */
export function bridgePorts(page: BridgedPage, ipc: BridgeIpc): void {
  page.addEventListener("message", (event) => {
    if (event.source !== page || event.origin !== page.location.origin) return;
    const nonce = portNonce(event.data, PORT_REQUEST);
    if (nonce !== null) ipc.send(PORT_CHANNEL, nonce);
  });
  ipc.on(PORT_CHANNEL, ({ ports }, nonce) => {
    if (isPortNonce(nonce)) page.postMessage({ kind: PORT_GRANT, nonce }, page.location.origin, [...ports]);
  });
}
