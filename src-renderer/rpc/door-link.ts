import {
  createTRPCUntypedClient,
  createWSClient,
  wsLink,
  type TRPCUntypedClient,
  type TRPCWebSocketClient,
} from "@trpc/client";
import type { AnyTRPCRouter } from "@trpc/server";
import type { CallOptions, StreamObserver, Subscription } from "../../src-shared/api/client.ts";
import {
  CANCEL_PROCEDURE,
  CLOSE_CODES,
  MAX_MESSAGE_BYTES,
  PROTOCOL_PARAM,
  type CallEnvelope,
} from "../../src-shared/api/door-wire.ts";
import { helloSchema, PROTOCOL_VERSION } from "../../src-shared/api/session.api.ts";
import type { RemoteError } from "../../src-shared/errors/remote-error.ts";
import { createConnectionStore, type ConnectionStore } from "./connection-state.ts";
import { lineEncoder } from "./line-encoder.ts";
import { localFailure, toRemoteError } from "./remote-failure.ts";

export interface DoorLinkOptions {
  /** `ws://host/rpc`; a socket over a MessagePort does not look at it. */
  readonly url: string;
  readonly webSocket: typeof WebSocket;
  /** Other than this build's own only in tests. */
  readonly protocol?: number;
  /** Milliseconds before the n-th try, from 0. */
  readonly retryDelayMs?: (attempt: number) => number;
  /** Finds a core that went away without a word. Left out for a MessagePort, whose end is always told. */
  readonly keepAlive?: { readonly intervalMs: number; readonly pongTimeoutMs: number };
  /**
   * Asked when the connection is lost: whether the session is still good, so that trying again makes sense. Never rejects;
   * who cannot tell says `true`.
   */
  readonly sessionStands?: () => Promise<boolean>;
}

/** The envelope, tRPC's own fields and the procedure's path around an input. */
const ENVELOPE_BYTES = 1_024;

/**
 * One connection to the core that is made again whenever it breaks. A call that was under way then fails with
 * `rpc.disconnected` and is never sent twice; streams are subscribed again.
 */
export class DoorLink {
  readonly state: ConnectionStore = createConnectionStore();
  readonly #options: DoorLinkOptions;
  readonly #socket: TRPCWebSocketClient;
  readonly #trpc: TRPCUntypedClient<AnyTRPCRouter>;
  readonly #calls = new Set<(error: RemoteError) => void>();
  readonly #streams = new Set<(error: RemoteError) => void>();
  #lastCall = 0;
  #handshakes = 0;
  /** Why nothing is tried any more. */
  #ended: RemoteError | null = null;

