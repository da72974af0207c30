import type { IncomingMessage } from "node:http";
import { WebSocket, type ClientOptions, type RawData } from "ws";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { Clock } from "../../common/clock.ts";
import { plainText } from "../../common/plain-text.ts";
import type { TransportSocket } from "../loki-transport.ts";
import { readBody } from "./http-body.ts";

/** Longest message a tail may send: a frame holds at most 100 entries, an entry at most Loki's `max_line_size`. */
const MAX_MESSAGE_BYTES = 64 * 1_024 * 1_024;
const MAX_REFUSAL_BYTES = 16_384;

export interface HttpSocketRequest {
  /** `wss://host:port/path?query`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** TLS, `createConnection`, `agent`: what the way to the server needs. */
  readonly options: ClientOptions;
  readonly signal: AbortSignal;
  /** Until the upgrade is answered, and for an open socket the longest silence. Milliseconds. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly mapFailure: (error: unknown) => Error;
  /** What an answer other than 101 becomes when something in front of Loki gave it; `null` when it was Loki. */
  readonly mapRefusal?: (status: number, body: Uint8Array) => Error | null;
}

/**
 * Opens a WebSocket. An answer other than 101 rejects with `loki.tail-refused`. An open socket that shows no sign of life
 * (frame, ping or pong) for `timeoutMs` is cut and closes with 1006, so that a tail does not look alive after the laptop
 * slept; half way there it is pinged, so that a quiet server is not mistaken for a dead one.
 */
export async function openHttpSocket(request: HttpSocketRequest): Promise<TransportSocket> {
  if (request.signal.aborted) throw new AppError("request.cancelled", {});
  const socket = new WebSocket(request.url, {
    ...request.options,
    headers: { ...request.headers },
    handshakeTimeout: request.timeoutMs,
    followRedirects: false,
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
  });
  const early: string[] = [];
  const keepEarly = (data: RawData): void => {
    early.push(messageText(data));
  };
  // Loki sends history at once: what comes before the caller listens is kept.
  socket.on("message", keepEarly);
  await opened(socket, request);
  return new OpenSocket(socket, early, keepEarly, request);
}

function opened(socket: WebSocket, request: HttpSocketRequest): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      settle();
      socket.on("error", () => {});
      socket.terminate();
      reject(error);
    };
    const onAbort = (): void => fail(new AppError("request.cancelled", {}));
    const onError = (error: Error): void => fail(request.mapFailure(error));
    const onOpen = (): void => {
      settle();
      resolve();
    };
    const onRefused = (_request: unknown, response: IncomingMessage): void => {
      refusal(response, request).then(
        (error) => fail(error),
        (error: unknown) => fail(request.mapFailure(error)),
      );
    };
    const settle = (): void => {
      request.signal.removeEventListener("abort", onAbort);
      socket.off("error", onError).off("open", onOpen).off("unexpected-response", onRefused);
    };
    request.signal.addEventListener("abort", onAbort, { once: true });
    socket.on("error", onError).on("open", onOpen).on("unexpected-response", onRefused);
  });
}

async function refusal(response: IncomingMessage, request: HttpSocketRequest): Promise<Error> {
  const status = response.statusCode ?? 0;
  const bytes = await readBody(response, MAX_REFUSAL_BYTES, () => {});
  const reason = plainText(response.headers["content-type"] ?? "", bytes) ?? "";
  return request.mapRefusal?.(status, bytes) ?? new AppError("loki.tail-refused", { status, reason });
}

class OpenSocket implements TransportSocket {
  readonly #socket: WebSocket;
  readonly #request: HttpSocketRequest;
  readonly #early: string[];
  readonly #keepEarly: (data: RawData) => void;
  #closed: { readonly code: number; readonly reason: string } | null = null;
  #closeListener: ((close: { readonly code: number; readonly reason: string }) => void) | null = null;
  #silence = "";
  #paused = false;
  #stopTimer: () => void = () => {};

  constructor(socket: WebSocket, early: string[], keepEarly: (data: RawData) => void, request: HttpSocketRequest) {
    this.#socket = socket;
    this.#early = early;
    this.#keepEarly = keepEarly;
    this.#request = request;
    const onAbort = (): void => this.close();
    const alive = (): void => this.#arm(false);
    socket.on("message", alive).on("ping", alive).on("pong", alive);
    // What broke is told by the close that follows.
    socket.on("error", () => {});
    socket.on("close", (code, reason) => {
      this.#stopTimer();
      request.signal.removeEventListener("abort", onAbort);
      this.#closed = { code, reason: reason.toString("utf8") || this.#silence };
      this.#closeListener?.(this.#closed);
    });
    request.signal.addEventListener("abort", onAbort, { once: true });
    if (request.signal.aborted) this.close();
    this.#arm(false);
  }

  onMessage(listener: (text: string) => void): void {
    this.#socket.off("message", this.#keepEarly);
    for (const text of this.#early.splice(0)) listener(text);
    this.#socket.on("message", (data) => listener(messageText(data)));
  }

  onClose(listener: (close: { readonly code: number; readonly reason: string }) => void): void {
    this.#closeListener = listener;
    if (this.#closed !== null) listener(this.#closed);
  }

  pause(): void {
    this.#paused = true;
    this.#stopTimer();
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.pause();
  }

  resume(): void {
    this.#paused = false;
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.resume();
    this.#arm(false);
  }

  close(): void {
    if (this.#socket.readyState === WebSocket.CLOSED) return;
    this.#socket.close(1_000);
    // A peer that does not answer the closing frame does not keep the socket.
    this.#request.clock.after(1_000, () => this.#socket.terminate());
    if (this.#paused) this.#socket.resume();
  }

  #arm(pinged: boolean): void {
    this.#stopTimer();
    if (this.#closed !== null || this.#paused) return;
    this.#stopTimer = this.#request.clock.after(this.#request.timeoutMs / 2, () => {
      if (pinged) {
        this.#silence = "no sign of life";
        this.#socket.terminate();
        return;
      }
      if (this.#socket.readyState === WebSocket.OPEN) this.#socket.ping();
      this.#arm(true);
    });
  }
}

function messageText(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString("utf8");
  return (Buffer.isBuffer(data) ? data : Buffer.from(data)).toString("utf8");
}
