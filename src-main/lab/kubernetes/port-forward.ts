import { connect, type Socket } from "node:net";
import type { WebSocket } from "ws";

/** Sub-protocols of a port-forward over plain channels; a channel's number is the first byte of each message. */
export const PORT_FORWARD_PROTOCOLS = ["v5.channel.k8s.io", "v4.channel.k8s.io"] as const;

/** With `v5`, this channel closes the one named in its one byte of data. */
const CLOSE_CHANNEL = 255;
const HIGH_WATER_BYTES = 1024 * 1024;

export interface ForwardedPort {
  readonly containerPort: number;
  /** On loopback; `null` when nothing in the pod listens. */
  readonly localPort: number | null;
}

/**
 * Serves `…/pods/{name}/portforward`: for port `i`, channel `2i` carries data and `2i + 1` an error text; both begin with the
 * port as two bytes, little-endian.
 */
export function servePortForward(socket: WebSocket, ports: readonly ForwardedPort[]): void {
  const sockets: (Socket | null)[] = [];
  const send = (channel: number, data: Buffer) => socket.send(Buffer.concat([Buffer.from([channel]), data]));
  for (const [index, { containerPort, localPort }] of ports.entries()) {
    const number = Buffer.alloc(2);
    number.writeUInt16LE(containerPort);
    send(index * 2, number);
    send(index * 2 + 1, number);
    if (localPort === null) {
      sockets.push(null);
      send(index * 2 + 1, Buffer.from(refusedText(containerPort)));
      continue;
    }
    sockets.push(openPort(socket, index, localPort, send));
  }
  socket.on("message", (data: Buffer, isBinary: boolean) => {
    if (!isBinary || data.length === 0) return;
    const channel = data[0] ?? 0;
    if (channel === CLOSE_CHANNEL) {
      sockets[(data[1] ?? 0) >>> 1]?.end();
      return;
    }
    if (channel % 2 === 0 && data.length > 1) sockets[channel >>> 1]?.write(data.subarray(1));
  });
  socket.on("close", () => {
    for (const each of sockets) each?.destroy();
  });
  if (sockets.every((each) => each === null)) socket.close(1000);
}

export function refusedText(containerPort: number): string {
  return `an error occurred forwarding ${containerPort}: error forwarding port ${containerPort} to pod: failed to dial ${containerPort}: dial tcp4 127.0.0.1:${containerPort}: connect: connection refused`;
}

function openPort(
  socket: WebSocket,
  index: number,
  localPort: number,
  send: (channel: number, data: Buffer) => void,
): Socket {
  const upstream = connect(localPort, "127.0.0.1");
  upstream.on("data", (data: Buffer) => {
    send(index * 2, data);
    // Back-pressure: a client that does not read must not fill our memory.
    if (socket.bufferedAmount > HIGH_WATER_BYTES) {
      upstream.pause();
      const wait = setInterval(() => {
        if (socket.readyState !== socket.OPEN) clearInterval(wait);
        if (socket.bufferedAmount > HIGH_WATER_BYTES) return;
        clearInterval(wait);
        upstream.resume();
      }, 10);
    }
  });
  upstream.once("error", (error: Error) => {
    if (socket.readyState === socket.OPEN) send(index * 2 + 1, Buffer.from(error.message));
  });
  upstream.once("close", () => {
    if (socket.readyState !== socket.OPEN) return;
    if (socket.protocol === "v5.channel.k8s.io") send(CLOSE_CHANNEL, Buffer.from([index * 2]));
    socket.close(1000);
  });
  return upstream;
}
