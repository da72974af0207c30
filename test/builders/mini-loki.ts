import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocketServer, type WebSocket } from "ws";
import { formatLabelSet } from "../../src-shared/model/labels.ts";
import { miniQuery, MiniQueryError, type MiniEntry, type MiniRow } from "./mini-loki-query.ts";

export interface MiniLokiOptions {
  readonly entries?: readonly MiniEntry[];
  readonly maxEntries?: number;
  /** Whether `drilldown-limits` is served. */
  readonly publishesLimits?: boolean;
  /** Given anew for every request: how entries of one instant are ordered, and so which of them a limit cuts off. */
  readonly tieOrder?: (entry: MiniEntry, request: number) => number;
  /** Entries that end a chunk: not returned by a query that starts at their time (a bug of Loki 3.7). */
  readonly endsChunk?: (entry: MiniEntry) => boolean;
}

export interface MiniRequest {
  readonly path: string;
  readonly params: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
}

/**
 * A small Loki over a list of entries, honest about what matters to a reader: ranges, limits and their refusals, direction,
 * categorised labels, arbitrary order among equal times, `stats`, and a tail that can be cut, closed and refused.
 */
export class MiniLoki implements AsyncDisposable {
  entries: MiniEntry[];
  readonly requests: MiniRequest[] = [];
  readonly tails: MiniTail[] = [];
  /** Answers a request instead of Loki when it returns true. */
  intercept: ((request: MiniRequest, response: ServerResponse) => boolean) | null = null;
  /** The answer to an upgrade instead of 101. */
  refuseTail: { readonly status: number; readonly text: string } | null = null;
  readonly #options: MiniLokiOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #listeners: (() => void)[] = [];

