import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { createWebSocketStream, WebSocketServer } from "ws";
import { PORT_FORWARD_PROTOCOLS, servePortForward } from "./port-forward.ts";
import {
  PORT_FORWARD_STREAM_PROTOCOL,
  serveSpdyPortForward,
  SPDY_TUNNEL_PROTOCOL,
  SPDY_UPGRADE,
} from "./spdy-port-forward.ts";
import { badRequest } from "./status.ts";

const WEBSOCKET_PROTOCOLS: readonly string[] = [SPDY_TUNNEL_PROTOCOL, ...PORT_FORWARD_PROTOCOLS];

/** The port on loopback behind a container port of the pod; `null` when nothing listens there. */
export type LocalPortOf = (containerPort: number) => number | null;

/** Takes `…/portforward` in all forms that clients have: plain channels or SPDY in a WebSocket, or SPDY itself. */
export class PortForwardUpgrade {
  private readonly sockets = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered: Set<string>) => WEBSOCKET_PROTOCOLS.find((each) => offered.has(each)) ?? false,
  });

  upgrade(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    query: URLSearchParams,
    localPortOf: LocalPortOf,
  ): void {
    if (request.headers.upgrade?.toUpperCase() === SPDY_UPGRADE) {
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${SPDY_UPGRADE}\r\nX-Stream-Protocol-Version: ${PORT_FORWARD_STREAM_PROTOCOL}\r\n\r\n`,
      );
      if (head.length > 0) socket.unshift(head);
      serveSpdyPortForward(socket, localPortOf);
      return;
    }
    const offered = (request.headers["sec-websocket-protocol"] ?? "").split(",").map((each) => each.trim());
    const protocol = WEBSOCKET_PROTOCOLS.find((each) => offered.includes(each));
    if (protocol === undefined) throw badRequest("unable to upgrade: unable to negotiate protocol");
    const ports = protocol === SPDY_TUNNEL_PROTOCOL ? [] : portsOf(query);
    this.sockets.handleUpgrade(request, socket, head, (opened) => {
      if (protocol === SPDY_TUNNEL_PROTOCOL) serveSpdyPortForward(createWebSocketStream(opened), localPortOf);
      else
        servePortForward(
          opened,
          ports.map((containerPort) => ({ containerPort, localPort: localPortOf(containerPort) })),
        );
    });
  }
}

/** `ports=3100&ports=9095` or `ports=3100,9095`. */
function portsOf(query: URLSearchParams): number[] {
  const ports = query
    .getAll("ports")
    .flatMap((each) => each.split(","))
    .map(Number);
  if (ports.length === 0 || ports.some((port) => !Number.isInteger(port) || port <= 0)) {
    throw badRequest('query parameter "port" is required');
  }
  return ports;
}
