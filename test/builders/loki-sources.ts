import { createDirectTransport } from "../../src-main/core/clusters/adapters/direct-transport.ts";
import type { LokiTransport } from "../../src-main/core/clusters/loki-transport.ts";
import { systemClock, type Clock } from "../../src-main/core/common/clock.ts";
import {
  createLokiLogSource,
  type LokiLogSource,
  type LokiLogSourceOptions,
} from "../../src-main/core/logs/adapters/loki/loki-log-source.ts";
import { createInlinePageParser } from "../../src-main/core/logs/adapters/loki/page-parser.ts";
import type { ReadEvent } from "../../src-main/core/logs/log-source.ts";
import type { LogBatch, RowExtra } from "../../src-shared/model/log-batch.ts";
import type { TenantId } from "../../src-shared/model/tenant-id.ts";
import { RecordingLogger } from "./recording-logger.ts";

/** A clock whose waits are over at once, on the wall's time: back-off without waiting. */
export const hastyClock: Clock = {
  nowMs: () => Date.now(),
  sleep: async (_ms, signal) => {
    signal?.throwIfAborted();
    await new Promise<void>((resolve) => setImmediate(resolve));
  },
  after: (ms, callback) => systemClock.after(ms, callback),
};

export function transportTo(url: string, options: { readonly clock?: Clock } = {}): LokiTransport {
  return createDirectTransport({
    url,
    auth: { kind: "none" },
    secret: async () => null,
    clock: options.clock ?? systemClock,
  });
}

export interface OpenedSource extends AsyncDisposable {
  readonly source: LokiLogSource;
  readonly transport: LokiTransport;
  readonly logger: RecordingLogger;
}

/** A source of tenant `t` over the URL, with a transport of its own. */
export function openSource(url: string, options: Partial<LokiLogSourceOptions> = {}): OpenedSource {
  const transport = options.transport ?? transportTo(url);
  const logger = new RecordingLogger();
  const source = createLokiLogSource({
    transport,
    tenant: "t" as TenantId,
    site: "test",
    title: "test",
    clock: hastyClock,
    logger,
    parser: createInlinePageParser(),
    cache: null,
    version: "0.0.0-test",
    requestTimeoutMs: 10_000,
    ...options,
  });
  return {
    source,
    transport,
    logger,
    async [Symbol.asyncDispose]() {
      await source[Symbol.asyncDispose]();
      await transport[Symbol.asyncDispose]();
    },
  };
}

/** A row as plain values. */
export interface PlainRow {
  readonly ts: bigint;
  readonly labels: Readonly<Record<string, string>>;
  readonly line: string;
  readonly extra: RowExtra;
}

export function plainRows(batch: LogBatch): PlainRow[] {
  const piece = (bytes: Uint8Array, offsets: Uint32Array, row: number): string =>
    Buffer.from(bytes.subarray(offsets[row], offsets[row + 1])).toString("utf8");
  return Array.from({ length: batch.rowCount }, (_, row) => {
    const extra = piece(batch.extraBytes, batch.extraOffsets, row);
    return {
      ts: batch.timestampsNs[row] ?? 0n,
      labels: batch.streams[batch.streamRefs[row] ?? 0] ?? {},
      line: piece(batch.lineBytes, batch.lineOffsets, row),
      extra: extra === "" ? {} : (JSON.parse(extra) as RowExtra),
    };
  });
}

export interface WholeRead {
  readonly rows: PlainRow[];
  readonly end: Extract<ReadEvent, { kind: "end" }>;
}

export async function readAll(events: AsyncIterable<ReadEvent>): Promise<WholeRead> {
  const rows: PlainRow[] = [];
  let end: WholeRead["end"] | null = null;
  for await (const event of events) {
    if (event.kind === "batch") rows.push(...plainRows(event.batch));
    if (event.kind === "end") end = event;
  }
  if (end === null) throw new Error("no end");
  return { rows, end };
}

export const neverAborted: AbortSignal = new AbortController().signal;
