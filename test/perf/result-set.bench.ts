/**
 * Measures result sets: append, spill, windows, jumps, searches, a storm of a tail.
 *
 *     node test/perf/result-set.bench.ts [--rows 20000000] [--find-rows 5000000] [--tail-seconds 300] [--only find|jump|tail]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { LogTarget } from "../../src-shared/api/log-target.ts";
import { logsApi, type TextMatch } from "../../src-shared/api/logs.api.ts";
import type { LogBatch } from "../../src-shared/model/log-batch.ts";
import { systemClock } from "../../src-main/core/common/clock.ts";
import { ResultSets } from "../../src-main/core/logs/result-sets.ts";
import type { ResultSet } from "../../src-main/core/logs/result-set/result-set.ts";
import { nearestRow } from "../../src-main/core/logs/result-set/row-at-time.ts";
import { rowWindow } from "../../src-main/core/logs/row-window.ts";
import { setHistogram } from "../../src-main/core/logs/set-histogram.ts";
import { fixedSettings } from "../builders/logs-services.ts";
import { RecordingLogger } from "../builders/recording-logger.ts";
import { workerSource } from "../builders/worker-source.ts";
import { printBenchLine } from "./bench-line.ts";

const { values: flags } = parseArgs({
  options: {
    rows: { type: "string", default: "20000000" },
    "find-rows": { type: "string", default: "5000000" },
    "tail-seconds": { type: "string", default: "300" },
    only: { type: "string" },
  },
});

const BATCH_ROWS = 5_000;
const target: LogTarget = logsApi.open.input.shape.target.parse({ kind: "loki", site: "bench", tenant: "bench" });

function report(what: string, value: number, unit: string, reach: number | null = null): void {
  const figure = value >= 100 ? Math.round(value) : Math.round(value * 10) / 10;
  printBenchLine({
    what,
    reach: reach === null ? "" : `≤ ${reach.toLocaleString("en")} ${unit}`,
    measured: `${figure.toLocaleString("en")} ${unit}`,
    ok: reach === null ? null : value <= reach,
  });
}

/**
 * The main thread's own processor time in milliseconds while something runs, and the longest time between two looks at
 * the clock in which it was busy itself: waiting for a core that other programs have does not count.
 */
async function busyMain<Value>(
  run: () => Promise<Value>,
): Promise<{ totalMs: number; longestMs: number; value: Value }> {
  let longest = 0;
  let last = threadMs();
  const first = last;
  const timer = setInterval(() => {
    const now = threadMs();
    longest = Math.max(longest, now - last);
    last = now;
  }, 1);
  const value = await run();
  clearInterval(timer);
  return { totalMs: threadMs() - first, longestMs: Math.max(longest, threadMs() - last), value };
}

function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

/** About 150 bytes a line, as an access log in logfmt is; a few hundred streams; some metadata. */
function batchMaker(): (from: number, count: number) => LogBatch {
  const streams = Array.from({ length: 200 }, (_, index) => ({ app: `svc-${index % 20}`, pod: `svc-${index}-x7k2p` }));
  return (from, count) => {
    const lines: string[] = [];
    const extras: string[] = [];
    for (let row = from; row < from + count; row += 1) {
      const trace = (Math.imul(row, 2_654_435_761) >>> 0).toString(16).padStart(8, "0");
      const status = row % 997 === 0 ? 503 : 200;
      lines.push(
        `level=${row % 13 === 0 ? "error" : "info"} ts=2026-11-20T10:00:00.${row % 1_000}Z caller=http.go:97 msg="request done" ` +
          `path=/api/accounts/${row % 9_999}/transfers status=${status} dur=${row % 1_500}ms id=${row}`,
      );
      extras.push(`{"m":{"trace_id":"${trace}","detected_level":"info"}}`);
    }
    return {
      rowCount: count,
      timestampsNs: BigInt64Array.from(
        { length: count },
        (_, row) => 1_763_600_000_000_000_000n + BigInt(from + row) * 50_000n,
      ),
      streams,
      streamRefs: Uint32Array.from({ length: count }, (_, row) => (from + row) % streams.length),
      lineOffsets: offsetsOf(lines),
      lineBytes: Buffer.from(lines.join("")),
      extraOffsets: offsetsOf(extras),
      extraBytes: Buffer.from(extras.join("")),
      levels: Uint8Array.from({ length: count }, (_, row) => ((from + row) % 13 === 0 ? 2 : 4)),
    };
  };
}

