import { AppError } from "../../../../src-shared/errors/app-error.ts";
import { selectorsOf } from "../../../../src-shared/logql/ast.ts";
import type { QueryPlan } from "../../../../src-shared/logql/answer-query.ts";
import type { LogStream, StreamEntry } from "../../../../src-shared/logql/log-entry.ts";
import { labelsKey } from "../../../../src-shared/logql/metric/series.ts";
import { streamHash } from "../../../../src-shared/logql/pipeline/stream-hash.ts";
import { samplesNeeded } from "../../../../src-shared/logql/run-metric-query.ts";
import type { LabelSet } from "../../../../src-shared/model/labels.ts";
import type { RowExtra } from "../../../../src-shared/model/log-batch.ts";
import { MAX_NANO_TIME, MIN_NANO_TIME } from "../../../../src-shared/model/nano-time.ts";
import type { ArchiveContents } from "../archive-contents.ts";
import type { ArchiveScanner } from "./archive-scanner.ts";
import { takesAny } from "./any-selector.ts";
import { windowsReach } from "./block-samples.ts";
import type { ReadAccount } from "./read-account.ts";
import { readRows } from "./read-rows.ts";
import { planBlocks } from "./scan-plan.ts";

/** Rows that are held at most. */
const MAX_ROWS = 2_000_000;

export interface LoadOptions {
  readonly contents: ArchiveContents;
  readonly tenant: string;
  readonly pool: ArchiveScanner;
  readonly account: ReadAccount;
}

/**
 * The streams that a query reads, with their entries in memory. For a log query they are whole, whatever its range: one of
 * Loki's bugs depends on what the last entry of a stream is.
 * @throws `logs.unsupported` over more than two million rows
 */
export async function loadStreams(
  { contents, tenant, pool, account }: LoadOptions,
  plan: QueryPlan,
  signal: AbortSignal,
): Promise<readonly LogStream[]> {
  const { startNs, endNs } = reachOf(plan);
  const selectors = selectorsOf(plan.expr);
  const streams = new Map<string, { readonly labels: LabelSet; readonly entries: StreamEntry[] }>();
  let rows = 0;
  const batches = readRows(
    {
      blocks: planBlocks({ contents, tenant, startNs, endNs, takes: takesAny(selectors), direction: "forward" }),
      expr: null,
      selectors,
      startNs,
      endNs,
      direction: "forward",
      streamOrder: "ascending",
      limit: null,
      nowNs: 0n,
      scanner: pool,
      account,
    },
    signal,
  );
  // A metric query without logs, such as `1 + 1`, has no selectors and reads nothing.
  if (selectors.length === 0) return [];
  for await (const batch of batches) {
    if (batch === null) continue;
    const lists = batch.streams.map((labels) => {
      const key = labelsKey(labels);
      const stream = streams.get(key) ?? { labels, entries: [] };
      streams.set(key, stream);
      return stream.entries;
    });
    const lines = Buffer.from(batch.lineBytes.buffer, batch.lineBytes.byteOffset, batch.lineBytes.byteLength);
    const extras = Buffer.from(batch.extraBytes.buffer, batch.extraBytes.byteOffset, batch.extraBytes.byteLength);
    for (let row = 0; row < batch.rowCount; row += 1) {
      const entries = lists[batch.streamRefs[row] ?? 0];
      if (entries === undefined) continue;
      rows += 1;
      if (rows > MAX_ROWS) throw new AppError("logs.unsupported", { capability: "compat loki: too many rows" });
      const extra = extras.toString("utf8", batch.extraOffsets[row], batch.extraOffsets[row + 1]);
      // Written by batch-builder.ts.
      const { m } = extra === "" ? ({} as RowExtra) : (JSON.parse(extra) as RowExtra);
      entries.push({
        timestampNs: batch.timestampsNs[row] ?? 0n,
        line: lines.toString("utf8", batch.lineOffsets[row], batch.lineOffsets[row + 1]),
        metadata: m,
      });
    }
  }
  // As a scan takes them; some results of floating point depend on it.
  const ordered = [...streams.values()].map((stream) => ({ stream, hash: streamHash(stream.labels) }));
  return ordered.sort((left, right) => (left.hash < right.hash ? -1 : 1)).map(({ stream }) => stream);
}

function reachOf(plan: QueryPlan): { readonly startNs: bigint; readonly endNs: bigint } {
  if (plan.kind === "log") return { startNs: MIN_NANO_TIME, endNs: MAX_NANO_TIME + 1n };
  let startNs = MAX_NANO_TIME;
  let endNs = MIN_NANO_TIME;
  for (const { aggregation, grid } of samplesNeeded(plan.expr, plan.params)) {
    const { fromNs, toNs } = windowsReach(aggregation, grid);
    if (fromNs + 1n < startNs) startNs = fromNs + 1n;
    if (toNs + 1n > endNs) endNs = toNs + 1n;
  }
  return { startNs, endNs };
}
