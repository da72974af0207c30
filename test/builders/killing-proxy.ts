import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** When the process that asks dies: before its request is passed on, while it is on its way, or when it was done and not told. */
export type DeathPoint = "before" | "during" | "after";

/**
 * Stands between a program and an HTTP server and counts its requests; at one of them it kills the program. Passes everything on
 * as it is, so that signatures hold.
 */
export class KillingProxy implements AsyncDisposable {
  requests = 0;
  readonly #target: URL;
  readonly #server = createServer((incoming, outgoing) => this.#pass(incoming, outgoing));
  #order: { readonly at: number; readonly point: DeathPoint; readonly kill: () => void } | null = null;

  constructor(endpoint: string) {
    this.#target = new URL(endpoint);
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  /** Counts from now on. */
  killAt(at: number, point: DeathPoint, kill: () => void): void {
    this.requests = 0;
    this.#order = { at, point, kill };
  }

  spare(): void {
    this.#order = null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #pass(incoming: IncomingMessage, outgoing: ServerResponse): void {
    this.requests += 1;
    const order = this.#order !== null && this.requests === this.#order.at ? this.#order : null;
    if (order?.point === "before") {
      order.kill();
      incoming.destroy();
      return;
    }
    const { hostname, port } = this.#target;
    const { method, url, rawHeaders } = incoming;
    const onward = request({ hostname, port, method, path: url, headers: rawHeaders }, (answer) => {
      if (order?.point === "after") {
        order.kill();
        answer.resume();
        return;
      }
      outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(outgoing);
    });
    // Of a client that died, or a server that hung up: the other side sees it as it is.
    onward.on("error", () => outgoing.destroy());
    outgoing.on("close", () => onward.destroy());
    incoming.on("error", () => onward.destroy());
    incoming.pipe(onward);
    if (order?.point === "during") order.kill();
  }
}
