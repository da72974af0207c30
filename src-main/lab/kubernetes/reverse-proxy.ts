import { type IncomingMessage, request as httpRequest, type ServerResponse } from "node:http";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { problemReply, StatusProblem } from "./status.ts";
import { writeReply } from "../http/reply.ts";

/** Headers that belong to one connection, and the credential that was for the API server alone. */
const NOT_PASSED_ON: ReadonlySet<string> = new Set([
  "authorization",
  "connection",
  "host",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

function passedOn(request: IncomingMessage): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined && !NOT_PASSED_ON.has(name)) headers[name] = value;
  }
  return headers;
}

export function unreachable(where: string, why: string): StatusProblem {
  return new StatusProblem(503, "ServiceUnavailable", `error trying to reach service: dial tcp ${where}: ${why}`);
}

/** Passes a request on to a pod's port on loopback, and its answer back, as the API server's proxy does. */
export function proxyRequest(
  request: IncomingMessage,
  response: ServerResponse,
  port: number,
  path: string,
  where: string,
): void {
  const upstream = httpRequest(
    { host: "127.0.0.1", port, path, method: request.method ?? "GET", headers: { ...passedOn(request), host: where } },
    (answer) => {
      const headers: Record<string, string | string[]> = {};
      for (const [name, value] of Object.entries(answer.headers)) {
        if (value !== undefined && name !== "connection" && name !== "keep-alive" && name !== "transfer-encoding")
          headers[name] = value;
      }
      response.removeHeader("connection");
      response.writeHead(answer.statusCode ?? 502, headers);
      answer.pipe(response);
      answer.once("error", () => response.destroy());
    },
  );
  upstream.once("error", () => {
    if (response.headersSent) response.destroy();
    else writeReply(response, problemReply(unreachable(where, "connect: connection refused")));
  });
  response.once("close", () => upstream.destroy());
  request.pipe(upstream);
}

/** Passes an upgraded connection (WebSocket) through, byte for byte. */
export function proxyUpgrade(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  port: number,
  path: string,
  where: string,
): void {
  const upstream = connect(port, "127.0.0.1", () => {
    const headers = Object.entries({
      ...passedOn(request),
      host: where,
      connection: "Upgrade",
      upgrade: request.headers.upgrade ?? "websocket",
    });
    const lines = headers.flatMap(([name, value]) =>
      (Array.isArray(value) ? value : [value]).map((each) => `${name}: ${each}`),
    );
    upstream.write(`GET ${path} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`);
    if (head.length > 0) upstream.write(head);
    upstream.pipe(socket);
    socket.pipe(upstream);
  });
  upstream.once("error", () => socket.destroy());
  upstream.once("close", () => socket.destroy());
  socket.once("error", () => upstream.destroy());
  socket.once("close", () => upstream.destroy());
}
