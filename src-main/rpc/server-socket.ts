/**
 * The server's end of a socket, shaped as tRPC's WebSocket adapter wants it, plus the one thing a WebSocket cannot do: wait
 * until a slow reader has caught up.
 */
export interface ServerSocket {
  /** As in the WebSocket API: 1 is open, 2 closing, 3 closed. */
  readonly readyState: number;
  /** What was sent and the other side has not taken yet; bytes or characters, close enough for a bound. */
  readonly bufferedAmount: number;
  send(text: string): void;
  close(code?: number, reason?: string): void;
  /** Ends it without telling the other side. */
  terminate(): void;
  on(event: "message", listener: (data: Buffer, isBinary: boolean) => void): void;
  on(event: "error", listener: (error: Error) => void): void;
  on(event: "close", listener: () => void): void;
  once(event: "close", listener: () => void): void;
  /** Resolves when at most `amount` is buffered, when the socket is closed, or when the signal is aborted. */
  whenBelow(amount: number, signal: AbortSignal): Promise<void>;
}

/** Any of the listeners above; an emitter knows only from the event's name which arguments it gets. */
// oxlint-disable-next-line typescript/no-explicit-any -- no narrower type fits three signatures at once
export type SocketListener = (...args: any[]) => void;
