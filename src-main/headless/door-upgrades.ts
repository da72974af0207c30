import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import { CLOSE_CODES, DOOR_PATH, MAX_MESSAGE_BYTES } from "../../src-shared/api/door-wire.ts";
import type { Logger } from "../core/common/logger.ts";
import type { Clock } from "../core/common/clock.ts";
import type { Caller } from "../rpc/call-context.ts";
import type { DoorRouter } from "../rpc/router.ts";
import { serveSocket, type KeepAlive } from "../rpc/serve-socket.ts";
import { WsServerSocket } from "../rpc/ws-server-socket.ts";
import type { BearerCallers } from "./bearer-callers.ts";
import type { BrowserSessions } from "./browser-sessions.ts";
import type { PublicAddress } from "./public-address.ts";
import { gateProblem } from "./request-gate.ts";
import { readCookie, type SessionCookie } from "./session-cookie.ts";
import { refusalStatus } from "./sign-in-failure.ts";

export interface DoorUpgradeOptions {
  readonly address: PublicAddress;
  readonly sessions: BrowserSessions;
  readonly cookie: SessionCookie;
  /** `null` where tokens are not taken. */
  readonly bearer: BearerCallers | null;
  readonly router: DoorRouter;
  readonly clock: Clock;
  readonly keepAlive: KeepAlive;
  /** Packs messages: worth its work on a slow line to a bastion, a waste on loopback. */
  readonly compress: boolean;
  readonly logger: Logger;
}

/** A peer that does not answer the end of its session is cut off. */
const CLOSE_PATIENCE_MS = 2_000;
/** As long as any session lasts; timers know no longer times. */
const MAX_SOCKET_MS = 7 * 24 * 3_600_000;

/** Whoever may open a socket, and how the end of that right is told. */
interface Admitted {
  readonly caller: Caller;
  /** Calls back when the right ends; the answer lets go. */
  readonly hold: (onEnd: () => void) => () => void;
}

/** Lets sockets of our own page with a standing session, and programs with a token, through to the door. The answer closes them all. */
export function doorUpgrades(server: Server, options: DoorUpgradeOptions): () => void {
  const { router, clock, keepAlive, compress, logger } = options;
  const upgrades = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: compress ? { threshold: 4_096, concurrencyLimit: 4, zlibDeflateOptions: { level: 3 } } : false,
  });

  const open = async (request: IncomingMessage, stream: Duplex, head: Buffer): Promise<void> => {
    const admitted = await admit(request, stream, options);
    if (admitted === null) return;
    upgrades.handleUpgrade(request, stream, head, (socket) => {
      const letGo = admitted.hold(() => {
        socket.close(CLOSE_CODES.sessionExpired, "session expired");
        const cancel = clock.after(CLOSE_PATIENCE_MS, () => socket.terminate());
        socket.once("close", cancel);
      });
      socket.once("close", letGo);
      serveSocket({ router, socket: new WsServerSocket(socket), caller: admitted.caller, logger, keepAlive });
    });
  };

  server.on("upgrade", (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    // A peer that hangs up before it is let in is no news.
    const onEarlyError = () => stream.destroy();
    stream.on("error", onEarlyError);
    open(request, stream, head)
      .catch((error: unknown) => {
        logger.error("an upgrade failed", error);
        refuse(stream, "503 Service Unavailable");
      })
      .finally(() => stream.off("error", onEarlyError));
  });

  return () => {
    for (const socket of upgrades.clients) socket.terminate();
    upgrades.close();
  };
}

async function admit(request: IncomingMessage, stream: Duplex, options: DoorUpgradeOptions): Promise<Admitted | null> {
  const { address, sessions, cookie, bearer, clock, logger } = options;
  const { headers } = request;
  if ((request.url ?? "").split("?")[0] !== DOOR_PATH) return refuse(stream, "404 Not Found");
  const hasToken = bearer !== null && headers.authorization !== undefined;
  const problem = gateProblem(headers, hasToken ? "token-upgrade" : "upgrade", address);
  if (problem !== null) {
    logger.warn("upgrade refused", { reason: problem, host: headers.host, origin: headers.origin });
    return refuse(stream, "403 Forbidden");
  }
  const gone = new AbortController();
  stream.once("close", () => gone.abort());
  const brought = await bearer?.recognise(request, true, gone.signal);
  if (brought?.kind === "refused") {
    return refuse(
      stream,
      `${refusalStatus(brought.failure)} ${brought.failure.category === "unreachable" ? "Service Unavailable" : "Refused"}`,
    );
  }
  if (brought?.kind === "caller") {
    const { caller } = brought;
    const lastsMs = Math.max(0, Math.min(MAX_SOCKET_MS, (caller.expiresAtMs ?? 0) - clock.nowMs()));
    return { caller, hold: (onEnd) => clock.after(lastsMs, onEnd) };
  }
  const id = readCookie(cookie, headers.cookie);
  const caller = id === null ? null : sessions.use(id);
  if (id === null || caller === null) return refuse(stream, "401 Unauthorized");
  return { caller, hold: (onEnd) => sessions.hold(id, onEnd) };
}

function refuse(stream: Duplex, status: string): null {
  // A peer that hangs up on a refusal is no news either, and nobody else listens by then.
  stream.on("error", () => stream.destroy());
  stream.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
  return null;
}
