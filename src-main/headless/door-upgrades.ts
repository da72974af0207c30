import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import { CLOSE_CODES, DOOR_PATH, MAX_MESSAGE_BYTES } from "../../src-shared/api/door-wire.ts";
import type { Logger } from "../core/common/logger.ts";
import type { Caller } from "../rpc/call-context.ts";
import type { DoorRouter } from "../rpc/router.ts";
import { serveSocket, type KeepAlive } from "../rpc/serve-socket.ts";
import { WsServerSocket } from "../rpc/ws-server-socket.ts";
import type { BrowserSessions } from "./browser-sessions.ts";
import type { PublicAddress } from "./public-address.ts";
import { gateProblem } from "./request-gate.ts";
import { readCookie, type SessionCookie } from "./session-cookie.ts";

export interface DoorUpgradeOptions {
  readonly address: PublicAddress;
  readonly sessions: BrowserSessions;
  readonly cookie: SessionCookie;
  readonly router: DoorRouter;
  readonly caller: Caller;
  readonly keepAlive: KeepAlive;
  /** Packs messages: worth its work on a slow line to a bastion, a waste on loopback. */
  readonly compress: boolean;
  readonly logger: Logger;
}

/** Lets sockets of our own page with a standing session through to the door. The answer closes them all. */
export function doorUpgrades(server: Server, options: DoorUpgradeOptions): () => void {
  const { address, sessions, cookie, router, caller, keepAlive, compress, logger } = options;
  const upgrades = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: compress ? { threshold: 4_096, concurrencyLimit: 4, zlibDeflateOptions: { level: 3 } } : false,
  });

  const refusal = (request: IncomingMessage): { status: string; reason: string } | null => {
    if ((request.url ?? "").split("?")[0] !== DOOR_PATH) return { status: "404 Not Found", reason: "path" };
    const problem = gateProblem(request.headers, "upgrade", address);
    return problem === null ? null : { status: "403 Forbidden", reason: problem };
  };

  server.on("upgrade", (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    const refused = refusal(request);
    if (refused !== null) {
      logger.warn("upgrade refused", { ...refused, host: request.headers.host, origin: request.headers.origin });
      refuse(stream, refused.status);
      return;
    }
    const id = readCookie(cookie, request.headers.cookie);
    if (id === null || !sessions.use(id)) {
      refuse(stream, "401 Unauthorized");
      return;
    }
    upgrades.handleUpgrade(request, stream, head, (socket) => {
      const letGo = sessions.hold(id, () => socket.close(CLOSE_CODES.sessionExpired, "session expired"));
      socket.once("close", letGo);
      serveSocket({ router, socket: new WsServerSocket(socket), caller, logger, keepAlive });
    });
  });

  return () => {
    for (const socket of upgrades.clients) socket.terminate();
    upgrades.close();
  };
}

function refuse(stream: Duplex, status: string): void {
  // A peer that hangs up on a refusal is no news.
  stream.on("error", () => stream.destroy());
  stream.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}
