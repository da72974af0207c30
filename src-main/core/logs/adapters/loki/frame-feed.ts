import type { TransportSocket } from "../../../clusters/loki-transport.ts";

export interface SocketClose {
  readonly code: number;
  readonly reason: string;
}

/**
 * The frames of a socket for a reader that pulls. Holds at most about `maxCharacters`; past that the socket is paused, so
 * that a slow reader is felt by Loki, which then says what it dropped.
 */
export class FrameFeed implements Disposable {
  readonly #socket: TransportSocket;
  readonly #maxCharacters: number;
  readonly #queue: string[] = [];
  #held = 0;
  #paused = false;
  #wasPaused = false;
  #close: SocketClose | null = null;
  #wake: (() => void) | null = null;

  constructor(socket: TransportSocket, maxCharacters: number) {
    this.#socket = socket;
    this.#maxCharacters = maxCharacters;
    socket.onMessage((text) => {
      this.#queue.push(text);
      this.#held += text.length;
      if (this.#held > maxCharacters && !this.#paused) {
        this.#paused = true;
        this.#wasPaused = true;
        socket.pause();
      }
      this.#wake?.();
    });
    socket.onClose((close) => {
      this.#close = close;
      this.#wake?.();
    });
  }

  /** Why the socket closed, once it has. */
  get closed(): SocketClose | null {
    return this.#close;
  }

  /** Whether the socket had to be paused since this was last asked. */
  takePaused(): boolean {
    const paused = this.#wasPaused;
    this.#wasPaused = this.#paused;
    return paused;
  }

  /** The next frame; `null` when the socket is closed and everything was taken. */
  async next(): Promise<string | null> {
    for (;;) {
      const text = this.#queue.shift();
      if (text !== undefined) {
        this.#held -= text.length;
        if (this.#paused && this.#held < this.#maxCharacters / 2) {
          this.#paused = false;
          this.#socket.resume();
        }
        return text;
      }
      if (this.#close !== null) return null;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
      this.#wake = null;
    }
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }
}
