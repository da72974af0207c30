import type { Duplex } from "node:stream";
import type { Dispatcher } from "undici";
import type { ClientOptions } from "ws";
import { AppError, hasCode, isAppError } from "../../../../src-shared/errors/app-error.ts";
import { LOKI_ROLES, type LokiRole } from "../../../../src-shared/api/sites.api.ts";
import type { KubernetesClient } from "../kubernetes-client.ts";
import type { LokiTransport, TransportRequest, TransportResponse, TransportSocket } from "../loki-transport.ts";
import { throughClusterFailure } from "./api-proxy-failure.ts";
import type { ClusterTransportOptions } from "./api-proxy-transport.ts";
import { sendHttp } from "./http-request.ts";
import { openHttpSocket } from "./http-socket.ts";
import { ForwardTarget, type ForwardState } from "./port-forward-target.ts";

const PROBE_TIMEOUT_MS = 5_000;

export interface PortForwardOptions extends Omit<ClusterTransportOptions, "connection"> {
  readonly client: KubernetesClient;
  /** Told when a role's forward changes; `alive` only on evidence. */
  onState?(role: LokiRole, state: ForwardState): void;
}

/** A port-forward's states can be asked for at any time. */
export interface PortForwardTransport extends LokiTransport {
  state(role: LokiRole): ForwardState;
}

/**
 * Loki through port-forwards of the Kubernetes API, straight to pods: works where the proxy is not allowed. Heals itself
 * when pods are replaced, the laptop slept, or the peer died: a GET that got no answer is sent once more to another pod.
 */
export function createPortForwardTransport(options: PortForwardOptions): PortForwardTransport {
  return new ForwardTransport(options);
}

class ForwardTransport implements PortForwardTransport {
  readonly #options: PortForwardOptions;
  readonly #targets: ReadonlyMap<LokiRole, ForwardTarget>;

  constructor(options: PortForwardOptions) {
    this.#options = options;
    const { client, routes, scheme, clock } = options;
    this.#targets = new Map(
      LOKI_ROLES.map((role) => [
        role,
        new ForwardTarget({
          client,
          routes,
          role,
          scheme,
          clock,
          probe: (dispatcher) => this.#probe(dispatcher),
          onState: (state) => options.onState?.(role, state),
        }),
      ]),
    );
  }

  state(role: LokiRole): ForwardState {
    return this.#target(role).state;
  }

  describe(role: LokiRole): string {
    const { pod } = this.#target(role);
    return pod === null
      ? `port-forward ${this.#options.routes.describe(role)}`
      : `port-forward ${pod.namespace}/pod/${pod.pod}:${pod.port}`;
  }

  async request(request: TransportRequest): Promise<TransportResponse> {
    const target = this.#target(request.role);
    target.use();
    try {
      return await this.#send(target, request);
    } catch (error) {
      if (!isLost(error) || request.method !== "GET") throw error;
      return this.#send(target, request);
    }
  }

  async socket(request: Omit<TransportRequest, "method" | "body">): Promise<TransportSocket> {
    const target = this.#target(request.role);
    target.use();
    const socket = await openHttpSocket({
      url: `ws://${this.#authority()}${this.#path(request)}`,
      headers: request.headers ?? {},
      options: { createConnection: connector(target, request.signal) },
      signal: request.signal,
      timeoutMs: request.timeoutMs,
      clock: this.#options.clock,
      mapFailure: (error) => this.#mapped(error),
    });
    target.proven();
    return socket;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#targets.values()].map((target) => target[Symbol.asyncDispose]()));
  }

  async #send(target: ForwardTarget, request: TransportRequest): Promise<TransportResponse> {
    try {
      const answer = await sendHttp({
        dispatcher: target.dispatcher,
        origin: `http://${this.#authority()}`,
        path: this.#path(request),
        method: request.method,
        headers: { "accept-encoding": "gzip", ...request.headers },
        ...(request.body === undefined ? {} : { body: request.body }),
        signal: request.signal,
        timeoutMs: request.timeoutMs,
        clock: this.#options.clock,
        mapFailure: (error) => this.#mapped(error),
      });
      target.proven();
      return answer;
    } catch (error) {
      if (isLost(error)) target.failed();
      throw error;
    }
  }

  async #probe(dispatcher: Dispatcher): Promise<void> {
    const answer = await sendHttp({
      dispatcher,
      origin: `http://${this.#authority()}`,
      path: `${this.#prefix()}/ready`,
      method: "GET",
      headers: {},
      signal: new AbortController().signal,
      timeoutMs: PROBE_TIMEOUT_MS,
      clock: this.#options.clock,
      mapFailure: (error) => this.#mapped(error),
    });
    await answer.bytes(65_536);
  }

  /** A reset or a refusal inside the forward is a lost forward; a slow answer is a slow Loki. */
  #mapped(error: unknown): AppError {
    const mapped = throughClusterFailure(error, this.#options.client.connection.host);
    if (isAppError(error) || !hasCode(mapped, "cluster.unreachable")) return mapped;
    return new AppError("forward.lost", { pod: this.#authority(), problem: mapped.params.problem }, { cause: error });
  }

  /** Only for the Host header: the connection itself is made by the target. */
  #authority(): string {
    return "loki";
  }

  #prefix(): string {
    return this.#options.pathPrefix.replace(/\/+$/, "");
  }

  #path(request: Pick<TransportRequest, "path" | "query">): string {
    const query = request.query?.toString() ?? "";
    return `${this.#prefix()}${request.path}${query === "" ? "" : `?${query}`}`;
  }

  #target(role: LokiRole): ForwardTarget {
    const target = this.#targets.get(role);
    if (target === undefined) throw new AppError("sites.no-route", { role });
    return target;
  }
}

function isLost(error: unknown): boolean {
  return hasCode(error, "forward.lost") || hasCode(error, "cluster.gone");
}

function connector(target: ForwardTarget, signal: AbortSignal): NonNullable<ClientOptions["createConnection"]> {
  type Connected = (...result: [null, Duplex] | [Error, null]) => void;
  const connect = async (options: { readonly timeout?: number }, callback: Connected): Promise<void> => {
    let stream: Duplex;
    try {
      stream = await target.connect(signal);
    } catch (error) {
      callback(error instanceof Error ? error : new Error(String(error)), null);
      return;
    }
    if ("setTimeout" in stream && typeof stream.setTimeout === "function") stream.setTimeout(options.timeout ?? 0);
    callback(null, stream);
  };
  const create = (options: { readonly timeout?: number }, callback: Connected): undefined => {
    void connect(options, callback);
  };
  // Node's http client takes a connector that calls back later and returns nothing, which its types do not say.
  return create as unknown as NonNullable<ClientOptions["createConnection"]>;
}
