import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocketServer, type WebSocket } from "ws";
import { status, type KubernetesApi } from "./kubernetes-api.ts";

/** A pod's program: an HTTP server that says which pod it is, and a WebSocket at the tail path. */
export class PodProgram implements AsyncDisposable {
  readonly requests: { readonly method: string; readonly url: string; readonly headers: IncomingMessage["headers"] }[] =
    [];
  readonly tails: WebSocket[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  handler: (request: IncomingMessage, response: ServerResponse) => void = (_request, response) => {
    response.writeHead(200, { "content-type": "text/plain" });
    response.end(`from ${this.name}`);
  };

  readonly name: string;

  private constructor(name: string, server: Server) {
    this.name = name;
    this.#server = server;
    const sockets = new WebSocketServer({ noServer: true });
    server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
    });
    server.on("request", (request, response) => {
      this.requests.push({ method: request.method ?? "", url: request.url ?? "", headers: request.headers });
      this.handler(request, response);
    });
    server.on("upgrade", (request, socket, head) => {
      if (!request.url?.startsWith("/loki/api/v1/tail")) {
        socket.end(
          "HTTP/1.1 404 Not Found\r\ncontent-type: text/plain\r\ncontent-length: 18\r\n\r\n404 page not found",
        );
        return;
      }
      sockets.handleUpgrade(request, socket, head, (tail) => {
        this.tails.push(tail);
        tail.send(`hello from ${this.name}`);
      });
    });
  }

  static async start(name: string): Promise<PodProgram> {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    return new PodProgram(name, server);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const tail of this.tails) tail.terminate();
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((done) => this.#server.close(() => done()));
  }
}

/** The kubelet's side of an API server: forwards and proxies to the programs of pods, by pod name. */
export class PodNetwork {
  readonly #programs = new Map<string, PodProgram>();
  readonly #services = new Map<string, string>();
  readonly forwards: { readonly pod: string; readonly socket: WebSocket }[] = [];
  /** Subprotocols that are spoken here, best first. */
  protocols = ["v5.channel.k8s.io", "v4.channel.k8s.io"];
  /** Text for the error channel instead of a connection. */
  forwardError: string | null = null;

  constructor(api: KubernetesApi) {
    const sockets = new WebSocketServer({
      noServer: true,
      autoPong: true,
      handleProtocols: (offered) => this.protocols.find((name) => offered.has(name)) ?? false,
    });
    api.upgrade = (request, socket, head) => {
      const forward = /^\/api\/v1\/namespaces\/[^/]+\/pods\/([^/]+)\/portforward\?ports=(\d+)$/.exec(request.url ?? "");
      if (forward?.[1] === undefined) return this.#proxyUpgrade(request, socket, head);
      const program = this.#programs.get(forward[1]);
      if (program === undefined) return refuse(socket, 404, status(404, "NotFound", `pods "${forward[1]}" not found`));
      sockets.handleUpgrade(request, socket, head, (open) =>
        this.#forward(open, forward[1] ?? "", Number(forward[2]), program),
      );
    };
    api.on("GET", /\/proxy\//, (seen, response) => this.#proxy(seen.path, seen.headers, response));
  }

  add(program: PodProgram): void {
    this.#programs.set(program.name, program);
  }

  remove(name: string): void {
    this.#programs.delete(name);
    for (const { pod, socket } of this.forwards) if (pod === name) socket.terminate();
  }

  /** Which pod the service proxy leads to. */
  service(name: string, pod: string): void {
    this.#services.set(name, pod);
  }

  #forward(open: WebSocket, pod: string, port: number, program: PodProgram): void {
    this.forwards.push({ pod, socket: open });
    const preface = Buffer.alloc(3);
    preface.writeUInt16LE(port, 1);
    for (const channel of [0, 1]) {
      preface[0] = channel;
      open.send(Buffer.from(preface));
    }
    if (this.forwardError !== null) {
      open.send(Buffer.concat([Buffer.of(1), Buffer.from(this.forwardError)]));
      open.close(1_000);
      return;
    }
    const upstream = connect(program.port, "127.0.0.1");
    upstream.on("data", (data) => open.send(Buffer.concat([Buffer.of(0), data])));
    upstream.on("error", () => open.close(1_000));
    upstream.on("close", () => open.close(1_000));
    open.on("message", (data: Buffer) => {
      if (data[0] === 0) upstream.write(data.subarray(1));
      if (data[0] === 255 && data[1] === 0) upstream.end();
    });
    open.on("error", () => undefined);
    open.on("close", () => upstream.destroy());
  }

  #target(path: string): { readonly program: PodProgram; readonly inner: string } | string {
    const match =
      /^\/api\/v1\/namespaces\/[^/]+\/(services|pods)\/(?:https?:)?([^/:]+)(?::([^/]+))?\/proxy(\/.*)$/.exec(path);
    const name = match?.[2] ?? "";
    const pod = match?.[1] === "services" ? (this.#services.get(name) ?? "") : name;
    const program = this.#programs.get(pod);
    if (program === undefined) return `no endpoints available for service "${name}"`;
    return { program, inner: match?.[4] ?? "/" };
  }

  #proxy(path: string, headers: IncomingMessage["headers"], response: ServerResponse): void {
    const target = this.#target(path);
    if (typeof target === "string") {
      response.writeHead(503, { "content-type": "application/json" });
      response.end(JSON.stringify(status(503, "ServiceUnavailable", target)));
      return;
    }
    const { authorization: _mine, ...passed } = headers;
    const upstream = httpRequest({ port: target.program.port, path: target.inner, headers: passed }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    upstream.on("error", (error) => {
      response.writeHead(503, { "content-type": "application/json" });
      response.end(
        JSON.stringify(status(503, "ServiceUnavailable", `error trying to reach service: ${error.message}`)),
      );
    });
    upstream.end();
  }

  #proxyUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const target = this.#target(request.url ?? "");
    if (typeof target === "string") return refuse(socket, 503, status(503, "ServiceUnavailable", target));
    const upstream = connect(target.program.port, "127.0.0.1", () => {
      const lines = [`GET ${target.inner} HTTP/1.1`];
      for (let i = 0; i < request.rawHeaders.length; i += 2)
        lines.push(`${request.rawHeaders[i]}: ${request.rawHeaders[i + 1]}`);
      upstream.write(`${lines.join("\r\n")}\r\n\r\n`);
      upstream.write(head);
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on("error", () => socket.destroy());
    socket.on("error", () => upstream.destroy());
    socket.on("close", () => upstream.destroy());
  }
}

function refuse(socket: Duplex, code: number, body: object): void {
  const text = JSON.stringify(body);
  socket.end(
    `HTTP/1.1 ${code} Refused\r\ncontent-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n${text}`,
  );
}