  constructor(options: DoorLinkOptions) {
    this.#options = options;
    this.#socket = createWSClient({
      url: options.url,
      WebSocket: options.webSocket,
      connectionParams: { [PROTOCOL_PARAM]: String(this.#protocol) },
      retryDelayMs: options.retryDelayMs ?? defaultRetryDelayMs,
      ...(options.keepAlive === undefined ? {} : { keepAlive: { enabled: true, ...options.keepAlive } }),
      experimental_encoder: lineEncoder,
      onClose: (cause) => {
        if (cause?.code === CLOSE_CODES.sessionExpired) this.#end("lost", localFailure("session.expired", {}));
      },
    });
    this.#trpc = createTRPCUntypedClient<AnyTRPCRouter>({ links: [wsLink({ client: this.#socket })] });
    this.#socket.connectionState.subscribe({
      next: ({ state, error }) => {
        if (state === "pending") void this.#handshake();
        else if (state === "connecting" && error !== null) void this.#lost();
      },
    });
  }

  /** Rejects with a `RemoteError`, nothing else. */
  call(kind: "query" | "command", path: string, input: unknown, options: CallOptions = {}): Promise<unknown> {
    const refusal = this.#refusal(input);
    if (refusal !== null) return Promise.reject(refusal);
    const { signal } = options;
    if (signal?.aborted === true) return Promise.reject(localFailure("request.cancelled", {}));

    const call = ++this.#lastCall;
    const envelope: CallEnvelope = { call, input };
    const sending = new AbortController();
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => {
        this.#calls.delete(fail);
        signal?.removeEventListener("abort", onAbort);
        act();
      };
      const fail = (error: RemoteError) => {
        settle(() => reject(error));
        sending.abort();
      };
      const onAbort = () => {
        fail(localFailure("request.cancelled", {}));
        this.#cancel(call);
      };
      this.#calls.add(fail);
      signal?.addEventListener("abort", onAbort, { once: true });
      const request = { signal: sending.signal };
      const answering =
        kind === "query" ? this.#trpc.query(path, envelope, request) : this.#trpc.mutation(path, envelope, request);
      answering.then(
        (answer) => settle(() => resolve(answer)),
        (error: unknown) => settle(() => reject(toRemoteError(error))),
      );
    });
  }

  stream(path: string, input: unknown, observer: StreamObserver<unknown>): Subscription {
    const refusal = this.#ended ?? sizeProblem(input);
    if (refusal !== null) {
      let told = false;
      queueMicrotask(() => {
        if (!told) observer.onError(refusal);
      });
      return { unsubscribe: () => (told = true) };
    }
    const envelope: CallEnvelope = { input };
    let over = false;
    const finish = (act: () => void) => {
      if (over) return;
      over = true;
      this.#streams.delete(fail);
      act();
    };
    const fail = (error: RemoteError) => finish(() => observer.onError(error));
    this.#streams.add(fail);
    const subscription = this.#trpc.subscription(path, envelope, {
      onData: (data) => {
        if (!over) observer.onData(data);
      },
      onError: (error) => fail(toRemoteError(error)),
      onStopped: () => finish(() => observer.onEnd?.()),
    });
    return {
      unsubscribe: () => {
        finish(() => {});
        subscription.unsubscribe();
      },
    };
  }

  /** Fails what is under way and leaves nothing open. */
  async close(): Promise<void> {
    this.#end("lost", localFailure("rpc.disconnected", {}));
    await this.#socket.close();
  }

  get #protocol(): number {
    return this.#options.protocol ?? PROTOCOL_VERSION;
  }

  #refusal(input: unknown): RemoteError | null {
    if (this.#ended !== null) return this.#ended;
    if (this.state.getState().state === "lost") return localFailure("rpc.disconnected", {});
    return sizeProblem(input);
  }

  #cancel(call: number): void {
    if (this.state.getState().state !== "open") return;
    // Nobody waits for this: the caller has its answer, and a connection that breaks now cancels as well.
    this.#trpc.mutation(CANCEL_PROCEDURE, { call }).catch(() => undefined);
  }

  async #handshake(): Promise<void> {
    const handshake = ++this.#handshakes;
    const current = () => handshake === this.#handshakes && this.#ended === null;
    try {
      const envelope: CallEnvelope = { input: { protocol: this.#protocol } };
      const hello = helloSchema.parse(await this.#trpc.query("session.hello", envelope));
      if (!current()) return;
      this.state.setState(({ openings }) => ({ state: "open", hello, error: null, openings: openings + 1 }));
    } catch (error) {
      if (!current()) return;
      const failure = toRemoteError(error);
      if (failure.wire.code === "rpc.version-mismatch") this.#end("incompatible", failure);
      else if (failure.wire.code !== "rpc.disconnected") this.state.setState({ state: "lost", error: failure.wire });
    }
  }

  async #lost(): Promise<void> {
    this.#handshakes += 1;
    if (this.#ended !== null) return;
    const disconnected = localFailure("rpc.disconnected", {});
    this.state.setState({ state: "lost", error: disconnected.wire });
    for (const fail of this.#calls) fail(disconnected);
    if (this.#options.sessionStands !== undefined && !(await this.#options.sessionStands()))
      this.#end("lost", localFailure("session.expired", {}));
  }

  #end(state: "lost" | "incompatible", error: RemoteError): void {
    if (this.#ended !== null) return;
    this.#ended = error;
    this.state.setState({ state, error: error.wire });
    for (const fail of [...this.#calls, ...this.#streams]) fail(error);
    void this.#socket.close();
  }
}

function sizeProblem(input: unknown): RemoteError | null {
  const text = JSON.stringify(input) ?? "";
  const limitBytes = MAX_MESSAGE_BYTES - ENVELOPE_BYTES;
  // UTF-8 takes at most three bytes a UTF-16 unit: most inputs need not be encoded to be counted.
  if (text.length * 3 <= limitBytes) return null;
  if (new TextEncoder().encode(text).byteLength <= limitBytes) return null;
  return localFailure("request.too-large", { limitBytes });
}

/** At once, then 0.25 s doubled up to 5 s, spread by a half so that many pages do not come back in step. */
function defaultRetryDelayMs(attempt: number): number {
  if (attempt === 0) return 0;
  return Math.min(5_000, 125 * 2 ** attempt) * (0.75 + Math.random() / 2);
}
