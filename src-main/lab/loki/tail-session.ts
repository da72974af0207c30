import type { WebSocket } from "ws";
import type { LogExpr } from "../../../src-shared/logql/ast.ts";
import { compileSelector } from "../../../src-shared/logql/pipeline/matchers.ts";
import type { LabelSet } from "../../../src-shared/model/labels.ts";
import type { Clock } from "../../core/common/clock.ts";
import { goJson, goJsonLabels, goJsonString } from "../format/go-json.ts";
import { goLabelSet, goRfc3339Nano } from "../format/go-text.ts";
import { emptyTally, mergeEntries } from "../store/entry-merge.ts";
import type { LabStream } from "../store/stream.ts";
import { type LabContext, nowNs, tenantStreams } from "./lab-context.ts";
import { compileLines, type LinePipeline } from "./line-pipeline.ts";
import { extraJson } from "./log-answer.ts";

const POLL_MS = 500;
const PING_MS = 1_000;
const MAX_ENTRIES = 100;
/** What Loki keeps for a slow reader: ten frames; what does not fit is dropped and told. */
const BUFFERED_FRAMES = 10;
const MAX_DROPPED = 1_000;
/** Loki's `querier.tail_max_duration`. */
const MAX_DURATION_MS = 3_600_000;
/** A reader that is this far behind is slow. */
const SOCKET_BYTES = 8 * 1024 * 1024;

export interface TailRequest {
  readonly tenant: string;
  readonly expr: LogExpr;
  readonly startNs: bigint;
  readonly limit: number;
  readonly delayMs: number;
  readonly categorize: boolean;
  readonly legacy: boolean;
}

interface TailEntry {
  readonly timestampNs: bigint;
  readonly line: string;
  readonly stream: LabelSet;
  readonly metadata: LabelSet;
  readonly parsed: LabelSet;
  /** An ingester hands out what it just got without its structured metadata, unless labels are asked for by category. */
  readonly bare: boolean;
}

/** One tail: history first, then what arrives, frames of at most a hundred entries, a ping a second. */
export class TailSession {
  private readonly socket: WebSocket;
  private readonly request: TailRequest;
  private readonly context: LabContext;
  private readonly lines: LinePipeline | null;
  private readonly accepts: (labels: LabelSet) => boolean;
  private readonly stops: (() => void)[] = [];
  private readonly pushed: TailEntry[] = [];
  private readonly frames: string[] = [];
  private dropped: { readonly timestampNs: bigint; readonly labels: LabelSet }[] = [];
  private untilNs: bigint;
  private live = false;

  constructor(socket: WebSocket, request: TailRequest, context: LabContext) {
    this.socket = socket;
    this.request = request;
    this.context = context;
    this.lines = compileLines(request.expr, () => nowNs(context));
    this.accepts = compileSelector(request.expr.selector.matchers);
    this.untilNs = this.delayedNow();
  }

  start(): void {
    const { clock, store } = this.context;
    this.sendHistory();
    this.live = true;
    // A tenant that has no streams yet may get some while we listen.
    this.stops.push(
      store.tenant(this.request.tenant).listen((stream, entry) => {
        if (this.accepts(stream.labels))
          this.pushed.push(...this.evaluate(stream, entry.timestampNs, entry.line, entry.metadata));
      }),
      every(clock, POLL_MS, () => this.poll()),
      every(clock, PING_MS, () => this.socket.ping()),
      clock.after(MAX_DURATION_MS, () => this.socket.close(1011, "reached tail max duration limit")),
    );
    this.socket.once("close", () => this.stop());
  }

  stop(): void {
    for (const stop of this.stops) stop();
    this.stops.length = 0;
  }

  private delayedNow(): bigint {
    return nowNs(this.context) - BigInt(this.request.delayMs) * 1_000_000n;
  }

  private sendHistory(): void {
    const { startNs, limit } = this.request;
    const entries = this.read(startNs, this.untilNs, true, limit, tenantStreams(this.context, this.request.tenant));
    entries.reverse();
    this.offer(entries);
    this.flush();
  }

  /** Takes what has flowed since the last time, and what was pushed. */
  private poll(): void {
    const toNs = this.delayedNow();
    const flowing = this.context.store.peek(this.request.tenant)?.generatedStreams() ?? [];
    const generated =
      toNs > this.untilNs ? this.read(this.untilNs, toNs, false, Number.POSITIVE_INFINITY, flowing) : [];
    this.untilNs = toNs > this.untilNs ? toNs : this.untilNs;
    const entries = [...generated, ...this.takePushed()].sort((a, b) =>
      a.timestampNs < b.timestampNs ? -1 : a.timestampNs > b.timestampNs ? 1 : 0,
    );
    this.offer(entries);
    this.flush();
  }

