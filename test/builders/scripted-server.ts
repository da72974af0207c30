import { createServer, type AddressInfo, type Server, type Socket } from "node:net";

/** A TCP server whose connections are answered by a script: for answers that no proper HTTP server would give. */
export class ScriptedServer implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Heads of the requests that came. */
  readonly heads: string[] = [];
  /** Connections that were closed. */
  closed = 0;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** `script` is called with every request's head. */
  static async start(script: (socket: Socket, head: string, server: ScriptedServer) => void): Promise<ScriptedServer> {
    const server = createServer();
    const scripted = new ScriptedServer(server);
    server.on("connection", (socket) => {
      scripted.#sockets.add(socket);
      socket.on("close", () => {
        scripted.#sockets.delete(socket);
        scripted.closed++;
      });
      socket.on("error", () => {});
      let received = "";
      socket.on("data", (data) => {
        received += data.toString("latin1");
        const end = received.indexOf("\r\n\r\n");
        if (end < 0) return;
        const head = received.slice(0, end);
        received = received.slice(end + 4);
        scripted.heads.push(head);
        script(socket, head, scripted);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return scripted;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get connections(): number {
    return this.#sockets.size;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

/** A whole HTTP answer. */
export function httpAnswer(
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string | Buffer = "",
): Buffer {
  const bytes = Buffer.from(body);
  const lines = Object.entries({ "content-length": `${bytes.length}`, ...headers }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  return Buffer.concat([Buffer.from(`HTTP/1.1 ${status} X\r\n${lines.join("\r\n")}\r\n\r\n`), bytes]);
}
