/**
 * Measures archives on disk: writing on one thread and on two, sizes, opening, and reading the lines back with a search
 * over their bytes.
 *
 *     node test/perf/archive-parquet.bench.ts [--rows 2000000]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import type { LabelSet } from "../../src-shared/model/labels.ts";
import type { LogBatch } from "../../src-shared/model/log-batch.ts";
import type { BlockPlace } from "../../src-main/core/archive/archive-block.ts";
import type { WrittenSlice } from "../../src-main/core/archive/archive-writer.ts";
import { createArchiveWriter } from "../../src-main/core/archive/parquet/archive-writer-pool.ts";
import { createParquetBlockDecoder } from "../../src-main/core/archive/parquet/decode-parquet-block.ts";
import { chooseLabelColumns } from "../../src-main/core/archive/parquet/label-columns.ts";
import { writeManifest } from "../../src-main/core/archive/parquet/manifest-file.ts";
import { openKubemateArchive } from "../../src-main/core/archive/parquet/open-kubemate-archive.ts";
import { manifestOf, openContents } from "../builders/parquet-archives.ts";
import { RecordingLogger } from "../builders/recording-logger.ts";
import { workerSource } from "../builders/worker-source.ts";
import { printBenchLine } from "./bench-line.ts";

const BATCH_ROWS = 5_000;
const NEEDLE = "status=503";

type ParquetPlace = Extract<BlockPlace, { readonly kind: "parquet" }>;

const streams: readonly LabelSet[] = Array.from({ length: 200 }, (_, index) => ({
  app: `svc-${index % 20}`,
  namespace: "prod",
  level: index % 2 === 0 ? "info" : "error",
  pod: `svc-${index}-x7k2p`,
}));

/** About 150 bytes a line, as an access log in logfmt is. */
function batch(from: number, withMetadata: boolean): LogBatch {
  const lines: string[] = [];
  const extras: string[] = [];
  for (let row = from; row < from + BATCH_ROWS; row += 1) {
    const trace = (Math.imul(row, 2_654_435_761) >>> 0).toString(16).padStart(8, "0");
    lines.push(
      `level=${row % 13 === 0 ? "error" : "info"} ts=2026-11-20T10:00:00.${row % 1_000}Z caller=http.go:97 msg="request done" ` +
        `trace=${trace} path=/api/accounts/${row % 9_999}/transfers status=${row % 997 === 0 ? 503 : 200} dur=${row % 1_500}ms id=${row}`,
    );
    extras.push(withMetadata ? `{"m":{"trace_id":"${trace}","detected_level":"info"}}` : "");
  }
  return {
    rowCount: BATCH_ROWS,
    timestampsNs: BigInt64Array.from(
      { length: BATCH_ROWS },
      (_, row) => 1_763_600_000_000_000_000n + BigInt(from + row) * 1_000n,
    ),
    streams,
    streamRefs: Uint32Array.from(
      { length: BATCH_ROWS },
      (_, row) => (Math.imul(from + row, 2_654_435_761) >>> 8) % streams.length,
    ),
    lineOffsets: offsetsOf(lines),
    lineBytes: new Uint8Array(Buffer.from(lines.join(""))),
    extraOffsets: offsetsOf(extras),
    extraBytes: new Uint8Array(Buffer.from(extras.join(""))),
    levels: new Uint8Array(BATCH_ROWS),
  };
}

/** All of it is ASCII: characters are bytes. */
function offsetsOf(texts: readonly string[]): Uint32Array {
  const offsets = new Uint32Array(texts.length + 1);
  for (const [index, text] of texts.entries()) offsets[index + 1] = (offsets[index] ?? 0) + text.length;
  return offsets;
}

/** A batch of its own: the writer takes the buffers. */
function copied(given: LogBatch, byNs: bigint): LogBatch {
  return {
    ...given,
    timestampsNs: given.timestampsNs.map((ns) => ns + byNs),
    streamRefs: given.streamRefs.slice(),
    lineOffsets: given.lineOffsets.slice(),
    lineBytes: given.lineBytes.slice(),
    extraOffsets: given.extraOffsets.slice(),
    extraBytes: given.extraBytes.slice(),
    levels: given.levels.slice(),
  };
}

