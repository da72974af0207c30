import { AppError, hasCode, isAppError } from "../../../../../src-shared/errors/app-error.ts";
import { compileLogPipeline } from "../../../../../src-shared/logql/log-pipeline.ts";
import { nanoFromMs } from "../../../../../src-shared/model/nano-time.ts";
import type { KubernetesClient } from "../../../clusters/kubernetes-client.ts";
import type { Clock } from "../../../common/clock.ts";
import type { TailEvent, TailQuery } from "../../log-source.ts";
import { EventFeed } from "./event-feed.ts";
import { PodFollower } from "./pod-follower.ts";
import { mergeRows } from "./pod-merge.ts";
import { parsePodQuery } from "./pod-query.ts";
import { PodReadAccount } from "./pod-read-account.ts";
import { batchOfRows, type PodRow } from "./pod-rows.ts";
import { podStreams, type PodStream } from "./pod-streams.ts";

/** Pods come and go; so often the namespace is looked at again. */
export const RELIST_MS = 5_000;
/** Containers followed at the same time, each by a connection. */
const MAX_FOLLOWED = 100;
/** Events that wait for a slow reader before the network has to wait too. */
const FEED_EVENTS = 64;
const HISTORY_BATCH_ROWS = 2_000;

export interface PodTailOptions {
  readonly client: () => Promise<KubernetesClient>;
  readonly namespace: string;
  readonly clock: Clock;
}

/**
 * Follows every container that the query's selector takes, those of new pods too. Rows come in the order of their arrival.
 * Ends only by its signal, with `request.cancelled`, or by an error that trying again will not mend.
 */
export async function* tailPods(
  query: TailQuery,
  options: PodTailOptions,
  signal: AbortSignal,
): AsyncGenerator<TailEvent, void, undefined> {
  const ended = new AbortController();
  const all = AbortSignal.any([signal, ended.signal]);
  const tail = new PodTail(query, options, all);
  const cancelled = () => tail.feed.fail(new AppError("request.cancelled", {}));
  signal.addEventListener("abort", cancelled, { once: true });
  if (signal.aborted) cancelled();
  tail.run().catch((error: unknown) => tail.feed.fail(error));
  try {
    yield* tail.feed.read();
  } finally {
    signal.removeEventListener("abort", cancelled);
    ended.abort();
  }
}

class PodTail {
  readonly feed = new EventFeed<TailEvent>(FEED_EVENTS);
  readonly #options: PodTailOptions;
  readonly #signal: AbortSignal;
  readonly #sinceNs: bigint | null;
  readonly #startNs: bigint;
  readonly #expr;
  readonly #followed = new Map<string, Promise<void>>();
  readonly #running = new Set<string>();
  readonly #broken = new Set<string>();
  #unlisted = false;
  #listed = false;
  #state: "following" | "reconnecting" | null = null;
  #warnedLimit = false;

  constructor(query: TailQuery, options: PodTailOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
    this.#startNs = nanoFromMs(options.clock.nowMs());
    this.#sinceNs = query.sinceNs;
    this.#expr = parsePodQuery(query.expr);
  }

  async run(): Promise<void> {
    for (;;) {
      try {
        // oxlint-disable-next-line no-await-in-loop -- one look at a time
        await this.#look();
        this.#unlisted = false;
        this.#tell();
      } catch (error) {
        if (!isAppError(error) || !error.retryable || error.category === "cancelled") throw error;
        this.#unlisted = true;
        this.#tell();
      }
      // oxlint-disable-next-line no-await-in-loop -- and a rest between two
      await this.#options.clock.sleep(RELIST_MS, this.#signal);
    }
  }

