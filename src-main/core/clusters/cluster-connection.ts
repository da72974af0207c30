import type { Socket } from "node:net";
import type { Readable } from "node:stream";
import { TLSSocket } from "node:tls";
import { Agent, type Dispatcher } from "undici";
import type { ClientOptions } from "ws";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import type { Logger } from "../common/logger.ts";
import { readBody } from "./adapters/http-body.ts";
import { HttpTimeoutError } from "./adapters/http-failure.ts";
import { sendHttp } from "./adapters/http-request.ts";
import { ClusterCredentials, type ClusterCredential } from "./cluster-credentials.ts";
import { certificateEvidence, ClusterDialer, type CertificateEvidence, type DialerOptions } from "./cluster-dialer.ts";
import { clusterFailure } from "./cluster-failure.ts";
import type { ExecPlugins } from "./exec-plugin.ts";
import type { UsableContext } from "./kubeconfig-model.ts";
import { statusFailure, type RequestSubject } from "./kubernetes-status.ts";
import type { TransportResponse } from "./loki-transport.ts";
import type { ClientCertificate } from "./tls-material.ts";

/** Watches, followed logs and proxied queries each hold a connection of HTTP/1.1. */
const MAX_CONNECTIONS = 256;
const MAX_REFUSAL_BYTES = 65_536;

export interface ConnectionOptions extends DialerOptions {
  readonly plugins: ExecPlugins;
  readonly logger: Logger;
}

export interface ClusterRequest {
  readonly method: Dispatcher.HttpMethod;
  /** From the root of the API server: `/api/v1/pods?limit=1`. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly signal: AbortSignal;
  /** Until the first byte of the answer, and between two pieces of its body. Milliseconds. */
  readonly timeoutMs: number;
  /** What a failure to send or to read becomes; errors of `cluster.*` when left out. */
  readonly mapFailure?: (error: unknown) => Error;
}

/** What `ws` needs to open a socket on this way. */
export interface SocketWay {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly options: ClientOptions;
  readonly credential: ClusterCredential;
}

/** How undici and `node:http` are told that a connection stands. */
type Connected = (...result: [null, Socket] | [Error, null]) => void;

/**
 * The way to one API server: one pool of connections, authentication on every request, one new attempt with a new
 * credential after a 401. Answers are handed on as they are; failures to reach are `cluster.*`, `plugin.*`, `oidc.failed`
 * and `kubeconfig.context-broken`.
 */
