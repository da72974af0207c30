import { EventEmitter } from "node:events";
import { CLOSE_CODES, MAX_MESSAGE_BYTES } from "../../src-shared/api/door-wire.ts";
import { portFrameSchema, type PortFrame } from "../../src-shared/api/port-frame.ts";
import { DrainGate } from "./drain-gate.ts";
import type { ServerSocket, SocketListener } from "./server-socket.ts";

/** The part of Electron's `MessagePortMain` that is used. */
export interface MainPort {
  postMessage(message: unknown): void;
  on(event: "message", listener: (event: { readonly data: unknown }) => void): unknown;
  on(event: "close", listener: () => void): unknown;
  start(): void;
  close(): void;
}

const OPEN = 1;
const CLOSED = 3;

/** A MessagePort of the desktop as the door sees it: opened at once, closed by either side, counting what was not read. */
export class MessagePortServerSocket implements ServerSocket {
  readonly #port: MainPort;
  readonly #events = new EventEmitter();
  readonly #gate = new DrainGate(() => this.bufferedAmount);
  readyState = OPEN;
  bufferedAmount = 0;

  constructor(port: MainPort) {
    this.#port = port;
    port.on("message", ({ data }) => this.#receive(data));
    port.on("close", () => this.#closed());
    port.start();
    this.#post({ kind: "open" });
  }

  send(text: string): void {
    if (this.readyState !== OPEN) return;
    this.bufferedAmount += text.length;
    this.#post({ kind: "data", text });
  }

  close(code: number = CLOSE_CODES.normal, reason = ""): void {
    if (this.readyState !== OPEN) return;
    this.#post({ kind: "close", code, reason });
    this.terminate();
  }

  terminate(): void {
    if (this.readyState !== OPEN) return;
    this.#port.close();
    this.#closed();
  }

  on(event: "message", listener: (data: Buffer, isBinary: boolean) => void): void;
  on(event: "error", listener: (error: Error) => void): void;
  on(event: "close", listener: () => void): void;
  on(event: "message" | "error" | "close", listener: SocketListener): void {
    this.#events.on(event, listener);
  }

  once(event: "close", listener: () => void): void {
    this.#events.once(event, listener);
  }

  whenBelow(amount: number, signal: AbortSignal): Promise<void> {
    return this.#gate.whenBelow(amount, signal);
  }

  #receive(data: unknown): void {
    if (this.readyState !== OPEN) return;
    const frame = portFrameSchema.safeParse(data);
    if (!frame.success) {
      this.#events.emit("error", new Error("a message on the port is no frame"));
      return;
    }
    switch (frame.data.kind) {
      case "data":
        this.#receiveText(frame.data.text);
        return;
      case "taken":
        this.bufferedAmount = Math.max(0, this.bufferedAmount - frame.data.characters);
        this.#gate.check();
        return;
      case "close":
        this.terminate();
        return;
      case "open":
        // Only this side opens.
        return;
    }
  }

  #receiveText(text: string): void {
    if (Buffer.byteLength(text) > MAX_MESSAGE_BYTES) {
      this.close(CLOSE_CODES.tooLarge, "message too large");
      return;
    }
    this.#events.emit("message", Buffer.from(text), false);
  }

  #post(frame: PortFrame): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port, not a window
    this.#port.postMessage(frame);
  }

  #closed(): void {
    if (this.readyState === CLOSED) return;
    this.readyState = CLOSED;
    this.#gate.close();
    this.#events.emit("close");
  }
}
