import { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { Clock } from "../../common/clock.ts";
import type { ClusterConnection } from "../cluster-connection.ts";
import { openClusterSocket } from "../cluster-socket.ts";

/** Half of the longest silence of a forward: then it is pinged, and after as long again without a sign it is dead. */
const PING_MS = 10_000;
const DATA_CHANNEL = 0;
const ERROR_CHANNEL = 1;
/** v5 only: the next byte names a channel whose sender has ended. */
const CLOSE_CHANNEL = 255;
const PROTOCOLS = ["v5.channel.k8s.io", "v4.channel.k8s.io"];

export interface ForwardRequest {
  readonly connection: ClusterConnection;
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/**
 * One connection to a port of a pod, over a WebSocket of its own (`…/pods/{pod}/portforward`, subprotocols
 * `v5|v4.channel.k8s.io`: channel 0 data, channel 1 errors, each opened by the port as two bytes). Nothing listens on this
 * machine. Rejects with `cluster.*`; a stream that dies later is destroyed with `forward.lost`.
 */
export async function openForwardStream(request: ForwardRequest): Promise<ForwardStream> {
  const { connection, namespace, pod, port, signal, timeoutMs, clock } = request;
  const path =
    `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}` +
    `/portforward?ports=${port}`;
  const subject = { verb: "create", resource: "pods/portforward", namespace, name: pod };
  const socket = await openClusterSocket(connection, { path, protocols: PROTOCOLS, subject, timeoutMs, signal });
  return new ForwardStream(socket, pod, clock);
}

export class ForwardStream extends Duplex {
  readonly #socket: WebSocket;
  readonly #pod: string;
  readonly #clock: Clock;
  readonly #opened = new Set<number>();
  #stopTimer: () => void = () => undefined;
  #stopIdle: () => void = () => undefined;
  #waiting = false;

  constructor(socket: WebSocket, pod: string, clock: Clock) {
    super({ allowHalfOpen: false });
    this.#socket = socket;
    this.#pod = pod;
    this.#clock = clock;
    const alive = () => this.#arm(false);
    socket.binaryType = "nodebuffer";
    socket.on("ping", alive).on("pong", alive);
    socket.on("message", (data: Buffer, isBinary) => {
      alive();
      this.#receive(data, isBinary);
    });
    socket.on("error", (error) => this.#lost(error.message, error));
    socket.on("close", (code) =>
      code === 1_000 || code === 1_005 ? this.#ended() : this.#lost(`closed with ${code}`),
    );
    this.#arm(false);
  }

  /** As a socket's, for `node:http` and `ws`: emits `timeout` once; 0 takes it back. */
  setTimeout(ms: number): this {
    this.#stopIdle();
    if (ms > 0) this.#stopIdle = this.#clock.after(ms, () => this.emit("timeout"));
    return this;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.send(Buffer.concat([Buffer.of(DATA_CHANNEL), chunk]), { binary: true }, (error) =>
      done(error ?? null),
    );
  }

  override _final(done: () => void): void {
    if (this.#socket.protocol.startsWith("v5")) {
      this.#socket.send(Buffer.of(CLOSE_CHANNEL, DATA_CHANNEL), { binary: true }, () => done());
    } else {
      this.#socket.close(1_000);
      done();
    }
  }

  override _read(): void {
    if (!this.#waiting) return;
    this.#waiting = false;
    this.#socket.resume();
    this.#arm(false);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#stopTimer();
    this.#stopIdle();
    if (error === null) this.#socket.close(1_000);
    // A peer that does not answer the closing frame does not keep the connection.
    this.#clock.after(error === null ? 1_000 : 0, () => this.#socket.terminate());
    done(error);
  }

  #receive(data: Buffer, isBinary: boolean): void {
    const channel = data[0];
    if (!isBinary || channel === undefined) return;
    if (channel === CLOSE_CHANNEL) {
      if (data[1] === DATA_CHANNEL) this.#ended();
      return;
    }
    let payload = data.subarray(1);
    if (!this.#opened.has(channel)) {
      this.#opened.add(channel);
      payload = payload.subarray(2);
    }
    if (payload.length === 0) return;
    if (channel === ERROR_CHANNEL) this.#lost(payload.toString("utf8").trim().slice(0, 300));
    else if (channel === DATA_CHANNEL && !this.push(payload)) {
      // Back-pressure reaches the pod; a paused socket cannot show signs of life, so nobody waits for them.
      this.#waiting = true;
      this.#stopTimer();
      this.#socket.pause();
    }
  }

  #ended(): void {
    this.#stopTimer();
    if (!this.readableEnded && !this.destroyed) this.push(null);
  }

  #lost(problem: string, cause?: unknown): void {
    if (this.destroyed) return;
    this.destroy(new AppError("forward.lost", { pod: this.#pod, problem }, { cause }));
  }

  #arm(pinged: boolean): void {
    this.#stopTimer();
    if (this.#waiting || this.destroyed) return;
    this.#stopTimer = this.#clock.after(PING_MS, () => {
      if (pinged) {
        this.#lost("no sign of life");
        return;
      }
      if (this.#socket.readyState === this.#socket.OPEN) this.#socket.ping();
      this.#arm(true);
    });
  }
}
