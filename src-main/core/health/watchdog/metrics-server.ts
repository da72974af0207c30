import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { AppError } from "../../../../src-shared/errors/app-error.ts";

export interface MetricsServerOptions {
  readonly host: string;
  readonly port: number;
  readonly metrics: () => string;
  /** Whether the process does what it is for; else it is started again. */
  readonly healthy: () => boolean;
  /** Whether it can take part: it has read the lease, or leads and has seen a round. */
  readonly ready: () => boolean;
}

const EXPOSITION = "text/plain; version=0.0.4; charset=utf-8";
const PLAIN = "text/plain; charset=utf-8";

/** `/metrics`, `/healthz`, `/readyz`: only GET, only these, nothing that acts. */
export class MetricsServer implements AsyncDisposable {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** @throws AppError `request.invalid` for an address that cannot be listened on */
  static async start(options: MetricsServerOptions): Promise<MetricsServer> {
    const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000 }, (request, response) => {
      request.resume();
      answer(options, request.method ?? "", (request.url ?? "").split("?")[0] ?? "", response);
    });
    await new Promise<void>((resolve, reject) => {
      server.once("error", (error: NodeJS.ErrnoException) => {
        const problem = `${options.host}:${options.port} ${error.code ?? ""}`;
        reject(new AppError("request.invalid", { path: "--metrics-listen", problem }, { cause: error }));
      });
      server.listen(options.port, options.host, resolve);
    });
    return new MetricsServer(server);
  }

  get port(): number {
    // A server that listens on TCP has an address of this form.
    return (this.#server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

function answer(options: MetricsServerOptions, method: string, path: string, response: ServerResponse): void {
  const send = (status: number, text: string, type = PLAIN) => {
    response.writeHead(status, {
      "content-type": type,
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    });
    response.end(method === "HEAD" ? "" : text);
  };
  if (method !== "GET" && method !== "HEAD") {
    response.setHeader("allow", "GET, HEAD");
    send(405, "only GET\n");
  } else if (path === "/metrics") send(200, options.metrics(), EXPOSITION);
  else if (path === "/healthz") send(options.healthy() ? 200 : 503, options.healthy() ? "ok\n" : "stuck\n");
  else if (path === "/readyz") send(options.ready() ? 200 : 503, options.ready() ? "ready\n" : "not ready\n");
  else send(404, "not found\n");
}