/** All of it is ASCII: characters are bytes. */
function offsetsOf(texts: readonly string[]): Uint32Array {
  const offsets = new Uint32Array(texts.length + 1);
  for (const [index, text] of texts.entries()) offsets[index + 1] = (offsets[index] ?? 0) + text.length;
  return offsets;
}

/** The same batch again at a later time: making text would cost more than storing it. */
function shifted(batch: LogBatch, byNs: bigint): LogBatch {
  return { ...batch, timestampsNs: batch.timestampsNs.map((ns) => ns + byNs) };
}

async function fill(set: ResultSet, rows: number): Promise<number> {
  const batches = Array.from({ length: 20 }, (_, index) => batchMaker()(index * BATCH_ROWS, BATCH_ROWS));
  const began = performance.now();
  for (let from = 0; from < rows; from += BATCH_ROWS) {
    const round = Math.floor(from / BATCH_ROWS / batches.length);
    const batch = batches[(from / BATCH_ROWS) % batches.length];
    if (batch !== undefined) await set.append(shifted(batch, BigInt(round * batches.length * BATCH_ROWS) * 50_000n));
  }
  set.store.finish();
  return performance.now() - began;
}

function percentile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? 0;
}

function residentMb(): number {
  return process.memoryUsage().rss / 2 ** 20;
}

