import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import { stringify } from "yaml";
import type { KeyPair } from "./test-certificates.ts";

/** A recorded request and answer of a real API server. */
export interface Recording {
  readonly request: { readonly method: string; readonly path: string };
  readonly response: { readonly status: number; readonly headers: Record<string, string>; readonly body: unknown };
}

export function kubernetesRecording(name: string): Recording {
  const url = new URL(`../fixtures/kubernetes/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, "utf8"));
}

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly rawHeaders: readonly string[];
  readonly body: string;
  /** Common name of the client's certificate. */
  readonly client: string | undefined;
}

export type ApiHandler = (request: SeenRequest, response: ServerResponse) => void | Promise<void>;
export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** A TLS server that answers as an API server does: from recordings, and from handlers of the test. Nothing else is there (404). */
export class KubernetesApi implements AsyncDisposable {
  readonly requests: SeenRequest[] = [];
  readonly #server: Server;
  readonly #routes: { readonly method: string; readonly path: RegExp; readonly handler: ApiHandler }[] = [];
  readonly #sockets = new Set<Duplex>();
  connections = 0;
  upgrade: UpgradeHandler = (_request, socket) => socket.destroy();

  private constructor(server: Server) {
    this.#server = server;
    server.on("request", (request: IncomingMessage, response: ServerResponse) => void this.#answer(request, response));
    server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) =>
      this.upgrade(request, socket, head),
    );
    server.on("secureConnection", (socket: TLSSocket) => {
      this.connections += 1;
      this.#sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => this.#sockets.delete(socket));
    });
    server.on("tlsClientError", () => undefined);
  }

  static async start(pair: KeyPair, options: { readonly clientCa?: string } = {}): Promise<KubernetesApi> {
    const clients =
      options.clientCa === undefined ? {} : { requestCert: true, rejectUnauthorized: false, ca: options.clientCa };
    const server = createServer({ key: pair.key, cert: pair.certificate, ...clients });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    return new KubernetesApi(server);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `https://127.0.0.1:${this.port}`;
  }

  /** Later routes win over earlier ones, so that a test overrides what it needs. `path` is matched against path and query. */
  on(method: string, path: RegExp, handler: ApiHandler): this {
    this.#routes.unshift({ method, path, handler });
    return this;
  }

  json(method: string, path: RegExp, statusCode: number, body: unknown): this {
    return this.on(method, path, (_request, response) => sendJson(response, statusCode, body));
  }

  /** Answers with a recording; without a path of its own at the path it was recorded from, whatever the query. */
  recorded(name: string, path?: RegExp): this {
    const { request, response } = kubernetesRecording(name);
    const at = path ?? new RegExp(`^${escape(request.path.split("?")[0] ?? "")}(\\?.*)?$`);
    return this.json(request.method, at, response.status, response.body);
  }

  /** The namespace `loki` of the recordings: version, pods and services, by namespace and over all of them. */
  lokiNamespace(): this {
    return this.recorded("version")
      .recorded("list-namespaces")
      .recorded("list-pods")
      .recorded("list-services")
      .recorded("list-pods", /^\/api\/v1\/pods\?/)
      .recorded("list-services", /^\/api\/v1\/services\?/)
      .recorded("get-configmap-runtime")
      .recorded("whoami");
  }

  /** Access reviews, decided by `verb resource[/subresource]`. */
  accessReviews(allowed: (question: string) => boolean): this {
    return this.on("POST", /selfsubjectaccessreviews$/, (request, response) => {
      const review = JSON.parse(request.body) as { spec: { resourceAttributes: Record<string, string> } };
      const { verb, resource, subresource } = review.spec.resourceAttributes;
      const question = `${verb} ${resource}${subresource === undefined ? "" : `/${subresource}`}`;
      sendJson(response, 201, { ...review, status: { allowed: allowed(question) } });
    });
  }

  kubeconfig(
    ca: string,
    user: Readonly<Record<string, unknown>>,
    cluster: Readonly<Record<string, unknown>> = {},
  ): string {
    return stringify({
      apiVersion: "v1",
      kind: "Config",
      "current-context": "test",
      clusters: [
        {
          name: "c",
          cluster: { server: this.url, "certificate-authority-data": Buffer.from(ca).toString("base64"), ...cluster },
        },
      ],
      users: [{ name: "u", user }],
      contexts: [{ name: "test", context: { cluster: "c", user: "u" } }],
    });
  }

  /** Cuts every connection without a word, as a network that goes away. */
  cutAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const socket = request.socket as TLSSocket;
    const seen: SeenRequest = {
      method: request.method ?? "",
      path: request.url ?? "",
      headers: request.headers,
      rawHeaders: request.rawHeaders,
      body: Buffer.concat(pieces).toString("utf8"),
      client: [socket.getPeerCertificate().subject?.CN].flat()[0],
    };
    this.requests.push(seen);
    const route = this.#routes.find(({ method, path }) => method === seen.method && path.test(seen.path));
    if (route !== undefined) return route.handler(seen, response);
    sendJson(response, 404, status(404, "NotFound", "the server could not find the requested resource"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cutAll();
    await new Promise<void>((done) => this.#server.close(() => done()));
  }
}

export function sendJson(response: ServerResponse, statusCode: number, body: unknown): void {
  response.writeHead(statusCode, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

/** A failure in the form of the recorded ones. */
export function status(code: number, reason: string, message: string): object {
  return { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message, reason, code };
}

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
