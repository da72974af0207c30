import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls, type PeerCertificate, type TLSSocket } from "node:tls";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import type { Clock } from "../common/clock.ts";
import type { UsableContext } from "./kubeconfig-model.ts";
import { chooseProxy } from "./proxy-choice.ts";
import { isUsableProxy, openTunnel, PROXY_SCHEMES } from "./proxy-tunnel.ts";
import { readPem, SecureContexts, type ClientCertificate } from "./tls-material.ts";

const KEEP_ALIVE_MS = 15_000;

export interface DialerOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  connectTimeoutMs(): number;
}

/**
 * Opens connections to one API server: through its proxy if it has one, with its CA, server name and client certificate.
 * One function for HTTP and WebSockets, so that both take the same way.
 */
export class ClusterDialer {
  readonly #context: UsableContext;
  readonly #options: DialerOptions;
  readonly #secureContexts = new SecureContexts();
  readonly #proxy: string | null;

  constructor(context: UsableContext, options: DialerOptions) {
    this.#context = context;
    this.#options = options;
    this.#proxy = chooseProxy(context.cluster.server, context.cluster.proxyUrl, options.environment);
  }

  get proxy(): string | null {
    return this.#proxy;
  }

  /** Rejects with a system, TLS or `ProxyError`, or with `kubeconfig.context-broken`. */
  async dial(client: ClientCertificate | null): Promise<Socket> {
    const { cluster, name } = this.#context;
    const timeout = new AbortController();
    const cancel = this.#options.clock.after(this.#options.connectTimeoutMs(), () => timeout.abort(timedOut()));
    try {
      const raw = this.#proxy === null ? null : await this.#tunnel(this.#proxy, timeout.signal);
      if (cluster.server.protocol === "http:") return await this.#plain(raw, timeout.signal);
      const ca = cluster.ca === null ? null : await readPem(cluster.ca, "certificate-authority", name);
      return await this.#secure(raw, ca, client, timeout.signal);
    } catch (error) {
      throw timeout.signal.aborted ? timeout.signal.reason : error;
    } finally {
      cancel();
    }
  }

  async #tunnel(proxy: string, signal: AbortSignal): Promise<Socket> {
    if (!isUsableProxy(proxy)) {
      const scheme = URL.parse(proxy)?.protocol ?? "";
      const problem = `proxy-url ${scheme} is not supported; supported: ${PROXY_SCHEMES.join(" ")}`;
      throw new AppError("kubeconfig.context-broken", { context: this.#context.name, problem });
    }
    return openTunnel(proxy, this.#target(), signal);
  }

  #target(): { readonly host: string; readonly port: number } {
    const { server } = this.#context.cluster;
    const port = server.port === "" ? (server.protocol === "https:" ? 443 : 80) : Number(server.port);
    return { host: server.hostname.replaceAll(/[[\]]/g, ""), port };
  }

  async #plain(raw: Socket | null, signal: AbortSignal): Promise<Socket> {
    if (raw !== null) return raw;
    return settled(connectTcp(this.#target()), "connect", signal);
  }

  #secure(
    raw: Socket | null,
    ca: string | null,
    client: ClientCertificate | null,
    signal: AbortSignal,
  ): Promise<TLSSocket> {
    const { cluster, name } = this.#context;
    const { host, port } = this.#target();
    const servername = cluster.tlsServerName ?? (isIP(host) === 0 ? host : null);
    const socket = connectTls({
      ...(raw === null ? { port } : { socket: raw }),
      host,
      ...(servername === null ? {} : { servername }),
      secureContext: this.#secureContexts.get(ca, client, name),
      rejectUnauthorized: !cluster.insecureSkipVerify,
      ALPNProtocols: ["http/1.1"],
    });
    return settled(socket, "secureConnect", signal);
  }
}

function settled<Connection extends Socket>(
  socket: Connection,
  event: string,
  signal: AbortSignal,
): Promise<Connection> {
  return new Promise((settle, fail) => {
    const end = (act: () => void) => {
      signal.removeEventListener("abort", onAbort);
      socket.off("error", onError).off("close", onClose);
      act();
    };
    const onError = (error: Error) => end(() => fail(error));
    const onClose = () => end(() => fail(Object.assign(new Error("closed while connecting"), { code: "ECONNRESET" })));
    const onAbort = () => {
      end(() => fail(timedOut()));
      socket.on("error", () => undefined);
      socket.destroy();
    };
    socket.once("error", onError).once("close", onClose);
    socket.once(event, () => {
      socket.setNoDelay(true).setKeepAlive(true, KEEP_ALIVE_MS);
      end(() => settle(socket));
    });
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
}

function timedOut(): Error {
  return Object.assign(new Error("connect timed out"), { code: "ETIMEDOUT" });
}

/** What the certificate says of itself, for a person: names are the peer's, so they are bounded. */
export interface CertificateEvidence {
  readonly subject: string;
  readonly issuer: string;
  readonly validToMs: number;
  readonly protocol: string;
}

export function certificateEvidence(socket: TLSSocket): CertificateEvidence {
  const certificate: Partial<PeerCertificate> = socket.getPeerCertificate();
  return {
    subject: nameOf(certificate.subject?.CN, certificate.subject?.O),
    issuer: nameOf(certificate.issuer?.CN, certificate.issuer?.O),
    validToMs: certificate.valid_to === undefined ? 0 : Date.parse(certificate.valid_to),
    protocol: socket.getProtocol() ?? "",
  };
}

function nameOf(...parts: readonly (string | string[] | undefined)[]): string {
  return (parts.flat().find((part) => part !== undefined && part !== "") ?? "").slice(0, 100);
}
