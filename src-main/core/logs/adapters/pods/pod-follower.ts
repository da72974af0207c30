import type { Readable } from "node:stream";
import { hasCode, isAppError, type AppError } from "../../../../../src-shared/errors/app-error.ts";
import type { NanoTime } from "../../../../../src-shared/model/nano-time.ts";
import type { TailEvent } from "../../log-source.ts";
import type { EventFeed } from "./event-feed.ts";
import { podLogLines } from "./pod-log-lines.ts";
import { batchOfRows, RowFilter, type PodRow } from "./pod-rows.ts";
import { asClusterError, byTime, openPodLog, type StreamReadOptions } from "./pod-stream-reader.ts";
import { streamName, type PodStream } from "./pod-streams.ts";
import { ResumePoint } from "./resume-point.ts";

const BACKOFF_MS = [500, 1_000, 2_000, 5_000, 10_000];
/** A log that ends while its container lives (between two crashes, or rotated away under us) is not asked for in a circle. */
const REOPEN_MS = 1_000;

export interface FollowOptions extends StreamReadOptions {
  readonly feed: EventFeed<TailEvent>;
  sleep(ms: number): Promise<void>;
  /** How the container stands now; `null` when the pod is gone. */
  look(stream: PodStream): Promise<{ readonly restarts: number; readonly over: boolean } | null>;
  /** Tells the tail as a whole whether this stream is followed. */
  onState(following: boolean): void;
}

/**
 * Follows one container for as long as it lives, over restarts and lost connections: what a lost connection missed is read
 * again, of a restarted container first the end of the run before. Ends when the pod is gone or the container is over.
 */
export class PodFollower {
  readonly #stream: PodStream;
  readonly #options: FollowOptions;
  readonly #filter: RowFilter;
  readonly #point: ResumePoint;
  #restarts: number;
  #atEnd: boolean;
  #lost: string | null = null;
  #failures = 0;

  /** From `fromNs` on, or with `onlyNew` from the end of the log on, `fromNs` being the time now. */
  constructor(stream: PodStream, fromNs: NanoTime, onlyNew: boolean, options: FollowOptions) {
    this.#stream = stream;
    this.#options = options;
    this.#filter = new RowFilter(options.pipeline, stream);
    this.#point = new ResumePoint(fromNs, onlyNew);
    this.#atEnd = onlyNew;
    this.#restarts = stream.restarts;
  }