/** Writes `rows` rows as `threads` slices at once. The threads run before the clock does. */
async function write(
  directory: string,
  rows: number,
  threads: number,
  withMetadata: boolean,
): Promise<{ readonly slices: WrittenSlice[]; readonly rowsPerSecond: number }> {
  const batches = Array.from({ length: 20 }, (_, index) => batch(index * BATCH_ROWS, withMetadata));
  const labelColumns = chooseLabelColumns(streams);
  await using pool = createArchiveWriter({ locate: workerSource, threads, logger: new RecordingLogger() });
  const open = await Promise.all(
    Array.from({ length: threads }, (_, slice) =>
      pool.openSlice({ directory, tenant: "bench", slice: String(slice), labelColumns, redact: [] }),
    ),
  );
  const each = rows / threads / BATCH_ROWS;
  const began = performance.now();
  const slices = await Promise.all(
    open.map(async (slice, lane) => {
      for (let number = 0; number < each; number += 1) {
        const given = batches[number % batches.length];
        const round = BigInt(Math.floor(number / batches.length) + lane * Math.ceil(each / batches.length));
        if (given !== undefined)
          await slice.append(copied(given, round * BigInt(batches.length * BATCH_ROWS) * 1_000n));
      }
      return slice.finish();
    }),
  );
  return { slices, rowsPerSecond: (rows / (performance.now() - began)) * 1_000 };
}

/** Decodes places on `threads` threads that run already, and counts a text in the lines' bytes. Twice; the second counts. */
async function search(places: readonly ParquetPlace[], threads: number): Promise<{ ms: number; found: number }> {
  const workers = Array.from({ length: threads }, () => new Worker(new URL(import.meta.url)));
  const ask = (worker: Worker, work: readonly ParquetPlace[]): Promise<number> =>
    new Promise((resolve, reject) => {
      worker.once("message", resolve);
      worker.once("error", reject);
      worker.postMessage(work, []);
    });
  let answer = { ms: 0, found: 0 };
  for (let round = 0; round < 2; round += 1) {
    const began = performance.now();
    const counts = await Promise.all(
      workers.map((worker, index) =>
        ask(
          worker,
          places.filter((_, place) => place % threads === index),
        ),
      ),
    );
    answer = { ms: performance.now() - began, found: counts.reduce((sum, count) => sum + count, 0) };
  }
  await Promise.all(workers.map((worker) => worker.terminate()));
  return answer;
}

async function countIn(places: readonly ParquetPlace[]): Promise<number> {
  const decode = createParquetBlockDecoder();
  let found = 0;
  for (const place of places) {
    const { bytes } = await decode(place);
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = buffer.indexOf(NEEDLE); at >= 0; at = buffer.indexOf(NEEDLE, at + 1)) found += 1;
  }
  return found;
}

function figure(value: number): string {
  return Math.round(value).toLocaleString("en");
}

async function bench(rows: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "kubemate-bench-"));
  try {
    const one = await write(join(folder, "one"), rows / 2, 1, false);
    report(
      "archive: rows written a thread, 4 labels",
      "≥ 350,000 rows/s",
      one.rowsPerSecond,
      "rows/s",
      one.rowsPerSecond >= 350_000,
    );
    const extra = await write(join(folder, "metadata"), rows / 4, 1, true);
    report(
      "archive: rows written a thread, 4 labels and metadata that is never the same",
      "",
      extra.rowsPerSecond,
      "rows/s",
      null,
    );
    const directory = join(folder, "two");
    const two = await write(directory, rows, 2, false);
    report(
      "archive: rows written on two threads",
      "≥ 250,000 rows/s",
      two.rowsPerSecond,
      "rows/s",
      two.rowsPerSecond >= 250_000,
    );
    await writeManifest(directory, manifestOf(two.slices));
    const files = two.slices.flatMap((slice) => slice.files);
    const sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
    const lineBytes = files.reduce((sum, file) => sum + file.lineBytes, 0);
    report(
      `archive: bytes a row on disk, of lines of ${figure(lineBytes / rows)}`,
      "",
      sizeBytes / rows,
      "bytes",
      null,
    );
    const began = performance.now();
    const { blocks } = await openContents(openKubemateArchive, directory);
    report(
      `archive: opened, ${figure(rows)} rows`,
      "≤ 1,000 ms",
      performance.now() - began,
      "ms",
      performance.now() - began <= 1_000,
    );
    const places = blocks.flatMap(({ place }) => (place.kind === "parquet" ? [place] : []));
    const { ms, found } = await search(places, 2);
    const what = `archive: a text in ${figure(rows)} lines, ${figure(lineBytes / 1e6)} MB, on two threads (${figure(found)} found)`;
    report(what, "≤ 400 ms", ms, "ms", ms <= 400);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function report(what: string, reach: string, value: number, unit: string, ok: boolean | null): void {
  printBenchLine({ what, reach, measured: `${figure(value)} ${unit}`, ok });
}

if (isMainThread) {
  const { values } = parseArgs({ options: { rows: { type: "string", default: "2000000" } } });
  await bench(Number(values.rows));
} else {
  const port = parentPort;
  // Only `search` above posts to this thread.
  port?.on("message", (places: readonly ParquetPlace[]) => {
    void countIn(places).then((count) => port.postMessage(count, []));
  });
}
