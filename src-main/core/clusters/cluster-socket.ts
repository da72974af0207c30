import type { IncomingMessage } from "node:http";
import { WebSocket } from "ws";
import { AppError, hasCode } from "../../../src-shared/errors/app-error.ts";
import { readBody } from "./adapters/http-body.ts";
import type { ClusterConnection, SocketWay } from "./cluster-connection.ts";
import { clusterFailure } from "./cluster-failure.ts";
import { statusFailure, type RequestSubject } from "./kubernetes-status.ts";

const MAX_FRAME_BYTES = 16 * 2 ** 20;
const MAX_REFUSAL_BYTES = 65_536;

export interface ClusterSocketRequest {
  readonly path: string;
  readonly protocols: readonly string[];
  readonly subject: RequestSubject;
  /** Until the upgrade is answered. Milliseconds. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/**
 * Opens a WebSocket of the Kubernetes API with one of the subprotocols; once more with a new credential after a 401. A
 * refusal is the error that the API server's Status tells.
 */
export async function openClusterSocket(
  connection: ClusterConnection,
  request: ClusterSocketRequest,
): Promise<WebSocket> {
  const way = await connection.socketWay(request.path);
  try {
    return await attempt(way, request, connection.host);
  } catch (error) {
    if (!hasCode(error, "cluster.unauthorized") || !connection.refused(way)) throw error;
    return attempt(await connection.socketWay(request.path), request, connection.host);
  }
}

function attempt(way: SocketWay, request: ClusterSocketRequest, host: string): Promise<WebSocket> {
  const { signal, subject } = request;
  if (signal.aborted) throw new AppError("request.cancelled", {});
  const socket = new WebSocket(way.url, [...request.protocols], {
    ...way.options,
    headers: { ...way.headers },
    handshakeTimeout: request.timeoutMs,
    maxPayload: MAX_FRAME_BYTES,
  });
  return new Promise((settle, fail) => {
    const failWith = (error: Error) => {
      signal.removeEventListener("abort", onAbort);
      socket.on("error", () => undefined);
      socket.terminate();
      fail(error);
    };
    const onAbort = () => failWith(new AppError("request.cancelled", {}));
    const onError = (error: Error) => failWith(clusterFailure(error, host));
    const onRefused = (_request: unknown, response: IncomingMessage) => {
      readBody(response, MAX_REFUSAL_BYTES, () => undefined).then(
        (bytes) => failWith(statusFailure(response.statusCode ?? 0, bytes, subject, host, "")),
        (error: unknown) => failWith(clusterFailure(error, host)),
      );
    };
    socket.once("error", onError).once("unexpected-response", onRefused);
    socket.once("open", () => {
      socket.off("error", onError).off("unexpected-response", onRefused);
      signal.removeEventListener("abort", onAbort);
      settle(socket);
    });
    signal.addEventListener("abort", onAbort, { once: true });
  });
}
