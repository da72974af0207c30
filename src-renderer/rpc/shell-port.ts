import { PORT_GRANT, PORT_REQUEST, portNonce } from "../../src-shared/api/port-handover.ts";

const GRANT_WITHIN_MS = 10_000;

/**
 * Asks the desktop shell for a port to the core. The preload script shares nothing with the page but the window's messages:
 * the request goes out with a nonce, and only the answer with the same nonce, from this very window, is taken.
 */
export function acquireShellPort(page: Window = window): Promise<MessagePort> {
  const nonce = crypto.randomUUID();
  const { origin } = page.location;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      page.removeEventListener("message", onMessage);
      reject(new Error("the shell granted no port"));
    }, GRANT_WITHIN_MS);
    const onMessage = (event: MessageEvent<unknown>) => {
      if (event.source !== page || event.origin !== origin) return;
      const [port] = event.ports;
      if (portNonce(event.data, PORT_GRANT) !== nonce || port === undefined) return;
      clearTimeout(timer);
      page.removeEventListener("message", onMessage);
      resolve(port);
    };
    page.addEventListener("message", onMessage);
    page.postMessage({ kind: PORT_REQUEST, nonce }, origin);
  });
}
