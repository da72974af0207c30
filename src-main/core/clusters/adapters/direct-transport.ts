import { Agent } from "undici";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { LokiRole } from "../../../../src-shared/api/sites.api.ts";
import type { Clock } from "../../common/clock.ts";
import type { LokiTransport, TransportRequest, TransportResponse, TransportSocket } from "../loki-transport.ts";
import { authorizationHeader, type DirectAuth, type SecretLookup } from "./direct-credentials.ts";
import { readTlsOptions, type DirectTls, type TlsOptions } from "./direct-tls.ts";
import { lokiReachError } from "./http-failure.ts";
import { sendHttp } from "./http-request.ts";
import { openHttpSocket } from "./http-socket.ts";

export interface DirectTransportOptions {
  /** `http(s)://host[:port][/prefix]`; the prefix is kept in front of every path. */
  readonly url: string;
  /** Where tail is served, when not at `url`. */
  readonly tailUrl?: string;
  readonly auth: DirectAuth;
  readonly secret: SecretLookup;
  readonly tls?: DirectTls;
  /** Sent with every request; the tenant header is not for here. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly clock: Clock;
  /** Milliseconds until a connection must stand. */
  readonly connectTimeoutMs?: number;
  /** Connections kept open to the site at most. */
  readonly maxConnections?: number;
}

/** A Loki reached by its URL, with one connection pool a site. */
export function createDirectTransport(options: DirectTransportOptions): LokiTransport {
  const tenantHeader = Object.keys(options.headers ?? {}).find((name) => name.toLowerCase() === "x-scope-orgid");
  if (tenantHeader !== undefined) {
    throw new AppError("sites.invalid", { field: "headers", problem: tenantHeader });
  }
  return new DirectTransport(options);
}

class DirectTransport implements LokiTransport {
  readonly #options: DirectTransportOptions;
  readonly #url: URL;
  readonly #tailUrl: URL;
  #tls: Promise<TlsOptions> | null = null;
  #agent: Promise<Agent> | null = null;
  #disposed = false;

  constructor(options: DirectTransportOptions) {
    this.#options = options;
    this.#url = parsedUrl(options.url, "url");
    this.#tailUrl = options.tailUrl === undefined ? this.#url : parsedUrl(options.tailUrl, "tailUrl");
  }

  describe(role: LokiRole): string {
    const url = this.#base(role);
    return `${url.protocol}//${url.host}${prefix(url)}`;
  }

  async request(request: TransportRequest): Promise<TransportResponse> {
    const url = this.#base(request.role);
    const headers = await this.#headers(url, request.headers);
    return sendHttp({
      dispatcher: await this.#pool(),
      origin: `${url.protocol}//${url.host}`,
      path: pathWithQuery(url, request.path, request.query),
      method: request.method,
      headers: { "accept-encoding": "gzip", ...headers },
      ...(request.body === undefined ? {} : { body: request.body }),
      signal: request.signal,
      timeoutMs: request.timeoutMs,
      clock: this.#options.clock,
      mapFailure: (error) => lokiReachError(error, url.host),
    });
  }

  async socket(request: Omit<TransportRequest, "method" | "body">): Promise<TransportSocket> {
    const url = this.#base(request.role);
    const scheme = url.protocol === "https:" ? "wss:" : "ws:";
    return openHttpSocket({
      url: `${scheme}//${url.host}${pathWithQuery(url, request.path, request.query)}`,
      headers: await this.#headers(url, request.headers),
      options: { ...(await this.#tlsOptions()) },
      signal: request.signal,
      timeoutMs: request.timeoutMs,
      clock: this.#options.clock,
      mapFailure: (error) => lokiReachError(error, url.host),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    const agent = await this.#agent?.catch(() => null);
    await agent?.destroy();
  }

  #base(role: LokiRole): URL {
    return role === "tail" ? this.#tailUrl : this.#url;
  }

  async #headers(url: URL, headers: Readonly<Record<string, string>> | undefined): Promise<Record<string, string>> {
    const { auth, secret } = this.#options;
    return { ...this.#options.headers, ...(await authorizationHeader(auth, secret, url)), ...headers };
  }

  #tlsOptions(): Promise<TlsOptions> {
    this.#tls ??= readTlsOptions(this.#options.tls).catch((error: unknown) => {
      // A file put right is read again with the next request.
      this.#tls = null;
      throw error;
    });
    return this.#tls;
  }

  #pool(): Promise<Agent> {
    if (this.#disposed) throw new AppError("request.cancelled", {});
    this.#agent ??= this.#tlsOptions().then(
      (tls) =>
        new Agent({
          connections: this.#options.maxConnections ?? 16,
          pipelining: 1,
          allowH2: false,
          connect: { ...tls, timeout: this.#options.connectTimeoutMs ?? 10_000 },
        }),
      (error: unknown) => {
        this.#agent = null;
        throw error;
      },
    );
    return this.#agent;
  }
}

function parsedUrl(text: string, field: string): URL {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) {
    throw new AppError("sites.invalid", { field, problem: "http(s)://host[:port][/prefix]" });
  }
  return url;
}

function prefix(url: URL): string {
  return url.pathname.replace(/\/+$/, "");
}

function pathWithQuery(url: URL, path: string, query: URLSearchParams | undefined): string {
  const text = query?.toString() ?? "";
  return text === "" ? `${prefix(url)}${path}` : `${prefix(url)}${path}?${text}`;
}
