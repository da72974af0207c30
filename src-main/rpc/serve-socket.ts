import type { IncomingMessage } from "node:http";
import { getWSConnectionHandler } from "@trpc/server/adapters/ws";
import type { WebSocket } from "ws";
import { DOOR_PATH, PROTOCOL_PARAM } from "../../src-shared/api/door-wire.ts";
import { isAppError } from "../../src-shared/errors/app-error.ts";
import type { Logger } from "../core/common/logger.ts";
import type { Caller } from "./call-context.ts";
import { DoorConnection, type DoorContext } from "./door-connection.ts";
import type { DoorRouter } from "./router.ts";
import type { ServerSocket } from "./server-socket.ts";

/** How a peer that went away without a word is found; milliseconds. */
export interface KeepAlive {
  readonly pingMs: number;
  readonly pongWaitMs: number;
}

export interface ServeOptions {
  readonly router: DoorRouter;
  readonly socket: ServerSocket;
  /** Decided by the shell: the page does not say who it is. */
  readonly caller: Caller;
  readonly logger: Logger;
  /** Left out for a MessagePort, whose other end cannot vanish unseen. */
  readonly keepAlive?: KeepAlive;
}

/** Serves the door on one open socket until it closes. Everything that runs for it is aborted then. */
export function serveSocket({ router, socket, caller, logger, keepAlive }: ServeOptions): DoorConnection {
  const connection = new DoorConnection(caller, socket);
  const connect = getWSConnectionHandler({
    router,
    createContext: ({ info }): DoorContext => {
      const said = info.connectionParams?.[PROTOCOL_PARAM] ?? "";
      connection.clientProtocol = /^\d{1,6}$/.test(said) ? Number(said) : 0;
      return { connection };
    },
    // Our own pages send one call a message.
    maxBatchSize: 1,
    // Calls tell their own failures; what is left is a broken frame or a socket that failed.
    onError: ({ error, path }) => {
      if (!isAppError(error.cause))
        logger.debug("the door was used wrongly", { path: path ?? "", problem: error.message });
    },
    // The type wants the server that `applyWSSHandler` listens to; the handler of one connection does not look at it.
    wss: undefined as never,
    ...(keepAlive === undefined ? {} : { keepAlive: { enabled: true, ...keepAlive } }),
  });
  // The adapter uses of a `ws` socket what `ServerSocket` has, and of the request its URL alone, by which it knows that the
  // page sends its connection parameters first.
  const request = { url: `${DOOR_PATH}?connectionParams=1`, headers: {} } as IncomingMessage;
  connect(socket as unknown as WebSocket, request);
  return connection;
}
