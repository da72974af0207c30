import type { WebSocket } from "ws";
import { DrainGate } from "./drain-gate.ts";
import type { ServerSocket, SocketListener } from "./server-socket.ts";

/** A real WebSocket as the door sees it. The size bound of messages is `ws`'s own `maxPayload`, which closes with 1009. */
export class WsServerSocket implements ServerSocket {
  readonly #socket: WebSocket;
  readonly #gate: DrainGate;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    this.#gate = new DrainGate(() => socket.bufferedAmount);
    socket.once("close", () => this.#gate.close());
  }

  get readyState(): number {
    return this.#socket.readyState;
  }

  get bufferedAmount(): number {
    return this.#socket.bufferedAmount;
  }

  send(text: string): void {
    // The callback also gets an error when the socket closes meanwhile; the `close` event tells that to everyone.
    this.#socket.send(text, () => this.#gate.check());
  }

  close(code?: number, reason?: string): void {
    this.#socket.close(code, reason);
  }

  terminate(): void {
    this.#socket.terminate();
  }

  on(event: "message", listener: (data: Buffer, isBinary: boolean) => void): void;
  on(event: "error", listener: (error: Error) => void): void;
  on(event: "close", listener: () => void): void;
  on(event: "message" | "error" | "close", listener: SocketListener): void {
    this.#socket.on(event, listener);
  }

  once(event: "close", listener: () => void): void {
    this.#socket.once(event, listener);
  }

  whenBelow(amount: number, signal: AbortSignal): Promise<void> {
    return this.#gate.whenBelow(amount, signal);
  }
}
