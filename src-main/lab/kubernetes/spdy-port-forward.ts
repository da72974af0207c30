import { connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { refusedText } from "./port-forward.ts";
import { SpdySession, type SpdyStream } from "./spdy-session.ts";

/** `Upgrade: SPDY/3.1`, or the same inside a WebSocket's binary messages, which newer versions of kubectl prefer. */
export const SPDY_UPGRADE = "SPDY/3.1";
export const SPDY_TUNNEL_PROTOCOL = "SPDY/3.1+portforward.k8s.io";
export const PORT_FORWARD_STREAM_PROTOCOL = "portforward.k8s.io";

interface Forward {
  readonly socket: Socket | null;
  readonly errorId: number;
}

/**
 * Port-forward as kubectl does it: for each connection an `error` stream and a `data` stream with the same `requestid` and
 * the port among their headers.
 */
export function serveSpdyPortForward(connection: Duplex, localPortOf: (containerPort: number) => number | null): void {
  const errorStreams = new Map<string, number>();
  const forwards = new Map<number, Forward>();

  const open = ({ id, headers }: SpdyStream) => {
    const request = headers.get("requestid") ?? "";
    if (headers.get("streamtype") === "error") {
      errorStreams.set(request, id);
      return;
    }
    const containerPort = Number(headers.get("port"));
    const errorId = errorStreams.get(request) ?? 0;
    errorStreams.delete(request);
    const localPort = localPortOf(containerPort);
    const fail = (text: string) => {
      session.send(errorId, Buffer.from(text));
      session.end(errorId);
      session.end(id);
    };
    if (localPort === null) {
      forwards.set(id, { socket: null, errorId });
      fail(refusedText(containerPort));
      return;
    }
    const socket = connect(localPort, "127.0.0.1");
    forwards.set(id, { socket, errorId });
    socket.on("data", (data: Buffer) => {
      if (session.send(id, data)) return;
      socket.pause();
      session.onDrain(() => socket.resume());
    });
    socket.once("error", (error: Error) => fail(error.message));
    socket.once("end", () => {
      session.end(id);
      session.end(errorId);
    });
    socket.once("close", () => forwards.delete(id));
  };

  const session = new SpdySession(connection, {
    opened: open,
    data: (id, data) => forwards.get(id)?.socket?.write(data),
    ended: (id) => forwards.get(id)?.socket?.end(),
    reset: (id) => forwards.get(id)?.socket?.destroy(),
  });
  connection.once("close", () => {
    for (const { socket } of forwards.values()) socket?.destroy();
  });
}
