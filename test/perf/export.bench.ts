/**
 * Measures an export from the lab into Parquet, with the memory that this process needs for it.
 *
 *     node --expose-gc test/perf/export.bench.ts [--lines 1000000] [--parallel 2]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { createArchiveWriter } from "../../src-main/core/archive/parquet/archive-writer-pool.ts";
import { chooseLabelColumns } from "../../src-main/core/archive/parquet/label-columns.ts";
import { writeManifest } from "../../src-main/core/archive/parquet/manifest-file.ts";
import { systemClock } from "../../src-main/core/common/clock.ts";
import { runExport } from "../../src-main/core/export/run-export.ts";
import { createPageParser } from "../../src-main/core/logs/adapters/loki/page-parser.ts";
import { REDACTION_PATTERNS } from "../../src-shared/model/redaction-pattern.ts";
import type { TenantId } from "../../src-shared/model/tenant-id.ts";
import { neverAborted, openSource } from "../builders/loki-sources.ts";
import { RecordingLogger } from "../builders/recording-logger.ts";
import { printBenchLine } from "./bench-line.ts";

const { values: flags } = parseArgs({
  options: { lines: { type: "string", default: "1000000" }, parallel: { type: "string", default: "2" } },
});
const lines = Number(flags.lines);
const endNs = BigInt(Date.now() - 3_600_000) * 1_000_000n;
const startNs = endNs - 3_600_000_000_000n;
const locate = (name: string): URL => new URL(`../../src-main/workers/${name}.worker.ts`, import.meta.url);
const threads = Math.max(1, availableParallelism() - 1);

// The lab's memory is not the export's: what is there before it begins is taken off.
const lab = new Worker(new URL("lab-thread.ts", import.meta.url), {
  workerData: { tenant: "bench", lines, startNs: `${startNs}`, endNs: `${endNs}` },
});
const url = await new Promise<string>((resolve, reject) => lab.once("message", resolve).once("error", reject));
globalThis.gc?.();
const baseBytes = process.memoryUsage.rss();

for (const redact of [[], REDACTION_PATTERNS]) {
  const directory = mkdtempSync(join(tmpdir(), "kubemate-export-"));
  let peakBytes = 0;
  const watching = setInterval(() => (peakBytes = Math.max(peakBytes, process.memoryUsage.rss())), 20);
  {
    await using parser = createPageParser({ locate, threads, logger: new RecordingLogger() });
    await using opened = openSource(url, {
      parser,
      tenant: "bench" as TenantId,
      clock: systemClock,
      // As the command shares its read-ahead among the parts.
      maxBufferedBytes: (64 * 1024 * 1024) / Number(flags.parallel),
    });
    await using writer = createArchiveWriter({ locate, threads: 2, logger: new RecordingLogger() });
    const startedMs = performance.now();
    const [cpuBefore, labBefore] = [process.cpuUsage(), await lab.cpuUsage()];
    const summary = await runExport(
      {
        site: "lab",
        tenant: "bench",
        query: '{cluster="lab"}',
        range: { startNs, endNs },
        redact,
        linesPerSecond: null,
        parallel: Number(flags.parallel),
        directory,
        place: directory,
        exportedBy: "bench",
        program: "kubemate",
      },
      {
        source: opened.source,
        writer,
        chooseLabelColumns,
        writeManifest,
        checkpoint: { load: async () => null, commit: async () => {} },
        report: () => {},
        clock: systemClock,
        signal: neverAborted,
        logger: new RecordingLogger(),
      },
    );
    const seconds = (performance.now() - startedMs) / 1_000;
    if (summary.linesWritten !== lines) throw new Error(`${summary.linesWritten} of ${lines} lines`);
    const what = `export of ${lines.toLocaleString("en")} lines from the lab${redact.length === 0 ? "" : ", redacted"}`;
    printBenchLine({
      what: `${what} (${summary.completeness.verdict}, ${summary.parts.total} parts)`,
      reach: "≥ 120,000 lines/s",
      measured: `${Math.round(lines / seconds).toLocaleString("en")} lines/s`,
      ok: lines / seconds >= 120_000,
    });
    const [cpu, labCpu] = [process.cpuUsage(cpuBefore), await lab.cpuUsage(labBefore)];
    const cpuSeconds = (cpu.user + cpu.system - labCpu.user - labCpu.system) / 1e6;
    printBenchLine({
      what: `${what}: processor time besides the lab's`,
      reach: "",
      measured: `${((cpuSeconds * 1e6) / lines).toFixed(2)} µs a line, ${cpuSeconds.toFixed(1)} s`,
      ok: null,
    });
    const mebibytes = (peakBytes - baseBytes) / 1_048_576;
    printBenchLine({
      what: `${what}: memory besides the lab's`,
      reach: "≤ 500 MB",
      measured: `${Math.round(mebibytes)} MiB`,
      ok: mebibytes <= 500,
    });
  }
  clearInterval(watching);
  rmSync(directory, { recursive: true, force: true });
}
await lab.terminate();
