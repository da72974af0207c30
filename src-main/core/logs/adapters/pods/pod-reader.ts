import { AppError } from "../../../../../src-shared/errors/app-error.ts";
import { compileLogPipeline } from "../../../../../src-shared/logql/log-pipeline.ts";
import type { LogQuery } from "../../../../../src-shared/model/log-query.ts";
import type { KubernetesClient } from "../../../clusters/kubernetes-client.ts";
import type { ReadEvent } from "../../log-source.ts";
import { NewestRows } from "./newest-rows.ts";
import { mergeRows } from "./pod-merge.ts";
import { parsePodQuery } from "./pod-query.ts";
import { PodReadAccount } from "./pod-read-account.ts";
import { batchOfRows, type PodRow } from "./pod-rows.ts";
import { readPodStream, type StreamReadOptions } from "./pod-stream-reader.ts";
import { podStreams, streamName, type PodStream } from "./pod-streams.ts";

const BATCH_ROWS = 2_000;
/** A forward merge holds one connection for each log. */
const MAX_MERGED = 200;
const BACKWARD_AT_A_TIME = 8;

export interface PodReadOptions {
  readonly client: () => Promise<KubernetesClient>;
  readonly namespace: string;
  /** Bytes of lines that a backward read may hold; the kubelet gives logs from the oldest line on only. */
  readonly maxHeldBytes: number;
}

/** Reads the logs that a query takes, merged by time. Parts that cannot be read make it incomplete, with the evidence. */
export async function* readPods(
  query: LogQuery,
  options: PodReadOptions,
  signal: AbortSignal,
): AsyncGenerator<ReadEvent> {
  const expr = parsePodQuery(query.expr);
  if (query.range.endNs < query.range.startNs) throw new AppError("logs.range-reversed", {});
  const pipeline = compileLogPipeline(expr);
  const account = new PodReadAccount();
  const client = await options.client();
  account.requests += 1;
  const pods = await client.listPods({ namespace: options.namespace, signal });
  const streams = podStreams(pods).filter(({ labels }) => pipeline.matches(labels));
  const read = { client, namespace: options.namespace, pipeline, account, signal };
  if (query.range.endNs > query.range.startNs) {
    yield* query.direction === "forward"
      ? readForward(streams, query, read)
      : readBackward(streams, query, read, options.maxHeldBytes);
  }
  yield { kind: "end", completeness: account.completeness(), stats: account.stats() };
}

async function* readForward(
  streams: readonly PodStream[],
  { range, limit }: LogQuery,
  options: StreamReadOptions,
): AsyncGenerator<ReadEvent> {
  const { account } = options;
  for (const stream of streams.slice(MAX_MERGED)) {
    account.failed(streamName(stream), new AppError("cluster.too-many-streams", { limit: MAX_MERGED }));
  }
  const most = limit ?? Number.POSITIVE_INFINITY;
  let count = 0;
  let rows: PodRow[] = [];
  const sources = streams.slice(0, MAX_MERGED).map((stream) => readPodStream(stream, range, options));
  for await (const row of mergeRows(sources)) {
    if (count >= most) {
      account.limited(most);
      break;
    }
    count += 1;
    rows.push(row);
    if (rows.length < BATCH_ROWS) continue;
    yield { kind: "batch", batch: batchOfRows(rows) };
    yield { kind: "progress", stats: account.stats() };
    rows = [];
  }
  if (rows.length > 0) yield { kind: "batch", batch: batchOfRows(rows) };
}

async function* readBackward(
  streams: readonly PodStream[],
  { range, limit }: LogQuery,
  options: StreamReadOptions,
  maxHeldBytes: number,
): AsyncGenerator<ReadEvent> {
  const { account } = options;
  const newest = new NewestRows(limit ?? Number.POSITIVE_INFINITY, maxHeldBytes);
  const waiting = [...streams];
  const worker = async (): Promise<void> => {
    for (let stream = waiting.shift(); stream !== undefined; stream = waiting.shift()) {
      // oxlint-disable-next-line no-await-in-loop -- one stream after the other, several workers side by side
      for await (const rows of readPodStream(stream, range, options)) newest.add(rows);
    }
  };
  await Promise.all(Array.from({ length: BACKWARD_AT_A_TIME }, worker));
  const rows = newest.take();
  if (newest.dropped > 0) account.limited(rows.length);
  for (let from = 0; from < rows.length; from += BATCH_ROWS) {
    yield { kind: "batch", batch: batchOfRows(rows.slice(from, from + BATCH_ROWS)) };
  }
}
