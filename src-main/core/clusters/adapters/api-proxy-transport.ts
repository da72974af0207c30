import { AppError, hasCode } from "../../../../src-shared/errors/app-error.ts";
import type { LokiRole } from "../../../../src-shared/api/sites.api.ts";
import type { Clock } from "../../common/clock.ts";
import type { ClusterConnection } from "../cluster-connection.ts";
import type { LokiRouteTable } from "../loki-route-table.ts";
import type { LokiRoute } from "../loki-routes.ts";
import type { LokiTransport, TransportRequest, TransportResponse, TransportSocket } from "../loki-transport.ts";
import { proxyRefusal, throughClusterFailure } from "./api-proxy-failure.ts";
import { openHttpSocket } from "./http-socket.ts";

/** An error's body is read before it is known whose it is; Loki's longest are a few kilobytes. */
const MAX_ERROR_BYTES = 2 ** 20;

export interface ClusterTransportOptions {
  readonly connection: ClusterConnection;
  readonly routes: LokiRouteTable;
  /** What Loki speaks inside the cluster. */
  readonly scheme: "http" | "https";
  /** Loki's `server.http_path_prefix`, or empty. */
  readonly pathPrefix: string;
  readonly clock: Clock;
}

/**
 * Loki through the API server's service and pod proxy (`…/services/http:name:port/proxy/…`): nothing is opened on this
 * machine, and the API server's rights decide. Its own failures are `cluster.*`, Loki's answers are handed on as they are.
 */
export function createApiProxyTransport(options: ClusterTransportOptions): LokiTransport {
  return new ApiProxyTransport(options);
}

class ApiProxyTransport implements LokiTransport {
  readonly #options: ClusterTransportOptions;

  constructor(options: ClusterTransportOptions) {
    this.#options = options;
  }

  describe(role: LokiRole): string {
    return `proxy ${this.#options.routes.describe(role)}`;
  }

  async request(request: TransportRequest): Promise<TransportResponse> {
    const { connection, routes } = this.#options;
    const route = await routes.route(request.role, request.signal);
    const answer = await connection.send({
      method: request.method,
      path: this.#path(route, request),
      headers: { "accept-encoding": "gzip", ...request.headers },
      ...(request.body === undefined ? {} : { body: request.body }),
      signal: request.signal,
      timeoutMs: request.timeoutMs,
      mapFailure: (error) => throughClusterFailure(error, connection.host),
    });
    if (answer.status < 400) return answer;
    const body = await answer.bytes(MAX_ERROR_BYTES);
    const refusal = proxyRefusal(answer.status, body, request.method, route, connection.host);
    if (refusal !== null) throw this.#remembered(refusal);
    return replayed(answer, body);
  }

  async socket(request: Omit<TransportRequest, "method" | "body">): Promise<TransportSocket> {
    const { connection, routes, clock } = this.#options;
    const route = await routes.route(request.role, request.signal);
    const path = this.#path(route, request);
    const attempt = async () => {
      const way = await connection.socketWay(path);
      const open = openHttpSocket({
        url: way.url,
        headers: { ...request.headers, ...way.headers },
        options: way.options,
        signal: request.signal,
        timeoutMs: request.timeoutMs,
        clock,
        mapFailure: (error) => throughClusterFailure(error, connection.host),
        mapRefusal: (status, body) => proxyRefusal(status, body, "GET", route, connection.host),
      });
      return { way, socket: await open.catch((error: unknown) => this.#refusedSocket(error)) };
    };
    const first = await attempt();
    if (!(first.socket instanceof AppError)) return first.socket;
    const again = hasCode(first.socket, "cluster.unauthorized") && connection.refused(first.way);
    const second = again ? await attempt() : first;
    if (second.socket instanceof AppError) throw this.#remembered(second.socket);
    return second.socket;
  }

  /** The connection belongs to the site, not to this transport. */
  async [Symbol.asyncDispose](): Promise<void> {}

  #refusedSocket(error: unknown): AppError {
    if (error instanceof AppError) return error;
    throw error;
  }

  #remembered(refusal: AppError): AppError {
    if (hasCode(refusal, "cluster.gone") || hasCode(refusal, "cluster.backend-unavailable"))
      this.#options.routes.forget();
    return refusal;
  }

  #path(route: LokiRoute, request: Pick<TransportRequest, "path" | "query">): string {
    const { scheme, pathPrefix } = this.#options;
    const name =
      route.kind === "service"
        ? `services/${scheme}:${encodeURIComponent(route.service)}`
        : `pods/${scheme}:${encodeURIComponent(route.pod)}`;
    const query = request.query?.toString() ?? "";
    const inner = `${pathPrefix.replace(/\/+$/, "")}${request.path}${query === "" ? "" : `?${query}`}`;
    return `/api/v1/namespaces/${encodeURIComponent(route.namespace)}/${name}:${encodeURIComponent(route.port)}/proxy${inner}`;
  }
}

function replayed(answer: TransportResponse, body: Uint8Array): TransportResponse {
  return {
    status: answer.status,
    headers: answer.headers,
    async bytes(maxBytes) {
      if (body.byteLength <= maxBytes) return body;
      throw new AppError("loki.bad-response", { status: answer.status, problem: `body longer than ${maxBytes} bytes` });
    },
    async cancel() {},
  };
}
