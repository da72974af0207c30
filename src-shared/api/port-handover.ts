/**
 * How the desktop's page gets a MessagePort to the core. The preload script shares nothing with the page but the window's
 * messages: the page asks with a nonce, the preload passes the nonce on over an IPC channel, and the port
 * comes back with it. No schema library here, because this is in the preload script.
 */
export const PORT_REQUEST = "kubemate:port-request";
export const PORT_GRANT = "kubemate:port-grant";
/** The IPC channel, in both directions. */
export const PORT_CHANNEL = "kubemate:port";

const NONCE = /^[0-9a-f-]{36}$/;

export function isPortNonce(value: unknown): value is string {
  return typeof value === "string" && NONCE.test(value);
}

/** The nonce of a message of this kind; `null` for every other message. */
export function portNonce(message: unknown, kind: typeof PORT_REQUEST | typeof PORT_GRANT): string | null {
  if (typeof message !== "object" || message === null) return null;
  if (!("kind" in message) || message.kind !== kind || !("nonce" in message)) return null;
  return isPortNonce(message.nonce) ? message.nonce : null;
}