export class ClusterConnection implements AsyncDisposable {
  readonly host: string;
  readonly #context: UsableContext;
  readonly #options: ConnectionOptions;
  readonly #credentials: ClusterCredentials;
  readonly #dialer: ClusterDialer;
  #pool: {
    readonly certificate: ClientCertificate | null;
    readonly dispatcher: Dispatcher;
    readonly agent: Agent;
  } | null = null;
  #disposed = false;

  constructor(context: UsableContext, options: ConnectionOptions) {
    this.#context = context;
    this.#options = options;
    this.host = context.cluster.server.host;
    this.#credentials = new ClusterCredentials(context, options.plugins, options.clock, options.logger);
    this.#dialer = new ClusterDialer(context, options);
  }

  get proxy(): string | null {
    return this.#dialer.proxy;
  }

  adopt(context: UsableContext): void {
    this.#credentials.adopt(context);
  }

  /** Only makes sure that there is a credential: runs the plugin or the refresh where that is needed. */
  async authenticate(): Promise<ClusterCredential> {
    return this.#credentials.get();
  }

  /** One TLS handshake without a client certificate; `null` for a server without TLS. */
  async handshake(): Promise<CertificateEvidence | null> {
    try {
      const socket = await this.#dialer.dial(null);
      const evidence = socket instanceof TLSSocket ? certificateEvidence(socket) : null;
      socket.destroy();
      return evidence;
    } catch (error) {
      throw clusterFailure(error, this.host);
    }
  }

  async send(request: ClusterRequest): Promise<TransportResponse> {
    return this.#twiceOn401(
      (credential) =>
        sendHttp({
          dispatcher: this.#dispatcher(credential.clientCertificate),
          origin: this.#context.cluster.server.origin,
          path: this.#path(request.path),
          method: request.method,
          headers: { ...request.headers, ...authorization(credential) },
          ...(request.body === undefined ? {} : { body: request.body }),
          signal: request.signal,
          timeoutMs: request.timeoutMs,
          clock: this.#options.clock,
          mapFailure: request.mapFailure ?? ((error) => clusterFailure(error, this.host)),
        }),
      (answer) => answer.status,
      (answer) => answer.cancel(),
    );
  }

  /**
   * A request whose answer is read as it comes: a watch, a followed log. `timeoutMs` counts until the first byte;
   * `silenceMs` between two pieces of the body. Anything but 200 rejects.
   */
  async stream(request: ClusterRequest, subject: RequestSubject, silenceMs: number): Promise<Readable> {
    const answer = await this.#twiceOn401(
      (credential) => this.#openStream(request, credential, silenceMs),
      ({ statusCode }) => statusCode,
      async ({ body }) => {
        body.on("error", () => undefined);
        body.destroy();
      },
    );
    if (answer.statusCode === 200) return answer.body;
    const bytes = await readBody(answer.body, MAX_REFUSAL_BYTES, () => undefined).catch((error: unknown) => {
      throw clusterFailure(error, this.host);
    });
    throw statusFailure(answer.statusCode, bytes, subject, this.host, answer.headers["retry-after"]?.toString() ?? "");
  }

  async #openStream(
    request: ClusterRequest,
    credential: ClusterCredential,
    silenceMs: number,
  ): Promise<Dispatcher.ResponseData> {
    const firstByte = new AbortController();
    const cancel = this.#options.clock.after(request.timeoutMs, () =>
      firstByte.abort(new HttpTimeoutError(request.timeoutMs)),
    );
    try {
      request.signal.throwIfAborted();
      return await this.#dispatcher(credential.clientCertificate).request({
        origin: this.#context.cluster.server.origin,
        path: this.#path(request.path),
        method: request.method,
        headers: { ...request.headers, ...authorization(credential) },
        body: request.body ?? null,
        signal: AbortSignal.any([request.signal, firstByte.signal]),
        headersTimeout: 0,
        bodyTimeout: silenceMs,
      });
    } catch (error) {
      if (request.signal.aborted) throw new AppError("request.cancelled", {}, { cause: error });
      throw clusterFailure(firstByte.signal.aborted ? firstByte.signal.reason : error, this.host);
    } finally {
      cancel();
    }
  }

  /** URL, headers and connector of a WebSocket to a path. */
  async socketWay(path: string): Promise<SocketWay> {
    const credential = await this.#credentials.get();
    const { server } = this.#context.cluster;
    return {
      url: `${server.protocol === "https:" ? "wss:" : "ws:"}//${server.host}${this.#path(path)}`,
      headers: { ...authorization(credential), ...this.#impersonation() },
      options: {
        createConnection: this.#socketConnector(credential.clientCertificate),
        perMessageDeflate: false,
        followRedirects: false,
      },
      credential,
    };
  }

  /** Called when a WebSocket was refused with 401; true when a new attempt may fare better. */
  refused(way: SocketWay): boolean {
    return this.#credentials.refused(way.credential);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    await this.#pool?.agent.destroy();
    this.#pool = null;
  }

  async #twiceOn401<Answer>(
    attempt: (credential: ClusterCredential) => Promise<Answer>,
    status: (answer: Answer) => number,
    drop: (answer: Answer) => Promise<void>,
  ): Promise<Answer> {
    const credential = await this.#credentials.get();
    const answer = await attempt(credential);
    if (status(answer) !== 401 || !this.#credentials.refused(credential)) return answer;
    await drop(answer);
    return attempt(await this.#credentials.get());
  }

  #path(path: string): string {
    return `${this.#context.cluster.server.pathname.replace(/\/+$/, "")}${path}`;
  }

  #impersonation(): Record<string, string> {
    const { impersonate } = this.#context.user;
    if (impersonate === null) return {};
    return {
      "Impersonate-User": impersonate.user,
      ...(impersonate.uid === null ? {} : { "Impersonate-Uid": impersonate.uid }),
    };
  }

  /** A new certificate means a new pool: connections of the old one finish what they do and close. */
  #dispatcher(certificate: ClientCertificate | null): Dispatcher {
    if (this.#disposed) throw new AppError("request.cancelled", {});
    const current = this.#pool;
    if (current !== null && sameCertificate(current.certificate, certificate)) return current.dispatcher;
    void current?.agent.close();
    const agent = new Agent({
      connections: MAX_CONNECTIONS,
      pipelining: 1,
      allowH2: false,
      keepAliveTimeout: 30_000,
      connect: (_options, callback) => {
        void this.#dialBack(certificate, callback);
      },
    });
    const impersonation = Object.entries(this.#impersonation()).flat();
    const groups = (this.#context.user.impersonate?.groups ?? []).flatMap((group) => ["Impersonate-Group", group]);
    const extra = [...impersonation, ...groups];
    const dispatcher =
      extra.length === 0
        ? agent
        : agent.compose(
            (next) => (options, handler) =>
              next({ ...options, headers: [...flatHeaders(options.headers), ...extra] }, handler),
          );
    this.#pool = { certificate, dispatcher, agent };
    return dispatcher;
  }

  #socketConnector(certificate: ClientCertificate | null): NonNullable<ClientOptions["createConnection"]> {
    const connector = (options: { readonly timeout?: number }, callback: Connected): undefined => {
      void this.#dialBack(certificate, (...result) => {
        // node:http sets its time limit only on sockets that it has made itself.
        if (result[1] !== null && options.timeout !== undefined) result[1].setTimeout(options.timeout);
        callback(...result);
      });
    };
    // Node's http client takes a connector that calls back later and returns nothing, which its types do not say.
    return connector as unknown as NonNullable<ClientOptions["createConnection"]>;
  }

  async #dialBack(certificate: ClientCertificate | null, callback: Connected): Promise<void> {
    let socket: Socket;
    try {
      socket = await this.#dialer.dial(certificate);
    } catch (error) {
      callback(error instanceof Error ? error : new Error(String(error)), null);
      return;
    }
    callback(null, socket);
  }
}

function authorization(credential: ClusterCredential): Record<string, string> {
  return credential.authorization === null ? {} : { authorization: credential.authorization };
}

function sameCertificate(a: ClientCertificate | null, b: ClientCertificate | null): boolean {
  return a?.certificate === b?.certificate && a?.key === b?.key;
}

function flatHeaders(headers: Dispatcher.DispatchOptions["headers"]): string[] {
  if (headers === null || headers === undefined) return [];
  if (Array.isArray(headers)) return headers.map(String);
  return Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [name, String(value)]));
}
