import { DESKTOP_SCHEME, DOOR_PATH, SESSION_PATH } from "../../src-shared/api/door-wire.ts";
import { createConsoleClient, type ConsoleClient } from "./console-client.ts";
import { lineWebSocketClass } from "./line-web-socket.ts";
import { messagePortWebSocketClass } from "./message-port-web-socket.ts";
import { acquireShellPort } from "./shell-port.ts";

/** Connects this page to the core that served it: over the desktop shell's port, or over a WebSocket to its own origin. */
export function connectPage(page: Window = window): ConsoleClient {
  const { protocol, host } = page.location;
  if (protocol === `${DESKTOP_SCHEME}:`) {
    return createConsoleClient({
      url: "port",
      webSocket: messagePortWebSocketClass(() => acquireShellPort(page)),
    });
  }
  return createConsoleClient({
    url: `${protocol === "https:" ? "wss" : "ws"}://${host}${DOOR_PATH}`,
    webSocket: lineWebSocketClass(WebSocket),
    keepAlive: { intervalMs: 15_000, pongTimeoutMs: 10_000 },
    sessionStands,
  });
}

/** A browser does not tell why a WebSocket was refused, so the server is asked. Nobody there: it may come back. */
async function sessionStands(): Promise<boolean> {
  try {
    const response = await fetch(SESSION_PATH, { credentials: "same-origin", cache: "no-store" });
    return response.status !== 401;
  } catch {
    return true;
  }
}