  private constructor(options: MiniLokiOptions, server: Server) {
    this.#options = options;
    this.#server = server;
    this.entries = [...(options.entries ?? [])];
    server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
    });
    server.on("request", (request, response) => {
      void this.#answer(request, response);
    });
    const upgrades = new WebSocketServer({ noServer: true });
    server.on("upgrade", (request, socket, head) => this.#upgrade(upgrades, request, socket, head));
  }

  static async start(options: MiniLokiOptions = {}): Promise<MiniLoki> {
    const server = createServer();
    const loki = new MiniLoki(options, server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return loki;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Connections that are open now. */
  get connections(): number {
    return this.#sockets.size;
  }

  /** Stores entries and sends them to whoever follows. */
  push(...entries: MiniEntry[]): void {
    this.entries.push(...entries);
    for (const tail of this.tails) tail.send(entries);
  }

  /** The tail with this number, once it is there. */
  async tail(index: number): Promise<MiniTail> {
    for (;;) {
      const tail = this.tails[index];
      if (tail !== undefined) return tail;
      await new Promise<void>((resolve) => this.#listeners.push(resolve));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://mini");
    const params = new URLSearchParams(url.search);
    if (request.method === "POST") {
      let body = "";
      for await (const piece of request) body += String(piece);
      for (const [name, value] of new URLSearchParams(body)) params.append(name, value);
    }
    const asked: MiniRequest = { path: url.pathname, params, headers: request.headers };
    this.requests.push(asked);
    if (this.intercept?.(asked, response) === true) return;
    try {
      const answer = this.#route(asked);
      if (answer === null) text(response, 404, "404 page not found\n");
      else {
        response.writeHead(200, { "content-type": "application/json; charset=UTF-8" });
        response.end(JSON.stringify(answer));
      }
    } catch (error) {
      if (!(error instanceof MiniQueryError)) throw error;
      text(response, 400, error.message);
    }
  }

  #route({ path, params, headers }: MiniRequest): unknown {
    if (headers["x-scope-orgid"] === undefined) throw new MiniQueryError("no org id");
    switch (path) {
      case "/loki/api/v1/query_range":
        return this.#queryRange(params, headers["x-loki-response-encoding-flags"] === "categorize-labels");
      case "/loki/api/v1/series": {
        const { selects } = miniQuery(params.get("match[]") ?? "");
        const found = new Map<string, MiniEntry["labels"]>();
        for (const { labels } of this.entries.filter(selects)) found.set(formatLabelSet(labels), labels);
        return { status: "success", data: [...found.values()] };
      }
      case "/loki/api/v1/labels":
        return {
          status: "success",
          data: [...new Set(this.entries.flatMap(({ labels }) => Object.keys(labels)))].sort(),
        };
      case "/loki/api/v1/label/app/values":
        return { status: "success", data: [...new Set(this.entries.map(({ labels }) => labels["app"] ?? ""))].sort() };
      case "/loki/api/v1/index/stats": {
        const { selects } = miniQuery(params.get("query") ?? "");
        const some = this.entries.filter((entry) => selects(entry) && within(entry, params));
        const streams = new Set(some.map(({ labels }) => formatLabelSet(labels))).size;
        return { streams, chunks: streams, bytes: some.length * 100, entries: some.length };
      }
      case "/loki/api/v1/drilldown-limits":
        if (this.#options.publishesLimits !== true) return null;
        return { limits: { max_entries_limit_per_query: this.#options.maxEntries ?? 5_000, max_query_lookback: "0s" } };
      default:
        return null;
    }
  }

  #queryRange(params: URLSearchParams, categorize: boolean): unknown {
    const max = this.#options.maxEntries ?? 5_000;
    const limit = Number(params.get("limit") ?? "100");
    if (limit > max) {
      throw new MiniQueryError(
        `max entries limit per query exceeded, limit > max_entries_limit_per_query (${limit} > ${max})`,
      );
    }
    if (BigInt(params.get("end") ?? "0") <= BigInt(params.get("start") ?? "0")) {
      throw new MiniQueryError("end timestamp must not be before or equal to start time");
    }
    const query = miniQuery(params.get("query") ?? "");
    const start = BigInt(params.get("start") ?? "0");
    const scanned = this.entries.filter(
      (entry) =>
        query.selects(entry) &&
        within(entry, params) &&
        !(entry.ts === start && this.#options.endsChunk?.(entry) === true),
    );
    const rows = scanned
      .map((entry) => query.run({ entry, line: entry.line }))
      .filter((row) => row !== null)
      .toSorted((a, b) => this.#order(a, b, params.get("direction") === "forward"));
    const streams = new Set(scanned.map(({ labels }) => formatLabelSet(labels))).size;
    const returned = rows.slice(0, limit);
    return {
      status: "success",
      data: {
        resultType: "streams",
        ...(categorize ? { encodingFlags: ["categorize-labels"] } : {}),
        result: grouped(returned, categorize),
        stats: miniStats(streams, scanned.length, returned.length),
      },
    };
  }

  #order(a: MiniRow, b: MiniRow, forward: boolean): number {
    if (a.entry.ts !== b.entry.ts) return a.entry.ts < b.entry.ts === forward ? -1 : 1;
    const order = this.#options.tieOrder;
    return order === undefined ? 0 : order(a.entry, this.requests.length) - order(b.entry, this.requests.length);
  }

  #upgrade(upgrades: WebSocketServer, request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const url = new URL(request.url ?? "/", "http://mini");
    this.requests.push({ path: url.pathname, params: url.searchParams, headers: request.headers });
    if (this.refuseTail !== null) {
      const { status, text: body } = this.refuseTail;
      const length = Buffer.byteLength(body);
      socket.end(
        `HTTP/1.1 ${status} Refused\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: ${length}\r\n\r\n${body}`,
      );
      return;
    }
    upgrades.handleUpgrade(request, socket, head, (webSocket) => {
      const tail = new MiniTail(webSocket, socket, url.searchParams);
      this.tails.push(tail);
      const query = miniQuery(url.searchParams.get("query") ?? "");
      const start = BigInt(url.searchParams.get("start") ?? "0");
      const history = this.entries
        .filter((entry) => query.selects(entry) && entry.ts >= start)
        .toSorted((a, b) => (a.ts < b.ts ? -1 : 1))
        .slice(-Number(url.searchParams.get("limit") ?? "100"));
      tail.send(history);
      for (const wake of this.#listeners.splice(0)) wake();
    });
  }
}

export class MiniTail {
  readonly params: URLSearchParams;
  readonly #socket: WebSocket;
  readonly #duplex: Duplex;
  readonly #query: ReturnType<typeof miniQuery>;

  constructor(socket: WebSocket, duplex: Duplex, params: URLSearchParams) {
    this.#socket = socket;
    this.#duplex = duplex;
    this.params = params;
    this.#query = miniQuery(params.get("query") ?? "");
  }

  /** Entries as Loki sends them: each a stream of its own, at most 100 in a frame. */
  send(entries: readonly MiniEntry[], dropped: readonly MiniEntry[] = []): void {
    const rows = entries
      .filter(this.#query.selects)
      .map((entry) => this.#query.run({ entry, line: entry.line }))
      .filter((row) => row !== null);
    for (let from = 0; from < rows.length || (from === 0 && dropped.length > 0); from += 100) {
      this.raw(
        JSON.stringify({
          streams: rows
            .slice(from, from + 100)
            .map((row) => ({ stream: row.entry.labels, values: [valueOf(row, true)] })),
          ...(from === 0 && dropped.length > 0
            ? { dropped_entries: dropped.map(({ ts, labels }) => ({ timestamp: `${ts}`, labels })) }
            : {}),
          encodingFlags: ["categorize-labels"],
        }),
      );
    }
  }

  raw(frame: string): void {
    if (this.#socket.readyState === 1) this.#socket.send(frame);
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  /** Cuts the connection without a closing frame. */
  cut(): void {
    this.#duplex.destroy();
  }

  /** Sends the beginning of a frame and cuts the connection in its middle. */
  cutInFrame(): void {
    // FIN + text, 126 bytes announced, three sent.
    this.#duplex.write(Buffer.from([0x81, 126, 0, 126, 0x7b, 0x22, 0x73]), () => this.#duplex.destroy());
  }

  /** Stops reading and answering, as a peer behind a dead link. */
  freeze(): void {
    this.#socket.pause();
  }

  get open(): boolean {
    return this.#socket.readyState === 1;
  }
}

/** `stats` of a healthy store that read `lines` lines out of one chunk a stream. */
export function miniStats(chunks: number, lines: number, returned: number): unknown {
  return {
    summary: {
      totalBytesProcessed: lines * 100,
      totalLinesProcessed: lines,
      execTime: 0.01,
      queueTime: 0,
      totalEntriesReturned: returned,
    },
    querier: {
      store: {
        totalChunksRef: chunks,
        totalChunksDownloaded: chunks,
        chunk: { headChunkBytes: 0, headChunkLines: 0, decompressedBytes: lines * 100, decompressedLines: lines },
      },
    },
    ingester: { totalChunksMatched: 0, store: { chunk: {} } },
  };
}

export function text(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" });
  response.end(body);
}

function within(entry: MiniEntry, params: URLSearchParams): boolean {
  return entry.ts >= BigInt(params.get("start") ?? "0") && entry.ts < BigInt(params.get("end") ?? "0");
}

function grouped(rows: readonly MiniRow[], categorize: boolean): unknown[] {
  const streams = new Map<string, { stream: Record<string, string>; values: unknown[] }>();
  for (const row of rows) {
    const stream = { ...row.entry.labels, ...(categorize ? {} : row.entry.metadata) };
    const key = formatLabelSet(stream);
    const found = streams.get(key) ?? { stream, values: [] };
    found.values.push(valueOf(row, categorize));
    streams.set(key, found);
  }
  return [...streams].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, stream]) => stream);
}

function valueOf({ entry, line }: MiniRow, categorize: boolean): unknown[] {
  const value: unknown[] = [`${entry.ts}`, line];
  if (categorize) value.push(entry.metadata === undefined ? {} : { structuredMetadata: entry.metadata });
  return value;
}
