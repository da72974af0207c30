import type { Caller } from "./call-context.ts";
import type { ServerSocket } from "./server-socket.ts";

/** What tRPC hands to every procedure; the connection is inside because tRPC copies the outer object. */
export interface DoorContext {
  readonly connection: DoorConnection;
}

/** One open socket: who is behind it, what its page speaks, and which of its calls are running. */
export class DoorConnection {
  readonly caller: Caller;
  readonly socket: ServerSocket;
  /** The protocol that the page said when it connected; 0 when it said none. */
  clientProtocol = 0;
  readonly #running = new Map<number, AbortController>();
  readonly #unnumbered = new Set<AbortController>();

  constructor(caller: Caller, socket: ServerSocket) {
    this.caller = caller;
    this.socket = socket;
    socket.once("close", () => this.#abortAll());
  }

  get runningCalls(): number {
    return this.#running.size + this.#unnumbered.size;
  }

  /**
   * Runs a call under a signal that is aborted by `cancel(call)` and when the socket closes. A number that is in use makes
   * the call one that cannot be cancelled alone.
   */
  async run<Result>(call: number | undefined, act: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    const controller = new AbortController();
    if (this.socket.readyState !== 1) controller.abort();
    const numbered = call !== undefined && !this.#running.has(call);
    if (numbered) this.#running.set(call, controller);
    else this.#unnumbered.add(controller);
    try {
      return await act(controller.signal);
    } finally {
      if (numbered) this.#running.delete(call);
      else this.#unnumbered.delete(controller);
    }
  }

  /** Whether there was such a call; one that has just ended is no error. */
  cancel(call: number): boolean {
    const controller = this.#running.get(call);
    controller?.abort();
    return controller !== undefined;
  }

  #abortAll(): void {
    for (const controller of [...this.#running.values(), ...this.#unnumbered]) controller.abort();
  }
}
