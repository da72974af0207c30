import { CLOSE_CODES } from "../../src-shared/api/door-wire.ts";
import { portFrameSchema, type PortFrame } from "../../src-shared/api/port-frame.ts";
import { linesOf } from "./line-encoder.ts";

/** The part of a DOM `MessagePort` that is used. */
export type PagePort = Pick<MessagePort, "postMessage" | "start" | "close" | "addEventListener">;

const CONNECTING = 0;
const OPEN = 1;
const CLOSED = 3;
/** What a WebSocket reports when no close frame came. */
const ABNORMAL = 1006;

class PortCloseEvent extends Event {
  readonly code: number;
  readonly reason: string;
  readonly wasClean: boolean;

  constructor(code: number, reason: string) {
    super("close");
    this.code = code;
    this.reason = reason;
    this.wasClean = code !== ABNORMAL;
  }
}

/**
 * A WebSocket's look over a MessagePort of the desktop shell. Each one asks for a port of its own, so connecting again
 * works as it does over the network. `open` comes when the main process has attached, long after the caller has.
 */
export class MessagePortWebSocket extends EventTarget {
  static readonly CONNECTING = CONNECTING;
  static readonly OPEN = OPEN;
  static readonly CLOSING = 2;
  static readonly CLOSED = CLOSED;
  readonly CONNECTING = CONNECTING;
  readonly OPEN = OPEN;
  readonly CLOSING = 2;
  readonly CLOSED = CLOSED;
  binaryType: BinaryType = "arraybuffer";
  readyState: number = CONNECTING;
  #port: PagePort | null = null;

  constructor(acquirePort: () => Promise<PagePort>) {
    super();
    acquirePort().then(
      (port) => this.#attach(port),
      // In a turn of its own: whoever made this socket listens to it only a moment later.
      () => setTimeout(() => this.#fail(), 0),
    );
  }

  send(data: unknown): void {
    if (this.readyState === CONNECTING) throw new DOMException("not open yet", "InvalidStateError");
    if (this.readyState !== OPEN) return;
    for (const text of linesOf(data)) this.#post({ kind: "data", text });
  }

  close(code: number = CLOSE_CODES.normal, reason = ""): void {
    if (this.readyState === CLOSED) return;
    this.#post({ kind: "close", code, reason });
    this.#closed(code, reason);
  }

  #attach(port: PagePort): void {
    if (this.readyState === CLOSED) {
      port.postMessage({ kind: "close", code: CLOSE_CODES.normal, reason: "" } satisfies PortFrame);
      port.close();
      return;
    }
    this.#port = port;
    port.addEventListener("message", (event) => this.#receive(event.data));
    port.addEventListener("close", () => this.#closed(ABNORMAL, ""));
    port.start();
  }

  #receive(data: unknown): void {
    if (this.readyState === CLOSED) return;
    const frame = portFrameSchema.safeParse(data);
    if (!frame.success) return this.#fail();
    switch (frame.data.kind) {
      case "open":
        this.readyState = OPEN;
        this.dispatchEvent(new Event("open"));
        return;
      case "data":
        this.dispatchEvent(new MessageEvent("message", { data: frame.data.text }));
        this.#post({ kind: "taken", characters: frame.data.text.length });
        return;
      case "close":
        this.#closed(frame.data.code, frame.data.reason);
        return;
      case "taken":
        // The page sends little and never waits.
        return;
    }
  }

  #fail(): void {
    if (this.readyState === CLOSED) return;
    this.dispatchEvent(new Event("error"));
    this.#closed(ABNORMAL, "");
  }

  #post(frame: PortFrame): void {
    this.#port?.postMessage(frame);
  }

  #closed(code: number, reason: string): void {
    if (this.readyState === CLOSED) return;
    this.readyState = CLOSED;
    this.#port?.close();
    this.#port = null;
    // As a WebSocket does: never while the caller is still inside `close()`.
    queueMicrotask(() => this.dispatchEvent(new PortCloseEvent(code, reason)));
  }
}

/** The class that tRPC's client is given in place of the browser's `WebSocket`. */
export function messagePortWebSocketClass(acquirePort: () => Promise<PagePort>): typeof WebSocket {
  const PortSocket = class extends MessagePortWebSocket {
    constructor() {
      super(acquirePort);
    }
  };
  // tRPC's client uses the constructor with an address (ignored here), the four constants, `readyState`, `binaryType`,
  // `send`, `close` and the four events; all of these are there.
  return PortSocket as unknown as typeof WebSocket;
}
