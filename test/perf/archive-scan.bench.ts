/**
 * Measures queries over archives: a text file opened cold, the same lines archived, a large archive.
 *
 *     node test/perf/archive-scan.bench.ts [--rows 5000000] [--text-rows 2000000] [--threads 2]
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { ArchiveContents, ArchiveOpener, OpenParts } from "../../src-main/core/archive/archive-contents.ts";
import { createArchiveLogSource } from "../../src-main/core/archive/archive-log-source.ts";
import { createArchiveWriter } from "../../src-main/core/archive/parquet/archive-writer-pool.ts";
import { chooseLabelColumns } from "../../src-main/core/archive/parquet/label-columns.ts";
import { writeManifest } from "../../src-main/core/archive/parquet/manifest-file.ts";
import { openKubemateArchive } from "../../src-main/core/archive/parquet/open-kubemate-archive.ts";
import { ArchiveScanPool } from "../../src-main/core/archive/scan/archive-scan-pool.ts";
import { openTextFiles } from "../../src-main/core/archive/text/open-text-files.ts";
import { systemClock } from "../../src-main/core/common/clock.ts";
import type { LogSource } from "../../src-main/core/logs/log-source.ts";
import type { TimeRange } from "../../src-shared/model/nano-time.ts";
import { accessLogs } from "../builders/access-logs.ts";
import { manifestOf } from "../builders/parquet-archives.ts";
import { RecordingLogger } from "../builders/recording-logger.ts";
import { workerSource } from "../builders/worker-source.ts";
import { printBenchLine } from "./bench-line.ts";
import { timeOtherTools } from "./other-tools.ts";

const { values: flags } = parseArgs({
  options: {
    rows: { type: "string", default: "5000000" },
    "text-rows": { type: "string", default: "2000000" },
    threads: { type: "string" },
    /** Only measures this archive; what the bench does with a process of its own, so that its memory is the query's. */
    open: { type: "string" },
  },
});

const TENANT = "bench";
const START_NS = 1_795_168_800_000_000_000n;
const ALL: TimeRange = { startNs: START_NS - 1n, endNs: START_NS + 86_400_000_000_000n };
const BATCH_ROWS = 10_000;
const logs = accessLogs(START_NS);
const logger = new RecordingLogger();
const signal = new AbortController().signal;
const folder = mkdtempSync(join(tmpdir(), "kubemate-bench-"));

function report(what: string, value: number, unit: string, reach: number | null): void {
  const figure = Math.round(value * 100) / 100;
  printBenchLine({
    what,
    reach: reach === null ? "" : `≤ ${reach} ${unit}`,
    measured: `${figure} ${unit}`,
    ok: reach === null ? null : value <= reach,
  });
}

async function timed<Value>(run: () => Promise<Value>): Promise<{ readonly seconds: number; readonly value: Value }> {
  const began = performance.now();
  const value = await run();
  return { seconds: (performance.now() - began) / 1_000, value };
}

/** Writes rows as an archive of several slices. */
async function archive(directory: string, rows: number): Promise<void> {
  await using writer = createArchiveWriter({
    locate: workerSource,
    threads: Math.max(1, availableParallelism() - 1),
    logger,
  });
  const labelColumns = chooseLabelColumns(logs.streams);
  const slice = await writer.openSlice({ directory, tenant: TENANT, slice: "000000", labelColumns, redact: [] });
  for (let from = 0; from < rows; from += BATCH_ROWS) {
    // oxlint-disable-next-line no-await-in-loop -- in their order
    await slice.append(logs.batch(from, Math.min(BATCH_ROWS, rows - from)));
  }
  await writeManifest(directory, manifestOf([await slice.finish()], labelColumns));
}

async function opened(opener: ArchiveOpener, path: string, pool: ArchiveScanPool): Promise<ArchiveContents> {
  const parts: OpenParts = {
    inspector: pool,
    workDirectory: join(folder, "work"),
    unpackMaxBytes: 2 ** 33,
    clock: systemClock,
    logger,
    signal,
  };
  const outcome = await opener([path], {}, parts);
  if (outcome?.kind !== "opened") throw new Error(`could not open ${path}: ${JSON.stringify(outcome)}`);
  return outcome.contents;
}

function sourceOf(contents: ArchiveContents, pool: ArchiveScanPool): LogSource {
  const tenant = contents.tenants[0] ?? TENANT;
  return createArchiveLogSource({ contents, tenant, title: "bench", pool, clock: systemClock, logger });
}