async function withSets(use: (sets: ResultSets) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "kubemate-bench-"));
  try {
    await using sets = await ResultSets.open({
      settings: fixedSettings(),
      clock: systemClock,
      logger: new RecordingLogger(),
      profileDirectory: folder,
      locateWorker: workerSource,
    });
    await use(sets);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function newSet(sets: ResultSets): ResultSet {
  return sets.create("bench", target, "forward").set;
}

async function search(set: ResultSet, match: TextMatch): Promise<number> {
  const found = set.search(match);
  if (!found.caughtUp) {
    await new Promise<void>((resolve, reject) => {
      found.onProgress(() => {
        if (found.error !== null) reject(found.error);
        else if (found.caughtUp) resolve();
      });
    });
  }
  return found.count;
}

async function benchFind(sets: ResultSets): Promise<void> {
  const rows = Number(flags["find-rows"]);
  const set = newSet(sets);
  const ms = await fill(set, rows);
  report("append", (rows / ms) * 1_000, "rows/s");
  report("line bytes a row", set.store.lineBytes / rows, "bytes");
  await search(set, { kind: "literal", pattern: "warm the threads", caseSensitive: true });
  const cases: [string, TextMatch, number][] = [
    ["literal", { kind: "literal", pattern: "status=503", caseSensitive: true }, 1_000],
    ["literal that is nowhere", { kind: "literal", pattern: "no such text", caseSensitive: true }, 1_000],
    ["literal that is everywhere", { kind: "literal", pattern: "caller=", caseSensitive: true }, 1_000],
    ["literal in any case", { kind: "literal", pattern: "STATUS=503", caseSensitive: false }, 1_000],
    ["regex with a literal", { kind: "regex", pattern: "status=5\\d\\d dur=1\\d+ms", caseSensitive: true }, 3_000],
    ["regex without one", { kind: "regex", pattern: "[3-5]0[1-9] .*[0-9]{4}m", caseSensitive: true }, 3_000],
    ["regex in any case", { kind: "regex", pattern: "LEVEL=(error|warn)", caseSensitive: false }, 3_000],
  ];
  for (const [name, match, reach] of cases) {
    const began = performance.now();
    const { longestMs, value: count } = await busyMain(() => search(set, match));
    const what = `find a ${name} in ${rows.toLocaleString("en")} rows`;
    report(`${what} (${count.toLocaleString("en")} found)`, performance.now() - began, "ms", reach);
    report(`${what}: longest task of the main thread`, longestMs, "ms", 20);
  }
  const began = performance.now();
  await setHistogram(set, null, 200, sets.pool);
  report(`histogram of ${rows} rows`, performance.now() - began, "ms");
  const counted = performance.now();
  const stats = await sets.fieldStats(set).count(20);
  report(`field statistics, one call (${stats.scannedRows} rows)`, performance.now() - counted, "ms");
  await sets.registry.close(set.id);
}

async function benchJump(sets: ResultSets): Promise<void> {
  const rows = Number(flags.rows);
  const set = newSet(sets);
  const ms = await fill(set, rows);
  report(`append ${rows} rows with spill`, (rows / ms) * 1_000, "rows/s");
  report(`${rows} rows: resident memory`, residentMb(), "MB", 600);
  report(`${rows} rows: on disk`, set.store.spilledBytes / 2 ** 20, "MB");
  const jumps: number[] = [];
  for (let count = 0; count < 500; count += 1) {
    const from = Math.floor(Math.random() * (rows - 100));
    const began = performance.now();
    await rowWindow(set, from, 100);
    jumps.push(performance.now() - began);
  }
  report("jump to any row, window of 100: p50", percentile(jumps, 0.5), "ms");
  report("jump to any row, window of 100: p95", percentile(jumps, 0.95), "ms");
  report("jump to any row, window of 100: longest", Math.max(...jumps), "ms", 50);
  const scrolled: number[] = [];
  for (let from = 0; from < 100_000; from += 100) {
    const began = performance.now();
    await rowWindow(set, from, 100);
    scrolled.push(performance.now() - began);
  }
  report("scroll, windows of 100: p95", percentile(scrolled, 0.95), "ms");
  const times: number[] = [];
  for (let count = 0; count < 100; count += 1) {
    const began = performance.now();
    await nearestRow(set, false, 1_763_600_000_000_000_000n + BigInt(Math.floor(Math.random() * rows)) * 50_000n);
    times.push(performance.now() - began);
  }
  report("row at an instant: p95", percentile(times, 0.95), "ms");
  const began = performance.now();
  await search(set, { kind: "literal", pattern: "status=503", caseSensitive: true });
  report(`find a literal in ${rows} rows`, performance.now() - began, "ms");
  report(`${rows} rows after a search: resident memory`, residentMb(), "MB", 600);
  await sets.registry.close(set.id);
}

const PACED_SECONDS = 10;

/**
 * A tail of 20,000 lines a second in steps of a tenth of a second, with a search that follows it: first at its own pace,
 * for what the main thread feels of it, then all of its minutes as fast as they are taken, for what the memory does.
 */
async function benchTail(sets: ResultSets): Promise<void> {
  const steps = Number(flags["tail-seconds"]) * 10;
  const set = newSet(sets);
  const batches = Array.from({ length: 20 }, (_, index) => batchMaker()(index * 2_000, 2_000));
  const append = async (step: number) => {
    const batch = batches[step % batches.length];
    if (batch !== undefined) await set.append(shifted(batch, BigInt(step) * 100_000_000n));
  };
  const live = set.search({ kind: "literal", pattern: "status=503", caseSensitive: true });
  set.onChange(() => live.extend());
  const { longestMs, totalMs } = await busyMain(async () => {
    for (let step = 0; step < PACED_SECONDS * 10; step += 1) {
      await append(step);
      await systemClock.sleep(100);
    }
  });
  report("tail at 20,000 lines/s with a live search: longest task of the main thread", longestMs, "ms", 20);
  report("tail at 20,000 lines/s: main thread busy", totalMs / PACED_SECONDS / 10, "%");
  let half = 0;
  const began = performance.now();
  for (let step = 0; step < steps; step += 1) {
    await append(step);
    await new Promise<void>((resolve) => setImmediate(resolve));
    if (step === Math.floor(steps / 2)) half = residentMb();
  }
  const rows = steps * 2_000;
  report(
    `tail of ${rows.toLocaleString("en")} lines, as fast as it goes`,
    (rows * 1_000) / (performance.now() - began),
    "rows/s",
  );
  report("tail: memory grown over its second half", residentMb() - half, "MB", 60);
  await sets.registry.close(set.id);
}

const benches: Readonly<Record<string, (sets: ResultSets) => Promise<void>>> = {
  find: benchFind,
  jump: benchJump,
  tail: benchTail,
};
// One console has one memory for all its sets, so the benches share it too.
await withSets(async (sets) => {
  for (const [name, bench] of Object.entries(benches)) {
    if (flags.only === undefined || flags.only === name) await bench(sets);
  }
});