  /** With a delay, pushed entries wait until they are old enough. */
  private takePushed(): TailEntry[] {
    if (this.request.delayMs === 0) return this.pushed.splice(0);
    const limitNs = this.delayedNow();
    const due = this.pushed.filter(({ timestampNs }) => timestampNs <= limitNs);
    const waiting = this.pushed.filter(({ timestampNs }) => timestampNs > limitNs);
    this.pushed.splice(0, this.pushed.length, ...waiting);
    return due;
  }

  private read(
    startNs: bigint,
    endNs: bigint,
    backward: boolean,
    limit: number,
    streams: readonly LabStream[],
  ): TailEntry[] {
    const selected = streams.filter(({ labels }) => this.accepts(labels));
    const found: TailEntry[] = [];
    mergeEntries(
      { streams: selected, startNs, endNs, backward, lost: () => false, tally: emptyTally() },
      ({ chunk, index, stream, timestampNs }) => {
        if (chunk === null) return false;
        if (this.lines !== null && !this.lines.mayMatch(chunk, index)) return true;
        found.push(...this.evaluate(stream, timestampNs, chunk.lineAt(index), chunk.metadataAt(index)));
        return found.length < limit;
      },
    );
    return found;
  }

  private evaluate(stream: LabStream, timestampNs: bigint, line: string, metadata: LabelSet): TailEntry[] {
    if (this.lines === null)
      return [{ timestampNs, line, stream: stream.labels, metadata, parsed: {}, bare: this.live }];
    const written = this.lines.runEntry(stream, { timestampNs, line, metadata });
    return written === null ? [] : [{ timestampNs, line: written.line, ...written.labels, bare: false }];
  }

  /** Queues frames, and drops what a slow reader leaves no room for; with the fault, every second entry. */
  private offer(entries: readonly TailEntry[]): void {
    const faulty = this.context.faults.has("drop-tail-entries");
    const kept = faulty ? entries.filter((_, index) => index % 2 === 0) : entries;
    if (faulty) this.drop(entries.filter((_, index) => index % 2 === 1));
    for (let at = 0; at < kept.length; at += MAX_ENTRIES) {
      const some = kept.slice(at, at + MAX_ENTRIES);
      this.send();
      if (this.frames.length >= BUFFERED_FRAMES) this.drop(some);
      else this.frames.push(this.frame(some));
    }
  }

  private drop(entries: readonly TailEntry[]): void {
    const lost = entries.map(({ timestampNs, stream, metadata }) => ({
      timestampNs,
      labels: { ...stream, ...metadata },
    }));
    this.dropped = [...this.dropped, ...lost].slice(-MAX_DROPPED);
  }

  private flush(): void {
    this.send();
    if (this.dropped.length > 0 && this.frames.length < BUFFERED_FRAMES) this.frames.push(this.frame([]));
    this.send();
  }

  /** Hands frames to the socket as long as the reader keeps up. */
  private send(): void {
    while (
      this.frames.length > 0 &&
      this.socket.bufferedAmount < SOCKET_BYTES &&
      this.socket.readyState === this.socket.OPEN
    ) {
      this.socket.send(this.frames.shift() ?? "");
    }
  }

  private frame(entries: readonly TailEntry[]): string {
    const dropped = this.dropped;
    this.dropped = [];
    if (this.request.legacy) return legacyFrame(entries, dropped);
    const { categorize } = this.request;
    const streams = entries.map(({ timestampNs, line, stream, metadata, parsed, bare }) => {
      const labels = categorize || bare ? stream : { ...stream, ...metadata, ...parsed };
      const extra = categorize ? `,${extraJson({ metadata, parsed })}` : "";
      return `{"stream":${goJsonLabels(labels)},"values":[["${timestampNs}",${goJsonString(line)}${extra}]]}`;
    });
    const parts = streams.length === 0 ? [] : [`"streams":[${streams.join(",")}]`];
    if (dropped.length > 0) {
      parts.push(
        `"dropped_entries":${goJson(dropped.map((each) => ({ timestamp: String(each.timestampNs), labels: each.labels })))}`,
      );
    }
    if (categorize) parts.push('"encodingFlags":["categorize-labels"]');
    return `{${parts.join(",")}}`;
  }
}

function legacyFrame(
  entries: readonly TailEntry[],
  dropped: readonly { readonly timestampNs: bigint; readonly labels: LabelSet }[],
): string {
  const streams = entries.map(({ timestampNs, line, stream, metadata, parsed }) => ({
    labels: goLabelSet({ ...stream, ...metadata, ...parsed }),
    entries: [{ ts: goRfc3339Nano(timestampNs), line }],
  }));
  const lost = dropped.map((each) => ({ Timestamp: goRfc3339Nano(each.timestampNs), Labels: goLabelSet(each.labels) }));
  return `${goJson({ streams, dropped_entries: lost.length === 0 ? null : lost })}\n`;
}

/** Calls again and again until stopped; never twice at once. */
function every(clock: Clock, ms: number, callback: () => void): () => void {
  let cancel: () => void = () => {};
  const next = () => {
    cancel = clock.after(ms, () => {
      callback();
      next();
    });
  };
  next();
  return () => cancel();
}