  async #look(): Promise<void> {
    const pipeline = compileLogPipeline(this.#expr);
    const streams = (await this.#streams()).filter((stream) => !stream.previous && pipeline.matches(stream.labels));
    const added = streams.filter((stream) => !this.#followed.has(stream.key));
    const room = MAX_FOLLOWED - this.#running.size;
    if (added.length > room) this.#tooMany();
    const followers = added.slice(0, room).map((stream) => ({ stream, follower: this.#follower(stream) }));
    if (!this.#listed && this.#sinceNs !== null) await this.#history(followers.map(({ follower }) => follower));
    for (const { stream, follower } of followers) this.#start(stream, follower);
    this.#listed = true;
  }

  /** What was there before the tail began, merged by time; only then it is said to follow. */
  async #history(followers: readonly PodFollower[]): Promise<void> {
    let rows: PodRow[] = [];
    const flush = async () => {
      if (rows.length > 0) await this.feed.push({ kind: "batch", batch: batchOfRows(rows) });
      rows = [];
    };
    for await (const row of mergeRows(followers.map((follower) => follower.history()))) {
      rows.push(row);
      if (rows.length >= HISTORY_BATCH_ROWS) await flush();
    }
    await flush();
  }

  /** A pod that comes while the tail runs is followed from its first line on. */
  #follower(stream: PodStream): PodFollower {
    const fromNs = this.#listed ? 0n : (this.#sinceNs ?? this.#startNs);
    const onlyNew = !this.#listed && this.#sinceNs === null;
    return new PodFollower(stream, fromNs, onlyNew, {
      client: this.#lazyClient(),
      namespace: this.#options.namespace,
      pipeline: compileLogPipeline(this.#expr),
      account: new PodReadAccount(),
      signal: this.#signal,
      feed: this.feed,
      sleep: (ms) => this.#options.clock.sleep(ms, this.#signal),
      look: (followed) => this.#standing(followed),
      onState: (following) => {
        if (following) this.#broken.delete(stream.key);
        else this.#broken.add(stream.key);
        this.#tell();
      },
    });
  }

  #start(stream: PodStream, follower: PodFollower): void {
    const run = follower.run().then(
      () => {
        // A container that is over stays known, so that its log is not followed from the beginning again.
        this.#broken.delete(stream.key);
        this.#running.delete(stream.key);
        this.#tell();
      },
      (error: unknown) => {
        if (!this.#signal.aborted) this.feed.fail(error);
      },
    );
    this.#followed.set(stream.key, run);
    this.#running.add(stream.key);
  }

  async #standing(followed: PodStream): Promise<{ readonly restarts: number; readonly over: boolean } | null> {
    const client = await this.#options.client();
    try {
      const pod = await client.getPod(this.#options.namespace, followed.pod, this.#signal);
      if (!followed.key.startsWith(`${pod.uid}/`)) return null;
      const container = pod.containers.find(({ name }) => name === followed.container);
      const over = pod.phase === "Succeeded" || pod.phase === "Failed" || (container?.init === true && pod.ready);
      return { restarts: container?.restarts ?? followed.restarts, over };
    } catch (error) {
      if (hasCode(error, "cluster.gone")) return null;
      throw error;
    }
  }

  async #streams(): Promise<readonly PodStream[]> {
    const client = await this.#options.client();
    return podStreams(await client.listPods({ namespace: this.#options.namespace, signal: this.#signal }));
  }

  /** The client may be made anew between two connections, when the kubeconfig changes. */
  #lazyClient(): Pick<KubernetesClient, "podLog"> {
    return { podLog: async (options) => (await this.#options.client()).podLog(options) };
  }

  /** One broken log of several is told by its own marker; the tail as a whole follows while any of them does. */
  #tell(): void {
    const lost = this.#unlisted || (this.#running.size > 0 && this.#broken.size >= this.#running.size);
    const state = lost ? "reconnecting" : "following";
    if (state === this.#state || !this.#listed) return;
    this.#state = state;
    void this.feed.push({ kind: "state", state });
  }

  #tooMany(): void {
    if (this.#warnedLimit) return;
    this.#warnedLimit = true;
    const reason = `more than ${MAX_FOLLOWED} containers`;
    void this.feed.push({ kind: "marker", timestampNs: this.#startNs, marker: { kind: "closed", reason } });
  }
}
