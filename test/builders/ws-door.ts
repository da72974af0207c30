import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocket as WsWebSocket, WebSocketServer } from "ws";
import { DOOR_PATH, MAX_MESSAGE_BYTES } from "../../src-shared/api/door-wire.ts";
import { WsServerSocket } from "../../src-main/rpc/ws-server-socket.ts";
import { lineWebSocketClass } from "../../src-renderer/rpc/line-web-socket.ts";
import type { DoorSetup } from "./door-setup.ts";
import type { Trial } from "./trial-door.ts";

/** Real WebSockets over HTTP on loopback. */
export async function wsDoor(trial: Trial): Promise<DoorSetup> {
  const sockets = new Set<WsWebSocket>();
  const pages = new Set<WsWebSocket>();
  let held = false;
  let down = false;
  let refused = 0;

  const upgrades = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES });
  const server = createServer((_request, response) => response.writeHead(404).end());
  server.on("upgrade", (request, stream, head) => {
    if (down) {
      refused += 1;
      stream.destroy();
      return;
    }
    upgrades.handleUpgrade(request, stream, head, (socket) => {
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
      trial.serve(new WsServerSocket(socket));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // A TCP server's address is an object once it listens.
  const { port } = server.address() as AddressInfo;

  class PageSocket extends WsWebSocket {
    constructor(url: string) {
      super(url);
      pages.add(this);
      this.once("open", () => {
        if (held) this.pause();
      });
      this.once("close", () => pages.delete(this));
    }
  }
  // `ws` keeps the browser's interface; only the types of its events differ.
  const raw = PageSocket as unknown as typeof WebSocket;

  return {
    url: `ws://127.0.0.1:${port}${DOOR_PATH}`,
    rawWebSocket: raw,
    webSocket: lineWebSocketClass(raw),
    cut: () => {
      for (const socket of sockets) socket.terminate();
    },
    holdReader: (hold) => {
      held = hold;
      for (const page of pages) {
        if (page.readyState !== WsWebSocket.OPEN) continue;
        if (hold) page.pause();
        else page.resume();
      }
    },
    setDown: (value) => (down = value),
    get refused() {
      return refused;
    },
    get openSockets() {
      return sockets.size;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of [...sockets, ...pages]) socket.terminate();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
