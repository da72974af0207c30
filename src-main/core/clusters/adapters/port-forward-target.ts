import { connect as connectTls } from "node:tls";
import type { Duplex } from "node:stream";
import { Agent, type Dispatcher } from "undici";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { LokiRole } from "../../../../src-shared/api/sites.api.ts";
import type { Clock } from "../../common/clock.ts";
import type { KubernetesClient } from "../kubernetes-client.ts";
import type { LokiRouteTable } from "../loki-route-table.ts";
import { forwardPods, type ForwardPod } from "./port-forward-pods.ts";
import { openForwardStream } from "./port-forward-stream.ts";

/** `alive` is only ever said on evidence: bytes, a pong or an answer within the last moments. `idle`: not in use, unknown. */
export type ForwardState = "idle" | "connecting" | "alive" | "lost";

/** An `alive` older than this is proven anew. */
export const PROBE_EVERY_MS = 15_000;
/** Without a request for this long a forward is no longer kept up. */
const WANTED_MS = 5 * 60_000;
const HEAL_DELAYS_MS = [1_000, 2_000, 5_000, 10_000, 30_000];
const CONNECT_TIMEOUT_MS = 10_000;

export interface ForwardTargetOptions {
  readonly client: KubernetesClient;
  readonly routes: LokiRouteTable;
  readonly role: LokiRole;
  readonly scheme: "http" | "https";
  readonly clock: Clock;
  /** Any answer of Loki's HTTP server, whatever its status, proves the way; rejects when there is none. */
  probe(dispatcher: Dispatcher): Promise<void>;
  onState(state: ForwardState): void;
}

/**
 * The forwards to the pods of one role. Each connection of the pool is a forward of its own; when a pod is replaced, the
 * next connection goes to another ready pod. While it is in use it is probed, and healed by itself after it was lost.
 */
export class ForwardTarget implements AsyncDisposable {
  readonly dispatcher: Agent;
  readonly #options: ForwardTargetOptions;
  #state: ForwardState = "idle";
  #pod: ForwardPod | null = null;
  /** The pod that failed last: the cluster may call it ready for a while yet. */
  #suspect: string | null = null;
  #lastUseMs = 0;
  #stopTimer: () => void = () => undefined;
  #heals = 0;
  #healing = false;
  #disposed = false;

  constructor(options: ForwardTargetOptions) {
    this.#options = options;
    this.dispatcher = new Agent({
      connections: 64,
      pipelining: 1,
      allowH2: false,
      keepAliveTimeout: 30_000,
      connect: (_options, callback) => void this.#connectFor(callback),
    });
  }

  get state(): ForwardState {
    return this.#state;
  }

  get pod(): ForwardPod | null {
    return this.#pod;
  }

  /** Says that somebody wants this way now; it is kept up for some minutes. */
  use(): void {
    this.#lastUseMs = this.#options.clock.nowMs();
    if (this.#state === "idle") this.#enter("connecting");
  }

  /** An answer came. */
  proven(): void {
    if (this.#disposed) return;
    this.#heals = 0;
    this.#healing = false;
    this.#enter("alive");
    this.#schedule(PROBE_EVERY_MS);
  }

  /** A request found nobody at the other end. The pod is not believed in any more. */
  failed(): void {
    if (this.#disposed) return;
    this.#suspect = this.#pod?.pod ?? this.#suspect;
    this.#pod = null;
    this.#options.routes.forget();
    this.#enter("lost");
    this.#scheduleHealing();
  }

  /** A connection to a ready pod, the one used before if it is still ready. Each pod is tried once. */
  async connect(signal: AbortSignal): Promise<Duplex> {
    if (this.#disposed) throw new AppError("request.cancelled", {});
    if (this.#state !== "alive") this.#enter("connecting");
    const { client, clock, scheme } = this.#options;
    try {
      const pods = await forwardPods(client, this.#options.routes, this.#options.role, signal);
      const rank = ({ pod }: ForwardPod) => (pod === this.#pod?.pod ? 0 : pod === this.#suspect ? 2 : 1);
      const ordered = pods.toSorted((a, b) => rank(a) - rank(b));
      let failure: unknown = null;
      for (const pod of ordered) {
        try {
          const request = { connection: client.connection, ...pod, clock, timeoutMs: CONNECT_TIMEOUT_MS, signal };
          // oxlint-disable-next-line no-await-in-loop -- the next pod only when this one does not answer
          const stream = await openForwardStream(request);
          this.#pod = pod;
          return scheme === "https" ? connectTls({ socket: stream, rejectUnauthorized: false }) : stream;
        } catch (error) {
          failure = error;
        }
      }
      throw failure;
    } catch (error) {
      if (!signal.aborted) this.failed();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    this.#stopTimer();
    this.#enter("idle");
    await this.dispatcher.destroy();
  }

  async #connectFor(callback: (...result: [null, never] | [Error, null]) => void): Promise<void> {
    const { clock, client } = this.#options;
    const tooLate = new AbortController();
    const cancel = clock.after(2 * CONNECT_TIMEOUT_MS, () => tooLate.abort());
    let stream: Duplex;
    try {
      stream = await this.connect(tooLate.signal);
    } catch (error) {
      const { host } = client.connection;
      const late = new AppError(
        "cluster.timeout",
        { host, seconds: (2 * CONNECT_TIMEOUT_MS) / 1_000 },
        { cause: error },
      );
      if (tooLate.signal.aborted) this.failed();
      callback(tooLate.signal.aborted || !(error instanceof Error) ? late : error, null);
      return;
    } finally {
      cancel();
    }
    // undici uses what every Duplex has, and the rest of a socket only where it is there.
    callback(null, stream as never);
  }

  #schedule(ms: number): void {
    this.#stopTimer();
    this.#stopTimer = this.#options.clock.after(ms, () => void this.#probe());
  }

  /** One failure is told by several of its witnesses; they must not push the next attempt away. */
  #scheduleHealing(): void {
    if (this.#healing) return;
    this.#healing = true;
    this.#schedule(HEAL_DELAYS_MS[Math.min(this.#heals, HEAL_DELAYS_MS.length - 1)] ?? 30_000);
  }

  async #probe(): Promise<void> {
    this.#healing = false;
    if (this.#disposed) return;
    if (this.#options.clock.nowMs() - this.#lastUseMs > WANTED_MS) {
      this.#enter("idle");
      return;
    }
    if (this.#state === "lost") this.#enter("connecting");
    try {
      await this.#options.probe(this.dispatcher);
      this.proven();
    } catch {
      // Why is told to whoever makes the next request; here it is only a state.
      this.#heals += 1;
      this.#healing = false;
      this.failed();
    }
  }

  #enter(state: ForwardState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#options.onState(state);
  }
}