async function count(source: LogSource, expr: string): Promise<number> {
  let rows = 0;
  for await (const event of source.read({ expr, range: ALL, direction: "forward", limit: null }, signal)) {
    if (event.kind === "batch") rows += event.batch.rowCount;
  }
  return rows;
}

/** How many rows a read gives until its first batch, and how long that takes. */
async function firstRows(source: LogSource): Promise<number> {
  const query = { expr: '{app=~".+"}', range: ALL, direction: "backward", limit: null } as const;
  for await (const event of source.read(query, signal)) if (event.kind === "batch") return event.batch.rowCount;
  return 0;
}

function newPool(): ArchiveScanPool {
  const threads = flags.threads === undefined ? {} : { threads: Number(flags.threads) };
  return new ArchiveScanPool({ locate: workerSource, clock: systemClock, logger, ...threads });
}

async function measureSmall(): Promise<void> {
  const textRows = Number(flags["text-rows"]);
  const text = join(folder, "access.log");
  logs.writeText(text, textRows);
  const megabytes = Math.round(statSync(text).size / 1e6);
  const shown = `${textRows.toLocaleString("en")} lines, ${megabytes} MB`;
  await using pool = newPool();
  const openAndCount = async () =>
    count(sourceOf(await opened(openTextFiles, text, pool), pool), '{filename=~".+"} |= "upstream timeout"');
  const first = await timed(openAndCount);
  report(
    `line filter over a text file opened cold (${shown}), with the start of the threads`,
    first.seconds,
    "s",
    null,
  );
  const cold = await timed(openAndCount);
  report(`line filter over a text file opened cold (${shown})`, cold.seconds, "s", 1);
  for (const { tool, seconds } of timeOtherTools(text, "upstream timeout")) {
    report(`the same text in that file by ${tool}, as a process`, seconds, "s", null);
  }

  const directory = join(folder, "small");
  await archive(directory, textRows);
  const source = sourceOf(await opened(openKubemateArchive, directory, pool), pool);
  await count(source, '{app="svc-1"} |= "no such text"');
  const queries: readonly (readonly [what: string, expr: string, reach: number | null])[] = [
    ["line filter, archived", '{app=~".+"} |= "upstream timeout"', 0.4],
    ["line filter in any case, archived", '{app=~".+"} |~ "(?i)upstream TIMEOUT"', null],
    [
      '| logfmt | status="500" | latency > 1500ms, archived',
      '{app=~".+"} | logfmt | status="500" | latency > 1500ms',
      2.5,
    ],
    ["all rows, archived", '{app=~".+"}', null],
  ];
  for (const [what, expr, reach] of queries) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    const { seconds, value } = await timed(() => count(source, expr));
    report(`${what} (${value.toLocaleString("en")} rows)`, seconds, "s", reach);
  }
}

async function measureLarge(directory: string): Promise<void> {
  const rows = Number(flags.rows);
  await using pool = newPool();
  // As in a program that has been used before: its threads are there.
  await opened(openKubemateArchive, directory, pool).then((contents) => firstRows(sourceOf(contents, pool)));
  let most = 0;
  const look = (): void => {
    most = Math.max(most, process.memoryUsage.rss());
  };
  const watch = setInterval(look, 10);
  const first = await timed(async () => firstRows(sourceOf(await opened(openKubemateArchive, directory, pool), pool)));
  const shown = rows.toLocaleString("en");
  report(`opening ${shown} archived rows to the first of them`, first.seconds, "s", 1);
  const source = sourceOf(await opened(openKubemateArchive, directory, pool), pool);
  for (const text of ["served", "upstream timeout"]) {
    const expr = `sum by (app) (rate({app=~".+"} |= "${text}" [1m]))`;
    const range = { startNs: START_NS, endNs: START_NS + BigInt(rows) * 2_000_000n };
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    const { seconds } = await timed(() => source.metric({ expr, range, stepNs: 60_000_000_000n }, signal));
    report(`${expr} over ${shown} rows`, seconds, "s", 3);
  }
  await count(source, '{app=~".+"}');
  clearInterval(watch);
  report("memory while all of its rows are read", most / 2 ** 20, "MB", 600);
}

try {
  if (flags.open === undefined) {
    await measureSmall();
    const directory = join(folder, "large");
    await archive(directory, Number(flags.rows));
    const args = [fileURLToPath(import.meta.url), "--open", directory, "--rows", flags.rows];
    if (flags.threads !== undefined) args.push("--threads", flags.threads);
    spawnSync(process.execPath, args, { stdio: "inherit" });
  } else await measureLarge(flags.open);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