  /** What there is already, in order of time; `run` goes on from its end. A failure is left for `run` to meet. */
  async *history(): AsyncGenerator<readonly PodRow[]> {
    let body: Readable | null = null;
    try {
      body = await openPodLog(this.#stream, this.#point.resumeNs, false, this.#options);
      for await (const rows of this.#newRows(body)) yield rows.toSorted(byTime);
    } catch (error) {
      const failure = asClusterError(error, this.#options.signal);
      if (failure.category === "cancelled") throw failure;
    } finally {
      body?.destroy();
    }
  }

  /** Rejects with `request.cancelled`, and with an error that trying again will not mend. */
  async run(): Promise<void> {
    for (;;) {
      const failure = await this.#followOnce();
      if (failure !== null) {
        if (!failure.retryable && !this.#mayBeGone(failure)) throw failure;
        await this.#broke(failure);
      }
      const now = await this.#lookAgain();
      if (now === null || now.over) {
        await this.#mark({
          kind: "closed",
          reason: `${streamName(this.#stream)}: ${now === null ? "deleted" : "ended"}`,
        });
        this.#options.onState(true);
        return;
      }
      if (now.restarts !== this.#restarts) await this.#restarted(now.restarts);
      if (failure === null) await this.#options.sleep(REOPEN_MS);
      else await this.#backOff();
    }
  }

  /** Said once, with what the cluster says of it, until the log is there again. */
  async #broke(failure: AppError): Promise<void> {
    this.#options.onState(false);
    if (this.#lost !== null) return;
    this.#lost = failure.code;
    const problem = "problem" in failure.params ? `: ${String(failure.params.problem).slice(0, 200)}` : "";
    await this.#mark({ kind: "closed", reason: `${streamName(this.#stream)}: ${failure.code}${problem}` });
  }

  async #backOff(): Promise<void> {
    await this.#options.sleep(BACKOFF_MS[Math.min(this.#failures, BACKOFF_MS.length - 1)] ?? 10_000);
    this.#failures += 1;
  }

  /** Reads until the log ends; answers why it broke, or `null` when it ended by itself or was only silent. */
  async #followOnce(): Promise<AppError | null> {
    const { signal } = this.#options;
    let body: Readable | null = null;
    try {
      if (!this.#atEnd) this.#point.reopened();
      body = await openPodLog(this.#stream, this.#atEnd ? "end" : this.#point.resumeNs, true, this.#options);
      this.#atEnd = false;
      this.#failures = 0;
      if (this.#lost !== null) await this.#mark({ kind: "reconnected" });
      this.#lost = null;
      this.#options.onState(true);
      await this.#deliver(body);
      return null;
    } catch (error) {
      const failure = asClusterError(error, signal);
      if (failure.category === "cancelled") throw failure;
      // A log without a line for minutes: it is opened anew in case the peer is gone.
      return failure.category === "timeout" ? null : failure;
    } finally {
      body?.destroy();
    }
  }

  async #deliver(body: Readable): Promise<void> {
    for await (const rows of this.#newRows(body)) {
      await this.#options.feed.push({ kind: "batch", batch: batchOfRows(rows) });
    }
  }

  async *#newRows(body: Readable): AsyncGenerator<PodRow[]> {
    const { account } = this.#options;
    for await (const lines of podLogLines(body)) {
      const rows: PodRow[] = [];
      for (const { timestampNs, bytes } of lines) {
        account.linesProcessed += 1;
        if (timestampNs === null || !this.#point.accept(timestampNs)) continue;
        const row = this.#filter.row(timestampNs, bytes);
        if (row !== null) rows.push(row);
      }
      if (rows.length > 0) yield rows;
    }
  }

  /** The rest of the run that ended; what cannot be read any more is a gap. */
  async #restarted(restarts: number): Promise<void> {
    const missed = restarts - this.#restarts;
    this.#restarts = restarts;
    const beforeNs = this.#point.lastNs;
    const name = streamName(this.#stream);
    let cause = missed > 1 ? `${name}: ${missed} restarts` : null;
    let body: Readable | null = null;
    try {
      body = await openPodLog({ ...this.#stream, previous: true }, this.#point.resumeNs, false, this.#options);
      this.#point.reopened();
      await this.#deliver(body);
    } catch (error) {
      const failure = asClusterError(error, this.#options.signal);
      if (failure.category === "cancelled") throw failure;
      cause = `${name}: ${failure.code}`;
    } finally {
      body?.destroy();
    }
    if (cause !== null) {
      const endNs = this.#point.lastNs > beforeNs ? this.#point.lastNs : beforeNs + 1n;
      await this.#mark({ kind: "gap", startNs: String(beforeNs), endNs: String(endNs), cause });
    }
    await this.#mark({ kind: "closed", reason: `${name}: restarted (${restarts})` });
  }

  async #lookAgain(): Promise<{ readonly restarts: number; readonly over: boolean } | null> {
    for (;;) {
      try {
        return await this.#options.look(this.#stream);
      } catch (error) {
        if (!isAppError(error) || !error.retryable || error.category === "cancelled") throw error;
        await this.#broke(error);
        await this.#backOff();
      }
    }
  }

  /** Refused because the container is between two runs, or its pod is going. */
  #mayBeGone(failure: AppError): boolean {
    return hasCode(failure, "cluster.gone") || hasCode(failure, "cluster.rejected");
  }

  #mark(marker: Extract<TailEvent, { kind: "marker" }>["marker"]): Promise<void> {
    return this.#options.feed.push({ kind: "marker", timestampNs: this.#point.lastNs, marker });
  }
}
