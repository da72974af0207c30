import type { Readable } from "node:stream";
import { AppError, isAppError } from "../../../../../src-shared/errors/app-error.ts";
import type { LogPipeline } from "../../../../../src-shared/logql/log-pipeline.ts";
import {
  formatNanoUtc,
  NS_PER_SECOND,
  type NanoTime,
  type TimeRange,
} from "../../../../../src-shared/model/nano-time.ts";
import type { KubernetesClient } from "../../../clusters/kubernetes-client.ts";
import { podLogLines } from "./pod-log-lines.ts";
import type { PodReadAccount } from "./pod-read-account.ts";
import { RowFilter, type PodRow } from "./pod-rows.ts";
import { streamName, type PodStream } from "./pod-streams.ts";

/** The container runtime stamps stdout and stderr apart, so neighbours may be out of order by this much. */
const DISORDER_NS = NS_PER_SECOND;

export interface StreamReadOptions {
  readonly client: Pick<KubernetesClient, "podLog">;
  readonly namespace: string;
  readonly pipeline: LogPipeline;
  readonly account: PodReadAccount;
  readonly signal: AbortSignal;
}

/**
 * The rows of one stream within a range, in order of time and within one time as they were written. A stream that cannot
 * be read ends, and the account says so; only cancelling rejects.
 */
export async function* readPodStream(
  stream: PodStream,
  range: TimeRange,
  options: StreamReadOptions,
): AsyncGenerator<readonly PodRow[]> {
  const { account, signal } = options;
  let body: Readable | null = null;
  try {
    body = await openPodLog(stream, range.startNs, false, options);
    yield* orderedRows(body, stream, range, options);
  } catch (error) {
    const failure = asClusterError(error, signal);
    if (failure.category === "cancelled") throw failure;
    account.failed(streamName(stream), failure);
  } finally {
    body?.destroy();
  }
}

/** Opens the log where a range begins; the kubelet knows whole seconds only. */
export function openPodLog(
  stream: PodStream,
  sinceNs: NanoTime | "end",
  follow: boolean,
  { client, namespace, account, signal }: Omit<StreamReadOptions, "pipeline">,
): Promise<Readable> {
  account.requests += 1;
  const whole = sinceNs === "end" ? 0n : sinceNs - (sinceNs % NS_PER_SECOND);
  return client.podLog({
    namespace,
    pod: stream.pod,
    container: stream.container,
    previous: stream.previous,
    follow,
    sinceTime: whole <= 0n ? null : `${formatNanoUtc(whole).slice(0, 19)}Z`,
    tailLines: sinceNs === "end" ? 0 : null,
    signal,
  });
}

/** A break while reading, which comes from undici as it is. */
export function asClusterError(error: unknown, signal: AbortSignal): AppError {
  if (signal.aborted) return new AppError("request.cancelled", {}, { cause: error });
  if (isAppError(error)) return error;
  const problem = error instanceof Error && "code" in error ? String(error.code) : "cut short";
  if (problem === "UND_ERR_BODY_TIMEOUT") {
    return new AppError("cluster.timeout", { host: "", seconds: 0 }, { cause: error });
  }
  return new AppError("cluster.unreachable", { host: "", problem }, { cause: error });
}

async function* orderedRows(
  body: Readable,
  stream: PodStream,
  range: TimeRange,
  { pipeline, account }: StreamReadOptions,
): AsyncGenerator<readonly PodRow[]> {
  const filter = new RowFilter(pipeline, stream);
  let held: PodRow[] = [];
  let newestNs = range.startNs;
  for await (const lines of podLogLines(body)) {
    for (const line of lines) {
      account.linesProcessed += 1;
      account.bytesProcessed += line.bytes.length;
      if (line.timestampNs === null) {
        account.said(streamName(stream), line.bytes);
        continue;
      }
      if (line.timestampNs > newestNs) newestNs = line.timestampNs;
      if (line.timestampNs < range.startNs || line.timestampNs >= range.endNs) continue;
      const row = filter.row(line.timestampNs, line.bytes);
      if (row !== null) held.push(row);
    }
    const settledNs = newestNs - DISORDER_NS;
    const ready = takeOlder(held, settledNs);
    held = ready.rest;
    if (ready.rows.length > 0) yield ready.rows;
    if (newestNs >= range.endNs + DISORDER_NS) break;
  }
  held.sort(byTime);
  if (held.length > 0) yield held;
}

/** What nothing that still comes can precede, in order; the rest waits. */
function takeOlder(held: PodRow[], settledNs: NanoTime): { readonly rows: readonly PodRow[]; readonly rest: PodRow[] } {
  held.sort(byTime);
  const firstKept = held.findIndex((row) => row.timestampNs > settledNs);
  if (firstKept < 0) return { rows: held, rest: [] };
  return { rows: held.slice(0, firstKept), rest: held.slice(firstKept) };
}

export function byTime(a: { readonly timestampNs: NanoTime }, b: { readonly timestampNs: NanoTime }): number {
  return a.timestampNs < b.timestampNs ? -1 : a.timestampNs > b.timestampNs ? 1 : 0;
}
